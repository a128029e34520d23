"""Card payments by Stripe: what a customer pays, what Stripe keeps, what reaches the bank.

Owns the business's Stripe account, the way to pay, and what Stripe tells of it. Never imports
xero_integration: a payment by card becomes a Payment in invoices/, and Xero hears of it like of
any other. Never sees a card: customers type theirs on Stripe's own page.
"""
