"""The project's own app: checks, template tags, commands, and the Celery application."""

from django.apps import AppConfig


class PooltrackrConfig(AppConfig):
    name = "pooltrackr"

    def ready(self) -> None:
        # Both register themselves when imported, and both need the settings to be loaded.
        from pooltrackr import celery, checks  # noqa: F401
