"""Forms of contacts, one file per subject."""
