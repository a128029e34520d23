"""Consent there and back, which organisation, and what changed while there was none."""
