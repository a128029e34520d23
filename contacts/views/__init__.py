"""Pages of contacts, one file per subject."""
