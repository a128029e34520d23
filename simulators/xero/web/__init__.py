"""The pages a person sees: log-in and consent, and what the organisations hold."""
