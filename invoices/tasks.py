"""Tasks of invoices: each takes ids and calls one function."""

from uuid import UUID

from celery import shared_task


@shared_task
def deliver_email(pk: str) -> None:
    # emailing queues this task, so it imports this module first.
    from invoices.services import emailing

    emailing.deliver(UUID(pk))


@shared_task
def wake_emails() -> None:
    from invoices.services import emailing

    emailing.wake()
