"""The wizard's background work: its jobs, and what a page says of them while they run.

Reading ends by comparing, so that the link step has its suggestions when a person gets there.
"""

from typing import Any

from xero_integration import jobs, pull
from xero_integration.connecting import review
from xero_integration.jobs import Run
from xero_integration.models import Job, JobKind, JobStatus
from xero_integration.reading import arrivals
from xero_integration.reconciliation.run import reconcile
from xero_integration.wizard import choices, suggestions, syncing
from xero_integration.wizard.steps import Wizard

UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)


def read(run: Run) -> None:
    """Read the organisation's contacts, accounts and tax rates, then have them compared.

    After a reconnect also the invoices that changed meanwhile, for the person to look at; else,
    once the first sync was made, what changed there meanwhile comes here too.
    """
    pull.read_all(run)
    connection = run.job.connection
    if connection.is_under_review:
        review.read_invoices(connection)
    else:
        arrivals.follow_merges(connection)
        if connection.contacts_open_at is not None:
            arrivals.catch_up(connection, since=run.job.created_at)
    jobs.start(run.job.connection, JobKind.SUGGEST, by=run.job.started_by)


def suggest(run: Run) -> None:
    def progress(done: int, total: int) -> None:
        run.progress(done=done, total=total, phase="Comparing names, addresses and numbers")

    notes = suggestions.suggest(run.job.connection, progress=progress)
    # No point to go on from: a job that was killed compares again. The remarks are for the page.
    run.progress(phase="", cursor={"remarks": list(notes)})


def sync(run: Run) -> None:
    connection = run.job.connection
    gate = choices.gate(connection)
    if not gate.is_open:
        raise jobs.JobRefused(gate.words)
    if not run.job.total:
        run.progress(total=syncing.total(connection))

    def report(phase: str, count: int) -> None:
        # The choices themselves tell what is done, so any moment is a point to go on from.
        run.progress(phase=phase, done=run.job.done + count, cursor={"begun": True})

    syncing.carry_out(connection, by=run.job.started_by, report=report)


def register() -> None:
    jobs.register(JobKind.READ, read)
    jobs.register(JobKind.SUGGEST, suggest)
    jobs.register(JobKind.SYNC, sync)
    jobs.register(JobKind.RECONCILE, reconcile)


def unfinished(wizard: Wizard, *kinds: JobKind) -> Job | None:
    """Return the job of these kinds that runs or waits, the last kind first."""
    found = [wizard.job(kind) for kind in kinds]
    return next((job for job in reversed(found) if job and job.status in UNFINISHED), None)


def stopped(wizard: Wizard, kind: JobKind) -> Job | None:
    """Return the latest job of `kind` if it ended before its end."""
    job = wizard.job(kind)
    return job if job and job.status == JobStatus.FAILED else None


def remarks(wizard: Wizard) -> list[str]:
    """What the matcher said about the lists as a whole."""
    job = wizard.job(JobKind.SUGGEST)
    cursor: dict[str, Any] = job.cursor if job else {}
    return list(cursor.get("remarks", []))
