"""Who may do what: users, consent, tokens and the connections between app and organisations."""
