"""Tasks of the project itself."""

from celery import shared_task

from pooltrackr import heartbeat as sign_of_life


@shared_task
def heartbeat() -> None:
    sign_of_life.beat()
