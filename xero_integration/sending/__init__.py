"""From rows of the outbox to records in Xero: made ready, sent once, settled by the answer."""
