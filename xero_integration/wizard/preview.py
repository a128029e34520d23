"""What the sync will do, before it does it: counts, and every field that will change."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from xero_integration.both_sides.fields import Difference, to_give, to_take
from xero_integration.models import Connection, Keep, LinkAction, LinkChoice
from xero_integration.wizard import syncing


@dataclass(frozen=True)
class Plan:
    """The counts of one sync."""

    linked_ours: int
    linked_xero: int
    create_in_xero: int
    create_here: int
    left_out: int
    # Contacts whose name another active contact in Xero has by then: Xero will refuse these.
    names_taken: int

    @property
    def linked(self) -> int:
        return self.linked_ours + self.linked_xero

    @property
    def total(self) -> int:
        return self.linked + self.create_in_xero + self.create_here + self.left_out


def plan(connection: Connection, *, keep: Keep) -> Plan:
    """Count what the next sync will do; in a handful of queries."""
    found = syncing.pending(connection).aggregate(
        linked=Count("pk", filter=Q(action=LinkAction.LINK)),
        ours=Count("pk", filter=_keeps_ours(keep)),
        create=Count("pk", filter=Q(action=LinkAction.CREATE)),
        left=Count("pk", filter=Q(action=LinkAction.LEAVE)),
    )
    return Plan(
        linked_ours=found["ours"],
        linked_xero=found["linked"] - found["ours"],
        create_in_xero=found["create"],
        create_here=syncing.to_create_here(connection).count(),
        left_out=found["left"],
        names_taken=names_taken(connection, keep=keep),
    )


def _keeps_ours(keep: Keep) -> Q:
    """The pairs whose data in Xero gives way to ours."""
    ours = Q(keep=Keep.OURS) | Q(keep="" if keep == Keep.OURS else Keep.OURS)
    return Q(action=LinkAction.LINK) & ours


def names_taken(connection: Connection, *, keep: Keep) -> int:
    """Count the contacts that go to Xero under a name that is in use there by then.

    That may be the name of another contact there, of one that is renamed to our spelling, or of a
    twin in our own list. Compared here: a join on a folded name would look at every pair.
    """
    in_use = {
        name.casefold() for name in connection.xero_contacts.usable().values_list("name", flat=True)
    }
    rows = syncing.pending(connection)
    linked = rows.filter(_keeps_ours(keep)).values_list("contact__name", "xero_contact__name")
    new = rows.filter(action=LinkAction.CREATE).values_list("contact__name", flat=True)
    renamed = [ours for ours, theirs in linked if ours.casefold() != theirs.casefold()]
    taken = 0
    for name in (*renamed, *new):
        taken += name.casefold() in in_use
        in_use.add(name.casefold())
    return taken


@dataclass(frozen=True)
class Change:
    """One pair and what changes: here when Xero's data is kept, there when ours is."""

    choice: LinkChoice
    keep: Keep
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_here(self) -> bool:
        return self.keep == Keep.XERO


def changes(rows: list[LinkChoice], *, keep: Keep) -> list[Change]:
    """Return what the sync changes for each of `rows`, pairs without a difference included."""
    found = []
    for row in rows:
        side = Keep(row.keep or keep)
        assert row.xero_contact is not None  # by the constraint link_choice_names_its_contact
        differ = to_take if side == Keep.XERO else to_give
        found.append(Change(row, side, differ(row.contact, row.xero_contact)))
    return found


def pairs(connection: Connection) -> QuerySet[LinkChoice]:
    """The pairs that the next sync links, by name."""
    rows = syncing.pending(connection).filter(action=LinkAction.LINK)
    return rows.select_related("contact", "xero_contact").order_by(Lower("contact__name"), "pk")
