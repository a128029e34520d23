"""The create step: which unlinked contacts of the organisation are made here."""

from collections.abc import Collection

from django.db import models
from django.db.models import Count, Q

from xero_integration.models import Connection, Kind, Link, XeroContact
from xero_integration.models.mirror import XeroContactQuerySet
from xero_integration.wizard import choices


class Show(models.TextChoices):
    """The tabs over the list."""

    ALL = "all", "All"
    CHOSEN = "chosen", "Create here"
    NOT_CHOSEN = "not_chosen", "Leave in Xero only"
    SUPPLIERS = "suppliers", "Suppliers only"


CONDITIONS = {
    Show.ALL: Q(),
    Show.CHOSEN: Q(create_here=True),
    Show.NOT_CHOSEN: Q(create_here=False),
    Show.SUPPLIERS: Q(is_supplier=True, is_customer=False),
}


def unlinked(connection: Connection) -> XeroContactQuerySet:
    """The organisation's contacts in use that none of ours is, or will be, linked to."""
    linked = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    return (
        connection.xero_contacts.usable()
        .exclude(pk__in=choices.selected(connection).values("xero_contact"))
        .exclude(xero_id__in=linked.values("xero_id"))
    )


def filtered(connection: Connection, *, show: Show, query: str = "") -> XeroContactQuerySet:
    return unlinked(connection).filter(CONDITIONS[show]).search(query)


def counts(connection: Connection) -> dict[Show, int]:
    found = unlinked(connection).aggregate(
        **{show.value: Count("pk", filter=condition) for show, condition in CONDITIONS.items()}
    )
    return {show: found[show.value] for show in Show}


def choose(rows: XeroContactQuerySet, *, create_here: bool) -> int:
    """Mark `rows` to be made here, or not; return how many changed."""
    keys = list(rows.exclude(create_here=create_here).values_list("pk", flat=True))
    for start in range(0, len(keys), choices.CHUNK):
        part = keys[start : start + choices.CHUNK]
        mark(part, create_here=create_here)
    return len(keys)


def mark(keys: Collection[int], *, create_here: bool) -> None:
    """Note what was chosen; whoever is to be made here is not ignored any more."""
    wanted = {"ignored_at": None} if create_here else {}
    XeroContact.objects.filter(pk__in=keys).update(create_here=create_here, **wanted)
