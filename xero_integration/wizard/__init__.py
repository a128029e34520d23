"""The set-up wizard: clean up, connect, link, create, sync, accounts.

Its state is in the database (WizardRun, LinkChoice, XeroContact.create_here, Job), so that any
member of the business can leave it and take it up again at any step.
"""
