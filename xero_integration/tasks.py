"""Celery tasks: ids in, one function each. Everything they do is in the module they call."""

from celery import shared_task

from xero_integration import jobs, push
from xero_integration import sweep as sweeping
from xero_integration.client import tokens
from xero_integration.health import notices, silence
from xero_integration.models import Lane
from xero_integration.reading import events, polling
from xero_integration.reconciliation import run as reconciliation
from xero_integration.sending import seats


@shared_task
def drain(connection_id: int, lane: str) -> None:
    """Send what waits in `lane`, for as long as a task may take."""
    push.drain(connection_id, lane=Lane(lane))


@shared_task
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task
def sweep(*, thorough: bool = False) -> None:
    """Find what a lost message or a killed worker left behind; once for all beats and workers."""
    if thorough or seats.is_first_sweep():
        sweeping.sweep(thorough=thorough)


@shared_task
def keep_tokens_alive() -> None:
    tokens.keep_alive()


@shared_task
def catch_up(connection_id: int) -> None:
    sweeping.catch_up(connection_id)


@shared_task
def tell_owners(connection_id: int, letter: str) -> None:
    notices.tell_owners(connection_id, letter)


@shared_task
def watch() -> None:
    """Look for organisations that invoices no longer reach, and queue the letters that are due."""
    silence.watch()
    notices.queue("silence", "digest")


@shared_task
def reconcile_nightly() -> None:
    reconciliation.start_nightly()


@shared_task
def take_events(connection_id: int) -> None:
    events.take(connection_id)


@shared_task
def start_polls() -> None:
    polling.start_due()


@shared_task
def poll(state_id: int) -> None:
    polling.poll(state_id)
