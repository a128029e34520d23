"""Jobs: long work with counts, resumed by whichever worker comes next.

A job is held by lease. Its function gets a Run, does a piece, and tells `run.progress`; with a
cursor that is a point to go on from, after a kill or when the task's time is up.

    def read(run: Run) -> None:
        for page in pages(start=run.job.cursor.get("page", 1)):
            ...
            run.progress(done=..., cursor={"page": page + 1})

    jobs.register(JobKind.READ, read)
"""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone

from businesses.models import User
from pooltrackr.lib.conflicts import settled_together
from xero_integration import dispatch, log
from xero_integration.client.errors import XeroError
from xero_integration.models import Connection, ErrorClass, Job, JobKind, JobStatus

logger = logging.getLogger(__name__)

RETRYABLE = {ErrorClass.TEMPORARY, ErrorClass.RATE_LIMITED}
# At least, between two tries when Xero was not to be had and said nothing of when.
RETRY_SECONDS = 5.0
UNEXPECTED = "Something unexpected happened. Start it again; if it stops again, write to support."

JobFunction = Callable[["Run"], None]
_functions: dict[str, JobFunction] = {}


class LeaseLost(Exception):
    """Another worker holds the job now: stop without a word."""


class HandOver(Exception):
    """The task's time is up: the job goes on from its cursor in a task of its own."""


class JobRefused(Exception):
    """The job cannot be done as things stand; the text is for the person who started it."""


class Run:
    """One worker's hold on a job."""

    def __init__(self, job: Job, owner: str) -> None:
        self.job = job
        self._owner = owner
        self._deadline = time.monotonic() + settings.XERO_TASK_BUDGET

    @property
    def is_out_of_time(self) -> bool:
        return time.monotonic() > self._deadline

    def progress(
        self, *, cursor: dict[str, Any] | None = None, may_end: bool = True, **counts: Any
    ) -> None:
        """Store counts (`done`, `total`, `failed`, `phase`) and extend the lease.

        With `cursor` this is a point to resume from, and if it `may_end` the task does, by
        HandOver, when its time is up.
        """
        values = counts if cursor is None else {**counts, "cursor": cursor}
        if any(getattr(self.job, name) != value for name, value in values.items()):
            # When it last got anywhere: `_patience` goes by it.
            values = {**values, "updated_at": timezone.now()}
        values = {**values, "lease_until": _lease()}
        if not self._held().update(**values):
            raise LeaseLost
        for name, value in values.items():
            setattr(self.job, name, value)
        if cursor is not None and may_end and self.is_out_of_time:
            raise HandOver

    def end(self, status: JobStatus, *, message: str = "") -> None:
        now = timezone.now()
        self._held().update(
            status=status,
            error_message=message,
            finished_at=now,
            lease_owner="",
            lease_until=None,
            updated_at=now,
        )

    def put_back(self, *, seconds: float, message: str = "") -> None:
        """Let another task go on, in `seconds` at the earliest."""
        later = timezone.now() + dt.timedelta(seconds=seconds)
        self._held().update(
            status=JobStatus.QUEUED, lease_owner="", lease_until=later, error_message=message
        )
        dispatch.run_job(self.job.pk, countdown=seconds)

    def _held(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job.pk, lease_owner=self._owner)


def register(kind: JobKind, function: JobFunction) -> None:
    _functions[str(kind)] = function


def start(
    connection: Connection, kind: JobKind, *, by: User | None, cursor: dict[str, Any] | None = None
) -> Job:
    """Queue a job, or return the one of this kind that is under way already."""

    def queue() -> Job:
        held = under_way(connection).filter(kind=kind).first()
        if held is not None:
            return held
        job = Job.objects.create(
            business_id=connection.business_id,
            connection=connection,
            kind=kind,
            started_by=by,
            cursor=cursor or {},
        )
        dispatch.job_on_commit(job)
        return job

    return settled_together(queue)


def under_way(connection: Connection) -> QuerySet[Job]:
    return connection.jobs.filter(status__in=(JobStatus.QUEUED, JobStatus.RUNNING))


def run(job_id: int) -> None:
    """Take the job if it is free, and do it as far as this task's time goes."""
    held = _take(job_id)
    if held is None:
        return
    started = time.monotonic()
    try:
        _functions[held.job.kind](held)
    except LeaseLost:
        outcome = "lease-lost"
    except HandOver:
        outcome = "handed-over"
        held.put_back(seconds=0)
    except JobRefused as refusal:
        outcome = "refused"
        held.end(JobStatus.FAILED, message=str(refusal))
    except XeroError as error:
        outcome = error.code
        _after_xero_error(held, error)
    except OperationalError as error:
        # The database's trouble is not the job's fault: it goes on from its cursor.
        outcome = "database"
        log.crash(logger, error, job=job_id)
        held.put_back(seconds=RETRY_SECONDS)
    except Exception as error:
        # The one place where a job may fail unforeseen: it stops, visibly, for a person.
        outcome = "crashed"
        log.crash(logger, error, job=job_id)
        held.end(JobStatus.FAILED, message=UNEXPECTED)
    else:
        outcome = "done"
        held.end(JobStatus.DONE)
    ms = round((time.monotonic() - started) * 1000)
    log.event(logger, "job", job=job_id, kind=held.job.kind, outcome=outcome, ms=ms)


def _after_xero_error(held: Run, error: XeroError) -> None:
    if error.error_class in RETRYABLE:
        seconds = error.retry_after or _patience(held.job)
        held.put_back(seconds=seconds, message=error.message)
    else:
        held.end(JobStatus.FAILED, message=error.message)


def _patience(job: Job) -> float:
    """Return the seconds to the next try: half the time that the job has stood still.

    So it is longer each time, and short again once a piece was done.
    """
    still = (timezone.now() - job.updated_at).total_seconds()
    return min(max(RETRY_SECONDS, still / 2), settings.XERO_BACKOFF_MAX)


def _take(job_id: int) -> Run | None:
    now = timezone.now()
    owner = uuid.uuid4().hex
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    taken = Job.objects.filter(
        free, pk=job_id, status__in=(JobStatus.QUEUED, JobStatus.RUNNING)
    ).update(status=JobStatus.RUNNING, lease_owner=owner, lease_until=_lease(), error_message="")
    if not taken:
        return None
    Job.objects.filter(pk=job_id, started_at=None).update(started_at=now)
    job = Job.objects.select_related("connection__business", "started_by").get(pk=job_id)
    return Run(job, owner)


def _lease() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=settings.XERO_LEASE)
