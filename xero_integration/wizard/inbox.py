"""Contacts that are new in Xero: who of ours they may be, and what a person makes of them.

They are linked, created here, or ignored for good; with `Connection.create_new` those that are like
none of ours are created by themselves. Suppliers alone are not proposed. Nothing here calls Xero.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from businesses.models import User
from contacts.matching.decide import SUGGEST_FROM
from contacts.matching.index import Index
from contacts.models import Contact
from contacts.records import record_of
from pooltrackr.lib.chunks import chunks
from xero_integration.linking import links
from xero_integration.models import Connection, Kind, Link, LinkAction, XeroContact
from xero_integration.models.mirror import XeroContactQuerySet
from xero_integration.wizard import choices, creating, syncing
from xero_integration.wizard.rows import facts
from xero_integration.wizard.suggestions import record_of_xero

CHUNK = 200
# Compared in one go; the rest with the next contacts that arrive, or by the sweep.
LIMIT = 1000
# More suggestions nobody reads; the search finds the others.
MOST = 3
SUPPLIER_ALONE = Q(is_supplier=True, is_customer=False)


class Show(models.TextChoices):
    """The tabs over the list."""

    ALL = "all", "New"
    IGNORED = "ignored", "Ignored"


def waiting(connection: Connection) -> XeroContactQuerySet:
    """Contacts in use there that nobody here is linked to, and that nobody has ignored.

    None before the first sync: until then the wizard's own list has them.
    """
    if connection.contacts_open_at is None:
        return connection.xero_contacts.none()
    return creating.unlinked(connection).exclude(SUPPLIER_ALONE).filter(ignored_at=None)


def listed(connection: Connection, show: Show) -> XeroContactQuerySet:
    if show == Show.IGNORED:
        return creating.unlinked(connection).exclude(ignored_at=None)
    return waiting(connection)


def counts(connection: Connection) -> dict[Show, int]:
    found = creating.unlinked(connection).aggregate(
        ignored=Count("pk", filter=Q(ignored_at__isnull=False))
    )
    return {Show.ALL: waiting(connection).count(), Show.IGNORED: found["ignored"]}


# --- who they may be ----------------------------------------------------------------------------


def arrived(connection: Connection, xero_ids: Collection[str]) -> None:
    """Look for those of ours that new or changed contacts may be; create what may be nobody."""
    if not waiting(connection).filter(xero_id__in=xero_ids).exists():
        return
    connection.xero_contacts.filter(xero_id__in=xero_ids).update(compared_at=None)
    look_through(connection)


def look_through(connection: Connection) -> int:
    """Compare what was not compared yet; return how many were created by themselves."""
    rows = list(waiting(connection).filter(compared_at=None).order_by("pk")[:LIMIT])
    if rows:
        _compare(connection, rows)
    if not connection.create_new:
        return 0
    unlike = waiting(connection).filter(alike=[]).exclude(compared_at=None)
    return create(connection, list(unlike.values_list("pk", flat=True)), by=None)


def look_again(connection: Connection) -> None:
    """Forget the suggestions and make them anew: our own list has changed since."""
    waiting(connection).update(compared_at=None)
    look_through(connection)


def _compare(connection: Connection, rows: Sequence[XeroContact]) -> None:
    ours = [record_of(one) for one in connection.business.contacts.active()]
    index = Index(ours) if ours else None
    now = timezone.now()
    for row in rows:
        found = index.search(record_of_xero(row), limit=MOST) if index else ()
        row.compared_at = now
        row.alike = [
            {"contact": one.id, "score": one.probability, "reasons": list(one.reasons)}
            for one in found
            if one.probability >= SUGGEST_FROM
        ]
    XeroContact.objects.bulk_update(rows, ["alike", "compared_at"], batch_size=CHUNK)


@dataclass(frozen=True)
class Suggestion:
    """One of ours that a contact in Xero may be; it may be linked to another one there."""

    contact: Contact
    is_linked: bool
    score: float = 0
    reasons: Sequence[str] = ()

    @property
    def percent(self) -> int:
        # Rounded down: "100 %" would be a promise that no probability keeps.
        return min(int(self.score * 100), 99)

    @property
    def facts(self) -> list[str]:
        return facts(self.contact)


@dataclass(frozen=True)
class Row:
    """A contact in Xero with its suggestions, the most probable first."""

    there: XeroContact
    suggestions: Sequence[Suggestion]

    @property
    def facts(self) -> list[str]:
        return facts(self.there)

    @property
    def best(self) -> Suggestion | None:
        return self.suggestions[0] if self.suggestions else None


def rows(connection: Connection, found: Iterable[XeroContact]) -> list[Row]:
    """Join contacts with their suggestions; two queries."""
    found = list(found)
    ids = {UUID(one["contact"]) for there in found for one in there.alike}
    ours = connection.business.contacts.active().in_bulk(ids)
    linked = linked_among(connection, ids)
    return [Row(there, list(_suggestions(there, ours, linked))) for there in found]


def _suggestions(
    there: XeroContact, ours: dict[UUID, Contact], linked: set[UUID]
) -> Iterable[Suggestion]:
    for one in there.alike:
        contact = ours.get(UUID(one["contact"]))
        if contact is not None:
            is_linked = contact.pk in linked
            yield Suggestion(contact, is_linked, one["score"], one["reasons"])


def linked_among(connection: Connection, ids: Collection[UUID]) -> set[UUID]:
    current = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    return set(current.filter(object_id__in=ids).values_list("object_id", flat=True))


def find(connection: Connection, query: str) -> list[Suggestion]:
    """Return contacts of ours that hold the words of `query`."""
    found = list(connection.business.contacts.active().search(query).order_by("name")[:20])
    linked = linked_among(connection, {one.pk for one in found})
    return [Suggestion(one, one.pk in linked) for one in found]


# --- what a person makes of them ----------------------------------------------------------------


def link(connection: Connection, there: XeroContact, contact: Contact, *, by: User) -> None:
    """Say that `there` is `contact`, with the data kept as in the wizard. Raises LinkConflict."""
    if linked_among(connection, {contact.pk}):
        raise links.LinkConflict(
            f"{contact} is linked to another contact in Xero. Change that link on its own page."
        )
    choice = choices.row_for(connection, contact)
    choices.choose(choice, action=LinkAction.LINK, xero_contact=there, by=by)
    syncing.apply_now(connection, choice, by=by)


def link_best(connection: Connection, found: XeroContactQuerySet, *, by: User) -> int:
    """Link each of `found` to its best suggestion, where that is free; return how many were."""
    count = 0
    for row in rows(connection, found):
        if row.best and not linked_among(connection, {row.best.contact.pk}):
            link(connection, row.there, row.best.contact, by=by)
            count += 1
    return count


def create(connection: Connection, keys: Collection[int], *, by: User | None) -> int:
    """Make contacts of ours, linked from the start; return how many."""
    count = 0
    for chunk in chunks(keys, CHUNK):
        with transaction.atomic():
            # Locked first: a second worker then finds them linked, and makes no second one here.
            held = connection.xero_contacts.filter(pk__in=chunk).order_by("pk")
            ids = list(held.select_for_update().values_list("pk", flat=True))
            found = list(creating.unlinked(connection).filter(pk__in=ids))
            syncing.create_here(connection, found, by=by)
            count += len(found)
    return count


def ignore(found: XeroContactQuerySet) -> int:
    """Propose these never again, until somebody takes it back."""
    return _mark(found, ignored_at=timezone.now(), create_here=False)


def propose_again(found: XeroContactQuerySet) -> int:
    return _mark(found, ignored_at=None, create_here=True)


def _mark(found: XeroContactQuerySet, **values: object) -> int:
    keys = list(found.values_list("pk", flat=True))
    for chunk in chunks(keys, CHUNK):
        XeroContact.objects.filter(pk__in=chunk).update(**values)
    return len(keys)
