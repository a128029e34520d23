"""Work on duplicates that may outlast a request: searches, automatic merges and their undo.

A job is claimed by one worker, says how far it is, and can be started again after its worker was
lost: what was done before is found done, never done twice.
"""

import logging
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db.models import QuerySet
from kombu.exceptions import OperationalError

from businesses.models import Business, User
from contacts import dedupe, merging, tasks
from contacts.merging.rule import Rule, choose_primary, merged_values
from contacts.models import Contact, DuplicateJob, GroupMode, JobKind, Merge

logger = logging.getLogger(__name__)
# A merge with its moves takes about ten milliseconds: as many as a person waits for.
MERGED_AT_ONCE = 100
# Progress is written once for so many merges, so that it costs nothing.
STEP = 10
BROKEN = "The work stopped because of an error of ours. It has been logged; please try again."


def start_search(business: Business, *, by: User) -> DuplicateJob:
    """Search now when the list is short, else leave it to a worker."""
    running = business.duplicate_jobs.filter(kind=JobKind.SEARCH).unfinished().first()
    if running is not None and not running.fell_silent:
        return running
    job = running or DuplicateJob.objects.create(
        business=business, kind=JobKind.SEARCH, mode=GroupMode.SIMILAR, requested_by=by
    )
    return _start(job, work=business.contacts.active().count(), at_once=dedupe.SEARCHED_AT_ONCE)


def start_merge(
    business: Business, *, mode: str, fields: Sequence[str], rule: str, by: User
) -> DuplicateJob:
    """Merge all groups of a mode by a rule; in the mode "similar" only those that are sure."""
    job = DuplicateJob.objects.create(
        business=business,
        kind=JobKind.MERGE,
        mode=mode,
        fields=list(fields),
        rule=Rule(rule),
        batch=uuid4(),
        requested_by=by,
    )
    return _start(job, work=len(mergeable(job)), at_once=MERGED_AT_ONCE)


def start_undo(business: Business, *, batch: UUID, by: User) -> DuplicateJob:
    """Undo all merges of a batch that still stand and that nobody changed since."""
    job = DuplicateJob.objects.create(
        business=business, kind=JobKind.UNDO, mode=GroupMode.STRICT, batch=batch, requested_by=by
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
    found = dedupe.groups(job.business, mode=job.mode, fields=job.fields)
    return [group for group in found if group.sure]


def _merge_all(job: DuplicateJob) -> None:
    groups = mergeable(job)
    before = Merge.objects.filter(batch=_batch(job)).values("primary").distinct().count()
    skipped = 0
    for number, group in enumerate(groups, start=1):
        skipped += not _merge_group(job, group)
        if number % STEP == 0:
            job.progress(before + number, total=before + len(groups))
    merged = Merge.objects.filter(batch=_batch(job))
    gone, kept = merged.count(), merged.values("primary").distinct().count()
    job.progress(before + len(groups), total=before + len(groups))
    left = f" {skipped} groups were changed by somebody meanwhile and left alone." * bool(skipped)
    job.finish(message=f"{gone} duplicates were merged into {kept} contacts.{left}")


def _merge_group(job: DuplicateJob, group: dedupe.Group) -> bool:
    contacts = list(job.business.contacts.active().filter(pk__in=group.ids))
    if len(contacts) < 2:
        return False
    primary = choose_primary(contacts, rule=Rule(job.rule))
    others = sorted((c for c in contacts if c != primary), key=lambda c: (c.created_at, c.pk))
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


def _batch(job: DuplicateJob) -> UUID:
    assert job.batch is not None  # start_merge and start_undo set it
    return job.batch


def _standing(job: DuplicateJob) -> QuerySet[Merge]:
    return Merge.objects.filter(business=job.business, batch=_batch(job), undone_at=None)


def _undo_all(job: DuplicateJob) -> None:
    merges = list(_standing(job).order_by("-pk"))
    changed: set[UUID] = set()
    for number, merge in enumerate(merges, start=1):
        try:
            merging.undo(merge, by=job.requested_by)
        except merging.ChangedSince:
            changed.add(merge.primary_id)
        if number % STEP == 0:
            job.progress(number, total=len(merges))
    job.progress(len(merges), total=len(merges))
    names = Contact.objects.filter(pk__in=changed).values_list("name", flat=True)
    left = f" Changed since, so please undo them one by one: {', '.join(names)}." * bool(changed)
    job.finish(message=f"{len(merges) - len(changed)} merges were undone.{left}")
