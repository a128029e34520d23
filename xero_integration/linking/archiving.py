"""Contacts archived in Xero: a person is asked about them; unarchived, what waited goes again.

Only Xero's own people can unarchive a contact: its API archives, and no more.
"""

from collections.abc import Sequence

from xero_integration.both_sides import questions
from xero_integration.models import Connection, Kind, Link, Matter, XeroContact
from xero_integration.sending import waking

ACTIVE = "ACTIVE"


def note(connection: Connection, rows: Sequence[XeroContact]) -> None:
    """Ask about linked contacts that are out of use there, and end it for those that are back."""
    # Whoever was merged is followed (`arrivals`), or asked about as such.
    there = {row.xero_id: row for row in rows if not row.merged_to}
    asked = set(questions.standing(connection, Matter.ARCHIVED).values_list("contact", flat=True))
    links = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    for link in links.filter(xero_id__in=there):
        is_archived = there[link.xero_id].status != ACTIVE
        if is_archived or link.object_id in asked:
            questions.archived(link, is_archived=is_archived)
    back = links.filter(xero_id__in=[key for key, row in there.items() if row.status == ACTIVE])
    waking.of_contacts(connection, list(back.values_list("object_id", flat=True)))
