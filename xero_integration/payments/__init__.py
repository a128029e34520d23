"""Money and what takes its place: payments, credit notes, refunds, and a card processor's fees."""
