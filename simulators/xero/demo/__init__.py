"""What a simulated organisation is filled with: chart, tax rates, contacts, invoices."""
