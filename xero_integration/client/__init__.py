"""The only code that talks to Xero: OAuth2, tokens, calls, limits, and what errors mean."""
