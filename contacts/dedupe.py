"""Groups of contacts or pools that may be one: the same in chosen fields, or similar as a whole.

Strict groups are computed as they are asked for. A search by similarity is kept (DuplicateJob with
its groups), because its work grows with the list; what was merged, archived or told apart since is
taken out when the groups are read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from businesses.models import Business, User
from contacts.matching.duplicates import find_duplicates
from contacts.matching.records import Record
from contacts.matching.results import DuplicateGroup as FoundGroup
from contacts.matching.strict import strict_groups
from contacts.merging.subject import CONTACTS, SUBJECTS, Row, Subject, subject_of
from contacts.models import DuplicateGroup, DuplicateJob, GroupMode, JobKind, JobStatus, Of
from contacts.records import pool_records, record_of, records_with

# Fields of contacts.matching.strict that a person can choose, in the page's words.
FIELDS = {
    Of.CONTACTS: {
        "name": "Contact name",
        "first_name": "First name",
        "last_name": "Last name",
        "email": "E-mail",
        "phone": "Phone",
        "mobile": "Mobile",
        "address_line1": "Address",
        "city": "Suburb",
        "postal_code": "Postcode",
        "tax_number": "ABN",
        "account_number": "Account number",
    },
    Of.POOLS: {
        "name": "Pool name",
        "address_line1": "Address",
        "city": "Suburb",
        "postal_code": "Postcode",
        "first_name": "Contact",
    },
}
# Chosen to begin with: half of all pools are called "Pool", so their address belongs to the name.
CHOSEN_FIRST = {Of.CONTACTS: ["name"], Of.POOLS: ["name", "address_line1"]}
# A search of this many takes about two seconds on one core; longer ones go to a worker.
SEARCHED_AT_ONCE = 10_000
# A page names at most this many reasons for a group.
REASONS = 6


@dataclass(frozen=True)
class Group:
    """Rows that may be one; `probability` is None where a person chose what must be equal."""

    ids: tuple[UUID, ...]
    probability: float | None = None
    sure: bool = True
    reasons: tuple[str, ...] = ()


def strict(
    business: Business, *, fields: Sequence[str], subject: Subject = CONTACTS
) -> list[Group]:
    """Return groups of active rows that are equal in all of `fields`."""
    if subject.of == Of.POOLS:
        records = list(pool_records(business.pools.active()))
    else:
        records = list(records_with(business.contacts.active(), fields))
    found = [tuple(UUID(pk) for pk in ids) for ids in strict_groups(records, fields)]
    return _told_apart(business, [Group(ids) for ids in found], subject)


def searches(business: Business, subject: Subject = CONTACTS) -> QuerySet[DuplicateJob]:
    """Return the searches, latest first: the one whose groups hold, or that still runs."""
    return business.duplicate_jobs.filter(kind=JobKind.SEARCH, of=subject.of)


def similar(search: DuplicateJob) -> list[Group]:
    """Return the groups of a finished search as far as they still hold."""
    business, subject = search.business, SUBJECTS[search.of]
    active = set(subject.rows(business).active().values_list("pk", flat=True))
    groups = []
    for row in search.groups.all():
        ids = tuple(pk for text in row.contacts if (pk := UUID(text)) in active)
        if len(ids) > 1:
            groups.append(Group(ids, row.probability, row.sure, tuple(row.reasons)))
    return _told_apart(business, groups, subject)


def groups(
    business: Business, *, mode: str, fields: Sequence[str], subject: Subject = CONTACTS
) -> list[Group]:
    """Return the groups of a mode; of the latest finished search in the mode "similar"."""
    if mode == GroupMode.STRICT:
        return strict(business, fields=fields, subject=subject)
    done = searches(business, subject).filter(status=JobStatus.DONE).first()
    return similar(done) if done else []


def _told_apart(business: Business, groups: Iterable[Group], subject: Subject) -> list[Group]:
    """Split groups so that no two rows that a person told apart stand in one."""
    pairs = set(subject.told_apart(business).values_list("first_id", "second_id"))
    if not pairs:
        return list(groups)
    split = []
    for group in groups:
        for ids in _split(group.ids, pairs):
            split.append(Group(ids, group.probability, group.sure, group.reasons))  # noqa: PERF401 two loops read better apart
    return split


def _split(ids: Sequence[UUID], pairs: set[tuple[UUID, UUID]]) -> list[tuple[UUID, ...]]:
    parts: list[list[UUID]] = []
    for pk in ids:
        fits = (part for part in parts if not any(_pair(pk, other) in pairs for other in part))
        if (part := next(fits, None)) is not None:
            part.append(pk)
        else:
            parts.append([pk])
    return [tuple(part) for part in parts if len(part) > 1]


def _pair(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return (one, other) if one < other else (other, one)


@transaction.atomic
def tell_apart(rows: Sequence[Row], *, by: User | None) -> None:
    """Note for good that these contacts, or pools, are not the same."""
    apart, business = subject_of(rows[0]).apart, rows[0].business
    pairs = (_pair(one.pk, other.pk) for one, other in combinations(rows, 2))
    apart.objects.bulk_create(
        (
            apart(business=business, first_id=first, second_id=second, said_by=by)
            for first, second in pairs
        ),
        ignore_conflicts=True,
    )


def run_search(job: DuplicateJob) -> None:
    """Search all active rows of the business for similar ones and keep the groups."""
    subject = SUBJECTS[job.of]
    records = _records(job.business, subject)
    found = find_duplicates(records, progress=lambda done, total: job.progress(done, total=total))
    with transaction.atomic():
        job.groups.all().delete()
        DuplicateGroup.objects.bulk_create(
            (_row(job, position, group) for position, group in enumerate(found)), batch_size=500
        )
        job.total = job.done = len(records)
        job.save(update_fields=["total", "done", "updated_at"])
        job.finish(message=f"{len(found)} groups among {len(records)} {subject.plural}.")
        searches(job.business, subject).filter(created_at__lt=job.created_at).delete()


def _records(business: Business, subject: Subject) -> list[Record]:
    if subject.of == Of.POOLS:
        return list(pool_records(business.pools.active()))
    return [record_of(contact) for contact in business.contacts.active().iterator()]


def _row(job: DuplicateJob, position: int, found: FoundGroup) -> DuplicateGroup:
    reasons = dict.fromkeys(reason for pair in found.pairs for reason in pair.reasons)
    return DuplicateGroup(
        business=job.business,
        job=job,
        position=position,
        contacts=list(found.ids),
        probability=found.probability,
        sure=found.decision == "sure",
        reasons=list(reasons)[:REASONS],
    )
