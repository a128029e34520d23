"""The link step's choices: who is listed, which two point at one Xero contact, and the gate.

Two rows may point at one Xero contact while a person is choosing; the gate lets nobody on until
that is settled. All lists are counted and filtered by the database: they hold 5,000 rows and more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from xero_integration.models import (
    Connection,
    Keep,
    Kind,
    Link,
    LinkAction,
    LinkChoice,
    XeroContact,
)
from xero_integration.models.link import LinkQuerySet
from xero_integration.models.wizard import LinkChoiceQuerySet

# SQLite allows 32,766 variables in a statement; a few hundred rows at a time stay far below.
CHUNK = 500


class Filter(models.TextChoices):
    """The tabs over the list."""

    ALL = "all", "All"
    NEEDS_A_LOOK = "needs", "Needs a look"
    LINKED = "linked", "Linked"
    CREATE = "create", "Create in Xero"
    LEFT_OUT = "left_out", "Left out"
    CONFLICT = "conflict", "Contact already selected"


def listed(connection: Connection) -> LinkChoiceQuerySet:
    return LinkChoice.objects.listed().filter(connection=connection)


def missing(connection: Connection) -> models.QuerySet[Contact]:
    """Contacts in use without a row yet: they came after the suggestions were made."""
    have = LinkChoice.objects.filter(connection=connection, contact=OuterRef("pk"))
    return Contact.objects.active().filter(~Exists(have), business=connection.business_id)


def selected(connection: Connection) -> LinkChoiceQuerySet:
    """The listed rows that link a Xero contact."""
    return listed(connection).filter(action=LinkAction.LINK)


def conflicted(connection: Connection) -> Q:
    """The condition "Contact already selected": somebody else points at the same Xero contact.

    By sets that the database makes once: asking for each row who its rivals are takes it seconds
    with 5,000 contacts (measured on SQLite: 4 s against 15 ms).
    """
    twice = (
        selected(connection)
        .order_by()
        .values("xero_contact")
        .annotate(rows=Count("pk"))
        .filter(rows__gt=1)
        .values("xero_contact")
    )
    # What was carried out holds its link itself, so nobody else can.
    held = Q(applied_at=None, xero_contact__xero_id__in=_held(connection).values("xero_id"))
    return Q(action=LinkAction.LINK) & (Q(xero_contact__in=twice) | held)


def _held(connection: Connection) -> LinkQuerySet:
    """Links that stand already, of contacts that are not about to choose anew."""
    choosing = listed(connection).filter(applied_at=None).values("contact")
    standing = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    return standing.exclude(object_id__in=choosing)


def undecided(connection: Connection) -> Q:
    """The condition "Needs a look": nothing chosen, or a Xero contact that is archived by now."""
    gone = Q(action=LinkAction.LINK, applied_at=None) & ~Q(xero_contact__status="ACTIVE")
    return Q(action=LinkAction.UNDECIDED) | gone


def condition(connection: Connection, show: Filter) -> Q:
    """Return what the rows of one tab have in common."""
    by_action = {
        Filter.LINKED: LinkAction.LINK,
        Filter.CREATE: LinkAction.CREATE,
        Filter.LEFT_OUT: LinkAction.LEAVE,
    }
    if show in by_action:
        return Q(action=by_action[show])
    if show == Filter.NEEDS_A_LOOK:
        return undecided(connection)
    return conflicted(connection) if show == Filter.CONFLICT else Q()


def filtered(connection: Connection, *, show: Filter, query: str = "") -> LinkChoiceQuerySet:
    """Return the rows of one tab whose names, on either side, hold the words of `query`."""
    rows = listed(connection).filter(condition(connection, show))
    if not query.strip():
        return rows
    ours = Contact.objects.filter(business=connection.business_id).search(query)
    theirs = connection.xero_contacts.search(query)
    return rows.filter(Q(contact__in=ours) | Q(xero_contact__in=theirs))


def counts(connection: Connection) -> dict[Filter, int]:
    """Return how many rows each tab holds."""
    found = listed(connection).aggregate(
        **{
            show.value: Count("pk", filter=condition(connection, show))
            for show in Filter
            if show != Filter.ALL
        },
        all=Count("pk"),
    )
    return {show: found[show.value] for show in Filter}


@dataclass(frozen=True)
class Gate:
    """What stands between the link step and the next."""

    undecided: int
    conflicts: int
    missing: int
    # Of the undecided, those that came after the comparison and have no suggestion yet.
    uncompared: int = 0

    @property
    def is_open(self) -> bool:
        return not (self.undecided or self.conflicts or self.missing)

    @property
    def new(self) -> int:
        """How many a new comparison would find matches for."""
        return self.missing + self.uncompared

    @property
    def show(self) -> Filter:
        """The tab that holds what is in the way."""
        return Filter.CONFLICT if self.conflicts else Filter.NEEDS_A_LOOK

    @property
    def words(self) -> str:
        """What is in the way, and what to do."""
        if self.conflicts:
            return (
                f"{self.conflicts} contacts point at a Xero contact that another one has selected. "
                "Choose the right one for each."
            )
        if self.undecided:
            return f"{self.undecided} contacts need a look: link, create or leave out each of them."
        if self.missing:
            return f"{self.missing} contacts were added meanwhile. Find their matches first."
        return ""


def gate(connection: Connection, *, counted: dict[Filter, int] | None = None) -> Gate:
    """Return what is in the way. Once contacts go by themselves, new ones are not waited for."""
    found = counted or counts(connection)
    return Gate(
        undecided=found[Filter.NEEDS_A_LOOK],
        conflicts=found[Filter.CONFLICT],
        missing=0 if connection.contacts_open_at else missing(connection).count(),
        uncompared=listed(connection)
        .open_to_matcher()
        .filter(action=LinkAction.UNDECIDED, xero_contact=None)
        .count(),
    )


@dataclass
class Taken:
    """Who else points at the Xero contacts of some rows: names by row key, and the rows."""

    names: dict[int, list[str]] = field(default_factory=dict)
    rows: dict[int, list[int]] = field(default_factory=dict)

    def add(self, row: LinkChoice, *, name: str, other: int | None = None) -> None:
        self.names.setdefault(row.pk, []).append(name)
        if other is not None:
            self.rows.setdefault(row.pk, []).append(other)


def taken(connection: Connection, rows: Iterable[LinkChoice]) -> Taken:
    """Say for each of `rows` who else has selected its Xero contact; three queries in all."""
    linking = [row for row in rows if row.action == LinkAction.LINK]
    found = Taken()
    rivals: dict[int | None, list[LinkChoice]] = {}
    targets = {row.xero_contact_id for row in linking}
    same = selected(connection).filter(xero_contact__in=targets)
    for rival in same.select_related("contact"):
        rivals.setdefault(rival.xero_contact_id, []).append(rival)
    for row in linking:
        for rival in rivals[row.xero_contact_id]:
            if rival.pk != row.pk:
                found.add(row, name=rival.contact.name, other=rival.pk)
    _add_holders(connection, linking, found)
    return found


def _add_holders(connection: Connection, linking: list[LinkChoice], found: Taken) -> None:
    targets = {
        row.xero_contact.xero_id: row
        for row in linking
        if row.xero_contact and row.applied_at is None and row.pk not in found.names
    }
    holders = dict(
        _held(connection).filter(xero_id__in=targets).values_list("xero_id", "object_id")
    )
    names = dict(Contact.objects.filter(pk__in=holders.values()).values_list("pk", "name"))
    for xero_id, holder in holders.items():
        found.add(targets[xero_id], name=names.get(holder, "a contact that is gone"))


def sharing(connection: Connection, targets: Iterable[int | None]) -> LinkChoiceQuerySet:
    """Return the rows that have selected one of these Xero contacts."""
    keys = [key for key in targets if key is not None]
    rows = selected(connection).filter(xero_contact__in=keys)
    return rows.select_related("contact", "xero_contact")


def row_for(connection: Connection, contact: Contact) -> LinkChoice:
    """Return the row of one contact; one that was sent by itself gets its row now."""
    link = connection.links.current().filter(kind=Kind.CONTACT, object_id=contact.pk).first()
    target = connection.xero_contacts.filter(xero_id=link.xero_id).first() if link else None
    standing = {
        "business_id": connection.business_id,
        "action": LinkAction.LINK if target else LinkAction.CREATE,
        "xero_contact": target,
        "applied_at": timezone.now(),
    }
    # Before the first sync nothing stands yet: the person decides.
    fresh = standing if connection.contacts_open_at else {"business_id": connection.business_id}
    return LinkChoice.objects.get_or_create(connection=connection, contact=contact, defaults=fresh)[
        0
    ]


class WrongChoice(ValueError):
    """A choice that cannot be: a Xero contact that is archived, or none for a link."""


def choose(
    choice: LinkChoice, *, action: LinkAction, by: User, xero_contact: XeroContact | None = None
) -> LinkChoice:
    """Store a person's decision for one contact. A later sync carries it out again.

    Raises WrongChoice for a link without a Xero contact that is in use.
    """
    if action == LinkAction.LINK:
        if xero_contact is None or xero_contact.status != "ACTIVE":
            raise WrongChoice("That contact is archived in Xero. Choose another one.")
        choice.xero_contact = xero_contact
    choice.action = action
    _stamp(choice, by=by)
    choice.save()
    return choice


def keep_side(choice: LinkChoice, *, keep: str, by: User) -> LinkChoice:
    """Override for one pair whose data is kept; an empty `keep` follows the whole list again."""
    choice.keep = Keep(keep) if keep else ""
    if choice.applied_at is not None:
        _stamp(choice, by=by)
    choice.save()
    return choice


def _stamp(choice: LinkChoice, *, by: User) -> None:
    choice.decided_by = by
    choice.decided_at = timezone.now()
    choice.applied_at = None


def accept(connection: Connection, rows: LinkChoiceQuerySet, *, by: User) -> int:
    """Link every undecided row of `rows` to its suggestion; return how many were.

    A suggestion that another row has selected meanwhile is left for a person.
    """
    waiting = rows.filter(action=LinkAction.UNDECIDED, xero_contact__status="ACTIVE")
    free = waiting.exclude(xero_contact__in=selected(connection).values("xero_contact")).exclude(
        xero_contact__xero_id__in=_held(connection).values("xero_id")
    )
    pairs = free.order_by("-score", "pk").values_list("xero_contact_id", "pk")
    # Two undecided rows may hold one suggestion when lists were compared twice: the best wins.
    best: dict[int | None, int] = {}
    for target, pk in pairs:
        best.setdefault(target, pk)
    return _decide(list(best.values()), action=LinkAction.LINK, by=by)


def set_all(rows: LinkChoiceQuerySet, *, action: LinkAction, by: User) -> int:
    """Give every row of `rows` that is not linked in Xero yet the same `action`."""
    if action == LinkAction.LINK:
        raise WrongChoice("A link needs a Xero contact for each row.")
    return _decide(
        list(rows.filter(applied_at=None).values_list("pk", flat=True)), action=action, by=by
    )


def _decide(keys: list[int], *, action: LinkAction, by: User) -> int:
    now = timezone.now()
    with transaction.atomic():
        for start in range(0, len(keys), CHUNK):
            LinkChoice.objects.filter(pk__in=keys[start : start + CHUNK]).update(
                action=action, decided_by=by, decided_at=now, applied_at=None
            )
    return len(keys)


def hand_back(rows: LinkChoiceQuerySet) -> int:
    """Forget the decisions in `rows`, so that the matcher proposes anew; return how many."""
    keys = list(rows.filter(applied_at=None).values_list("pk", flat=True))
    with transaction.atomic():
        for start in range(0, len(keys), CHUNK):
            LinkChoice.objects.filter(pk__in=keys[start : start + CHUNK]).update(
                action=LinkAction.UNDECIDED, decided_by=None, decided_at=None
            )
    return len(keys)
