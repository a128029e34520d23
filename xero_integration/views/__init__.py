"""Pages of the Xero integration, one file per subject."""
