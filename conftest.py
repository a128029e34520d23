"""Fixtures of the whole suite."""

pytest_plugins = ["pooltrackr.testing"]
