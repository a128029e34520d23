"""How the sync is doing, for people: counts, causes, the time to go, alarms, e-mails."""
