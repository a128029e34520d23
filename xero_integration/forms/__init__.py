"""The forms of the integration's pages."""
