"""What to call a contact whose name another one has in Xero: a proposal a person accepts."""

import re
from collections.abc import Collection, Iterable
from itertools import count

from django.db import transaction

from contacts.models import Contact
from contacts.search import fold
from xero_integration.models import Connection, Kind, OutboxRow, OutboxStatus

NAME_LIMIT = 255


def propose(contact: Contact, *, taken: Collection[str]) -> str:
    """Return a free name for `contact`: with its suburb, else with a number added.

    `taken` is folded: Xero's own comparison minds neither case nor accents.
    """
    return next(name for name in _candidates(contact) if fold(name) not in taken)


def _candidates(contact: Contact) -> Iterable[str]:
    suburb = contact.street_city.strip() or contact.postal_city.strip()
    # An earlier proposal that Xero refused as well is counted on from, never made longer.
    earlier = re.search(rf" \({re.escape(suburb)} ?(\d*)\)$", contact.name)
    name = contact.name[: earlier.start()] if earlier else contact.name
    if suburb and not earlier:
        yield _with(name, suburb)
    for number in count(int(earlier[1] or 1) + 1 if earlier else 2):
        yield _with(name, f"{suburb} {number}" if suburb else str(number))


def _with(name: str, addition: str) -> str:
    suffix = f" ({addition})"
    return name[: NAME_LIMIT - len(suffix)].rstrip() + suffix


def taken_names(connection: Connection) -> set[str]:
    """Return, folded, the names known to be in use or already proposed."""
    in_xero = connection.xero_contacts.usable().values_list("name", flat=True)
    ours = connection.business.contacts.active().values_list("name", flat=True)
    rows = connection.outbox.exclude(proposed_name="")
    return {fold(name) for name in (*in_xero, *ours, *rows.values_list("proposed_name", flat=True))}


class Proposer:
    """Proposes names for one batch: none twice. Reads what is taken at the first need."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._taken: set[str] | None = None

    def name_for(self, row: OutboxRow) -> str:
        contact = Contact.objects.filter(business_id=row.business_id, pk=row.object_id).first()
        if contact is None:
            return ""
        if self._taken is None:
            self._taken = taken_names(self._connection)
        name = propose(contact, taken=self._taken)
        self._taken.add(fold(name))
        return name


def accept(rows: Iterable[OutboxRow]) -> int:
    """Give the contacts of `rows` their proposed names; each is then sent by itself.

    Returns how many were renamed. Saving the contact is what queues it again.
    """
    renamed = 0
    for row in rows:
        with transaction.atomic():
            renamed += _accept_one(row)
    return renamed


def _accept_one(row: OutboxRow) -> int:
    if row.kind != Kind.CONTACT or row.status != OutboxStatus.PARKED or not row.proposed_name:
        return 0
    contact = Contact.objects.filter(business_id=row.business_id, pk=row.object_id).first()
    if contact is None:
        return 0
    contact.name = row.proposed_name
    contact.save(update_fields=["name"])
    return 1
