"""Work on duplicates that may outlast a request: searches, automatic merges and their undo.

A job is claimed by one worker, says how far it is, and can be started again after its worker was
lost: what was done before is found done, never done twice.
"""

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet
from kombu.exceptions import OperationalError

from businesses.models import Business, User
from contacts import dedupe, merging, tasks
from contacts.merging.rule import Rule, choose_primary, merged_values
from contacts.merging.subject import CONTACTS, SUBJECTS, Subject
from contacts.models import DuplicateJob, GroupMode, JobKind

logger = logging.getLogger(__name__)
# A merge with its moves takes about ten milliseconds: as many as a person waits for.
MERGED_AT_ONCE = 100
# Progress is written once for so many merges, so that it costs nothing.
STEP = 10
BROKEN = "The work stopped because of an error of ours. It has been logged; please try again."


def start_search(business: Business, *, by: User, subject: Subject = CONTACTS) -> DuplicateJob:
    """Search now when the list is short, else leave it to a worker."""
    running = (
        business.duplicate_jobs.unfinished().filter(kind=JobKind.SEARCH, of=subject.of).first()
    )
    if running is not None and not running.fell_silent:
        return running
    job = running or DuplicateJob.objects.create(
        business=business,
        kind=JobKind.SEARCH,
        of=subject.of,
        mode=GroupMode.SIMILAR,
        requested_by=by,
    )
    work = subject.rows(business).active().count()
    return _start(job, work=work, at_once=dedupe.SEARCHED_AT_ONCE)


def start_merge(
    business: Business,
    *,
    mode: str,
    fields: Sequence[str],
    rule: str,
    by: User,
    subject: Subject = CONTACTS,
) -> DuplicateJob:
    """Merge all groups of a mode by a rule; in the mode "similar" only those that are sure."""
    job = DuplicateJob.objects.create(
        business=business,
        kind=JobKind.MERGE,
        of=subject.of,
        mode=mode,
        fields=list(fields),
        rule=Rule(rule),
        batch=uuid4(),
        requested_by=by,
    )
    return _start(job, work=len(mergeable(job)), at_once=MERGED_AT_ONCE)


def start_undo(
    business: Business, *, batch: UUID, by: User, subject: Subject = CONTACTS
) -> DuplicateJob:
    """Undo all merges of a batch that still stand and that nobody changed since."""
    job = DuplicateJob.objects.create(
        business=business,
        kind=JobKind.UNDO,
        of=subject.of,
        mode=GroupMode.STRICT,
        batch=batch,
        requested_by=by,
    )
    return _start(job, work=_standing(job).count(), at_once=MERGED_AT_ONCE)


def start_again(job: DuplicateJob) -> DuplicateJob:
    """Hand a job that fell silent to another worker."""
    return _start(job, work=1, at_once=0)


def _start(job: DuplicateJob, *, work: int, at_once: int) -> DuplicateJob:
    if work <= at_once:
        run(job.pk)
    else:
        try:
            tasks.run_duplicate_job.delay(str(job.pk))
        except OperationalError:
            # Redis is away: better a slow page than a job that nobody hears of.
            logger.warning("No broker; duplicate job %s runs in the request", job.pk)
            run(job.pk)
    job.refresh_from_db()
    return job


def run(pk: UUID) -> None:
    """Do the job, unless another worker has it."""
    if not DuplicateJob.objects.all().claim(pk):
        return
    job = DuplicateJob.objects.select_related("business", "requested_by").get(pk=pk)
    work = {JobKind.SEARCH: dedupe.run_search, JobKind.MERGE: _merge_all, JobKind.UNDO: _undo_all}
    try:
        work[JobKind(job.kind)](job)
    except Exception:  # the one place where a job ends: a person must see that it did
        logger.exception("Duplicate job %s stopped", pk)
        job.fail(message=BROKEN)


def mergeable(job: DuplicateJob) -> list[dedupe.Group]:
    """Return the groups that an automatic merge takes."""
    found = dedupe.groups(job.business, mode=job.mode, fields=job.fields, subject=SUBJECTS[job.of])
    return [group for group in found if group.sure]


def _merge_all(job: DuplicateJob) -> None:
    groups = mergeable(job)
    merged = _merges(job)
    before = merged.values("primary").distinct().count()
    skipped = 0
    for number, group in enumerate(groups, start=1):
        skipped += not _merge_group(job, group)
        if number % STEP == 0:
            job.progress(before + number, total=before + len(groups))
    gone, kept = merged.count(), merged.values("primary").distinct().count()
    job.progress(before + len(groups), total=before + len(groups))
    left = f" {skipped} groups were changed by somebody meanwhile and left alone." * bool(skipped)
    job.finish(
        message=f"{gone} duplicates were merged into {kept} {SUBJECTS[job.of].plural}.{left}"
    )


def _merge_group(job: DuplicateJob, group: dedupe.Group) -> bool:
    rows = list(SUBJECTS[job.of].rows(job.business).active().filter(pk__in=group.ids))
    if len(rows) < 2:
        return False
    primary = choose_primary(rows, rule=Rule(job.rule))
    others = sorted((row for row in rows if row != primary), key=lambda r: (r.created_at, r.pk))
    try:
        merging.merge(
            primary,
            others,
            values=merged_values(primary, others),
            by=job.requested_by,
            automatic=True,
            batch=job.batch,
        )
    except merging.NotMergeable:
        return False
    return True


def _merges(job: DuplicateJob) -> QuerySet[Any]:
    assert job.batch is not None  # start_merge and start_undo set it
    return SUBJECTS[job.of].merges(job.business).filter(batch=job.batch)


def _standing(job: DuplicateJob) -> QuerySet[Any]:
    return _merges(job).filter(undone_at=None)


def _undo_all(job: DuplicateJob) -> None:
    merges = list(_standing(job).order_by("-pk"))
    changed: set[UUID] = set()
    undone = []
    for number, merge in enumerate(merges, start=1):
        try:
            undone.append(merging.undo(merge, by=job.requested_by))
        except merging.ChangedSince:
            changed.add(merge.primary_id)
        if number % STEP == 0:
            job.progress(number, total=len(merges))
    job.progress(len(merges), total=len(merges))
    names = (
        SUBJECTS[job.of].rows(job.business).filter(pk__in=changed).values_list("name", flat=True)
    )
    left = f" Changed since, so please undo them one by one: {', '.join(names)}." * bool(changed)
    sent = "".join(f" {text}" for text in merging.sent_since(undone))
    job.finish(message=f"{len(undone)} merges were undone.{left}{sent}")
