"""Groups of contacts that may be one: exactly the same in chosen fields, or similar as a whole.

Strict groups are computed as they are asked for. A search by similarity is kept (DuplicateJob with
its groups), because its work grows with the list; what was merged, archived or told apart since is
taken out when the groups are read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from django.db import transaction

from businesses.models import Business, User
from contacts.matching.duplicates import find_duplicates
from contacts.matching.results import DuplicateGroup as FoundGroup
from contacts.matching.strict import strict_groups
from contacts.models import (
    Contact,
    DuplicateGroup,
    DuplicateJob,
    GroupMode,
    JobKind,
    JobStatus,
    NotDuplicates,
)
from contacts.records import record_of, records_with

# Fields of contacts.matching.strict that a person can choose, in the page's words.
FIELDS = {
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
}
# A search of this many takes about two seconds on one core; longer ones go to a worker.
SEARCHED_AT_ONCE = 10_000
# A page names at most this many reasons for a group.
REASONS = 6


@dataclass(frozen=True)
class Group:
    """Contacts that may be one; `probability` is None where a person chose what must be equal."""

    ids: tuple[UUID, ...]
    probability: float | None = None
    sure: bool = True
    reasons: tuple[str, ...] = ()


def strict(business: Business, *, fields: Sequence[str]) -> list[Group]:
    """Return groups of active contacts that are equal in all of `fields`."""
    records = list(records_with(business.contacts.active(), fields))
    found = strict_groups(records, fields)
    return _told_apart(business, [Group(tuple(UUID(pk) for pk in ids)) for ids in found])


def latest_search(business: Business) -> DuplicateJob | None:
    """Return the search whose groups hold, or the one that is still running."""
    return business.duplicate_jobs.filter(kind=JobKind.SEARCH).first()


def similar(search: DuplicateJob) -> list[Group]:
    """Return the groups of a finished search as far as they still hold."""
    business = search.business
    active = set(business.contacts.active().values_list("pk", flat=True))
    groups = []
    for row in search.groups.all():
        ids = tuple(pk for text in row.contacts if (pk := UUID(text)) in active)
        if len(ids) > 1:
            groups.append(Group(ids, row.probability, row.sure, tuple(row.reasons)))
    return _told_apart(business, groups)


def groups(business: Business, *, mode: str, fields: Sequence[str]) -> list[Group]:
    """Return the groups of a mode; of the latest finished search in the mode "similar"."""
    if mode == GroupMode.STRICT:
        return strict(business, fields=fields)
    done = business.duplicate_jobs.filter(kind=JobKind.SEARCH, status=JobStatus.DONE).first()
    return similar(done) if done else []


def _told_apart(business: Business, groups: Iterable[Group]) -> list[Group]:
    """Split groups so that no two contacts that a person told apart stand in one."""
    pairs = set(business.not_duplicates.values_list("first_id", "second_id"))
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
def tell_apart(contacts: Sequence[Contact], *, by: User | None) -> None:
    """Note for good that these contacts are not the same."""
    NotDuplicates.objects.bulk_create(
        (
            NotDuplicates(
                business=contacts[0].business, first_id=first, second_id=second, said_by=by
            )
            for first, second in (
                _pair(one.pk, other.pk) for one, other in combinations(contacts, 2)
            )
        ),
        ignore_conflicts=True,
    )


def run_search(job: DuplicateJob) -> None:
    """Search all active contacts of the business for similar ones and keep the groups."""
    records = [record_of(contact) for contact in job.business.contacts.active().iterator()]
    found = find_duplicates(records, progress=lambda done, total: job.progress(done, total=total))
    with transaction.atomic():
        job.groups.all().delete()
        DuplicateGroup.objects.bulk_create(
            (_row(job, position, group) for position, group in enumerate(found)), batch_size=500
        )
        job.total = job.done = len(records)
        job.save(update_fields=["total", "done", "updated_at"])
        job.finish(message=f"{len(found)} groups among {len(records)} contacts.")
        older = job.business.duplicate_jobs.filter(kind=JobKind.SEARCH)
        older.filter(created_at__lt=job.created_at).delete()


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
