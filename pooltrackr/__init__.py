"""The composition root: settings, addresses, workers, commands."""
