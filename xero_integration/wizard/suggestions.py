"""The link step's suggestions: compare our contacts with the organisation's, and write them down.

Run as a job. Only rows that no person has decided are written, however often it runs, so a job that
was killed is simply run again.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from contacts.matching.link import link
from contacts.matching.records import Record
from contacts.matching.results import LinkResult
from contacts.records import record_of
from xero_integration.models import (
    Certainty,
    Connection,
    Kind,
    Link,
    LinkAction,
    LinkChoice,
    XeroContact,
)
from xero_integration.models.mirror import XeroContactQuerySet
from xero_integration.wizard import choices
from xero_integration.wizard.choices import CHUNK

Progress = Callable[[int, int], None]

# What each word of the matcher preselects. A sure match is linked, and a contact without any is
# made in Xero; in between a person looks, for a wrong link sends money to the wrong customer and a
# wrong "create" makes the duplicate that the wizard is there to avoid.
PRESELECTED = {
    Certainty.SURE: LinkAction.LINK,
    Certainty.LIKELY: LinkAction.UNDECIDED,
    Certainty.NONE: LinkAction.CREATE,
}


def record_of_xero(contact: XeroContact) -> Record:
    """Return what the matcher compares of a contact in Xero."""
    return Record(
        id=str(contact.pk),
        name=contact.name,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=contact.email,
        phone=contact.phone,
        mobile=contact.mobile,
        address_line1=contact.postal_line1,
        address_line2=contact.postal_line2,
        city=contact.postal_city,
        region=contact.postal_region,
        postal_code=contact.postal_code,
        country=contact.postal_country,
        tax_number=contact.tax_number,
        account_number=contact.account_number,
        second_address_line1=contact.street_line1,
        second_address_line2=contact.street_line2,
        second_city=contact.street_city,
        second_region=contact.street_region,
        second_postal_code=contact.street_code,
    )


def suggest(connection: Connection, *, progress: Progress | None = None) -> tuple[str, ...]:
    """Propose a choice for every undecided contact; return the matcher's remarks on the lists."""
    seed(connection)
    adopt_links(connection)
    rows = choices.listed(connection).open_to_matcher().select_related("contact")
    contacts = [row.contact for row in rows]
    result = link(
        [record_of(contact) for contact in contacts],
        [record_of_xero(contact) for contact in free_contacts(connection)],
        progress=progress,
    )
    keys = [contact.pk for contact in contacts]
    for start in range(0, len(keys), CHUNK):
        _write(connection, keys[start : start + CHUNK], result)
    return result.notes


def seed(connection: Connection) -> None:
    """Give every contact in use its row."""
    rows = [
        LinkChoice(business_id=connection.business_id, connection=connection, contact_id=key)
        for key in choices.missing(connection).values_list("pk", flat=True)
    ]
    # A second job, or a page, may have made some in between.
    LinkChoice.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)


def adopt_links(connection: Connection) -> None:
    """Show what is linked already as linked: links of before a reconnect, contacts made since.

    A linked contact that the mirror does not hold was made in Xero after the last reading.
    """
    standing: dict[UUID, str] = dict(
        connection.links.current().filter(kind=Kind.CONTACT).values_list("object_id", "xero_id")
    )
    if not standing:
        return
    mirror = dict(connection.xero_contacts.values_list("xero_id", "pk"))
    rows = choices.listed(connection).open_to_matcher()
    known = [row for row in rows if row.contact_id in standing]
    for row in known:
        row.xero_contact_id = mirror.get(standing[row.contact_id])
        row.action = LinkAction.LINK if row.xero_contact_id else LinkAction.CREATE
        row.applied_at = timezone.now()
    fields = ["action", "xero_contact", "applied_at"]
    LinkChoice.objects.bulk_update(known, fields, batch_size=CHUNK)


def free_contacts(connection: Connection) -> XeroContactQuerySet:
    """The organisation's contacts in use that nobody here is linked to or has chosen."""
    chosen = choices.selected(connection).exclude(decided_by=None, applied_at=None)
    linked = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    return (
        connection.xero_contacts.usable()
        .exclude(pk__in=chosen.values("xero_contact"))
        .exclude(xero_id__in=linked.values("xero_id"))
    )


def _write(connection: Connection, keys: Sequence[UUID], result: LinkResult) -> None:
    """Write the proposals for some contacts, save those that a person decided meanwhile."""
    with transaction.atomic():
        rows = choices.listed(connection).open_to_matcher().select_for_update(of=("self",))
        undecided = list(rows.filter(contact__in=keys))
        for row in undecided:
            _propose(row, result)
        LinkChoice.objects.bulk_update(
            undecided,
            ["action", "xero_contact", "certainty", "score", "reasons", "alternatives"],
        )


def _propose(row: LinkChoice, result: LinkResult) -> None:
    key = str(row.contact_id)
    found = result.suggestions.get(key)
    row.certainty = Certainty(found.decision if found else "none")
    row.action = PRESELECTED[row.certainty]
    row.xero_contact_id = int(found.right_id) if found else None
    row.score = found.probability if found else 0.0
    row.reasons = list(found.reasons) if found else []
    row.alternatives = [
        {"xero_contact": int(other.id), "score": other.probability, "reasons": list(other.reasons)}
        for other in result.alternatives.get(key, ())
    ]
