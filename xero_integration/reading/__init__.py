"""From Xero to the mirror: what webhooks and polls say has changed, read by one at a time."""
