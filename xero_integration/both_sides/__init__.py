"""What was edited here and in Xero: compared field by field, taken over, or asked of a person."""
