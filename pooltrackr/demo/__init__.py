"""The invented business of `make demo`: people, contacts, pools, products, invoices."""
