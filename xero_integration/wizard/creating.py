"""The create step: which unlinked contacts of the organisation are made here."""

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from xero_integration.models import Connection, Kind, Link, LinkAction, XeroContact
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
    chosen = choices.listed(connection).filter(action=LinkAction.LINK, xero_contact=OuterRef("pk"))
    linked = Link.objects.current().filter(
        connection=connection, kind=Kind.CONTACT, xero_id=OuterRef("xero_id")
    )
    return connection.xero_contacts.usable().filter(~Exists(chosen), ~Exists(linked))


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
        XeroContact.objects.filter(pk__in=part).update(create_here=create_here)
    return len(keys)
