"""Celery tasks: ids in, one function each. Everything they do is in the module they call."""

from celery import shared_task

from stripe_integration import events, notices, polling


@shared_task
def take(event_pk: int) -> None:
    events.take(event_pk)


@shared_task
def poll(account_pk: int) -> None:
    polling.poll(account_pk)


@shared_task
def tell_owners(account_pk: int) -> None:
    notices.tell_owners(account_pk)


@shared_task
def sweep() -> None:
    polling.sweep()
