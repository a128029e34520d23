"""Tasks of contacts: each takes ids and calls one function."""

from uuid import UUID

from celery import shared_task

from contacts.models import ImportFile


@shared_task
def run_duplicate_job(pk: str) -> None:
    # jobs queues this task, so it imports this module first.
    from contacts import jobs

    jobs.run(UUID(pk))


@shared_task
def clean_up_imports() -> None:
    ImportFile.objects.all().clean_up()
