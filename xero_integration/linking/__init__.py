"""Which record here is which in Xero: linked, merged, renamed, archived, taken back."""
