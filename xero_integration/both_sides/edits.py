"""Edits of contacts made in Xero: brought here field by field, by the rule of the connection.

What was changed there alone is taken over here, and not sent back: with it the link knows what both
sides agree on. What was changed on both sides goes by the rule, or to a person. Everything here may
be done twice, in any order, and calls nobody.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from pooltrackr.lib.chunks import chunks
from xero_integration import log, outbox
from xero_integration.both_sides import questions, threeway
from xero_integration.both_sides.fields import Values, beside, our_values, take_over, their_values
from xero_integration.both_sides.threeway import Agreed, Way
from xero_integration.models import (
    Action,
    Connection,
    Direction,
    EditRule,
    Kind,
    Lane,
    Link,
    LinkStatus,
    OutboxStatus,
    Outcome,
    SyncEntry,
    XeroContact,
)
from xero_integration.payloads import contact_digest, sent_values

CHUNK = 300


def bring(connection: Connection, rows: Sequence[XeroContact]) -> None:
    """Let what Xero has now of linked contacts have its effect here."""
    for chunk in chunks(rows, CHUNK):
        there = {row.xero_id: row for row in chunk}
        links = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
        for link in links.filter(xero_id__in=there):
            row = there[link.xero_id]
            if not Agreed.from_json(link.agreed).knows(their_values(row)):
                bring_one(connection, link, row)


def bring_one(connection: Connection, link: Link, row: XeroContact) -> None:
    with transaction.atomic():
        pair = held(link)
        if pair is not None:
            _Comparison(connection, *pair, row).carry_out()


def held(link: Link) -> tuple[Contact, Link] | None:
    """Lock a link and its contact and return both as they are now; None if either is gone.

    The contact first, then its row in the outbox, as saving it does.
    """
    contacts = Contact.objects.select_for_update(of=("self",)).filter(merged_into=None)
    contact = contacts.filter(pk=link.object_id).first()
    outbox.locked(link.connection.outbox.filter(kind=Kind.CONTACT, object_id=link.object_id))
    same = Link.objects.select_for_update(of=("self",)).filter(pk=link.pk, xero_id=link.xero_id)
    now = same.filter(status=LinkStatus.CURRENT, object_id=link.object_id).first()
    return (contact, now) if contact and now else None


@dataclass
class _Comparison:
    """One contact on both sides, compared and brought into step; within a transaction."""

    connection: Connection
    contact: Contact
    link: Link
    row: XeroContact

    @cached_property
    def agreed(self) -> Agreed:
        stored = Agreed.from_json(self.link.agreed)
        return stored if stored else self._first_agreement()

    def _first_agreement(self) -> Agreed:
        """What a link of before agreements were kept was in step with: the mirror, if it was."""
        if self.link.pushed_digest != contact_digest(self.contact):
            return Agreed()
        known = self.connection.xero_contacts.filter(xero_id=self.link.xero_id).first()
        theirs = known if known else self.row
        return Agreed(sent_values(self.contact), their_values(theirs))

    @cached_property
    def theirs(self) -> Values:
        return their_values(self.row)

    def carry_out(self) -> None:
        if not self.agreed and self._is_to_be_sent:
            # Just linked, with ours to be kept: what Xero has then is what both agree on.
            return
        rule = EditRule(self.connection.edit_rule)
        ways = threeway.ways(self.agreed, our_values(self.contact), self.theirs, rule=rule)
        taken = [beside(pair, our_values(self.contact), self.theirs) for pair in ways[Way.TAKE]]
        before = take(self.contact, taken)
        settled = threeway.names_of([*ways[Way.TAKE], *ways[Way.AGREE]])
        self.agreed.note(settled, our_values(self.contact), self.theirs)
        asked = threeway.names_of(ways[Way.ASK])
        is_new = questions.differs(self.link, asked)
        keep_in_step(self.connection, self.link, self.contact, self.agreed, self.theirs)
        log.write(self._entries(before, asked if is_new else []))

    @property
    def _is_to_be_sent(self) -> bool:
        rows = self.connection.outbox.filter(kind=Kind.CONTACT, object_id=self.contact.pk)
        return rows.filter(status__in=outbox.OPEN).exists()

    def _entries(self, taken: Collection[str], asked: Collection[str]) -> Iterable[SyncEntry]:
        if taken:
            yield entry(self.link, self.contact, _words(taken, []))
        if asked:
            words = ", ".join(threeway.labels_of(asked))
            message = f"Changed on both sides: {words}. Choose which stays."
            yield entry(
                self.link,
                self.contact,
                message,
                outcome=Outcome.FAILED,
                error_code="both_changed",
            )


def take(contact: Contact, differences: Iterable[Any]) -> Values:
    """Take values over and store them, without a signal: what came from Xero is not sent back."""
    before = take_over(contact, differences)
    if before:
        store(contact, before)
    return before


def store(contact: Contact, names: Iterable[str]) -> None:
    """Write these fields of `contact` without a signal."""
    contact.refresh_search_key()
    contact.updated_at = timezone.now()
    columns = {name: getattr(contact, name) for name in names}
    Contact.objects.filter(pk=contact.pk).update(
        **columns, search_key=contact.search_key, updated_at=contact.updated_at
    )


def keep_in_step(
    connection: Connection, link: Link, contact: Contact, agreed: Agreed, theirs: Values
) -> None:
    """Store what is agreed on with the link, and see that what is to be sent is queued."""
    rule = EditRule(connection.edit_rule)
    waiting = threeway.to_send(agreed, sent_values(contact), theirs, rule=rule)
    digest = contact_digest(contact)
    link.agreed, link.checked_at = agreed.as_json(), contact.updated_at
    if not waiting:
        link.pushed_digest = digest
    elif link.pushed_digest == digest:
        # It was held back, or lost against theirs, when it was last looked at.
        link.pushed_digest = ""
    link.save(update_fields=["agreed", "checked_at", "pushed_digest", "updated_at"])
    if waiting and not _is_heard(connection, contact):
        outbox.put(connection, Kind.CONTACT, {contact.pk: contact.name}, lane=Lane.INTERACTIVE)


def _is_heard(connection: Connection, contact: Contact) -> bool:
    """Whether nothing is gained by queueing a contact that is to be sent.

    One that waits goes with what is newest then. One that waits for a person was refused as it is
    now: to look at it again mends nothing.
    """
    is_refused = Q(status=OutboxStatus.PARKED, queued_at__gte=contact.updated_at)
    rows = connection.outbox.filter(kind=Kind.CONTACT, object_id=contact.pk)
    return rows.filter(Q(status=OutboxStatus.WAITING) | is_refused).exists()


def entry(link: Link, contact: Contact, message: str, **more: Any) -> SyncEntry:
    """Return the unsaved log entry of something that Xero's side did to a contact."""
    return SyncEntry(
        **{
            "business_id": link.business_id,
            "connection_id": link.connection_id,
            "direction": Direction.FROM_XERO,
            "kind": Kind.CONTACT,
            "action": Action.UPDATE,
            "outcome": Outcome.DONE,
            "object_id": contact.pk,
            "xero_id": link.xero_id,
            "label": contact.name[: log.LABEL_LIMIT],
            "message": message,
            **more,
        }
    )


# --- a person's answer, and the rule ------------------------------------------------------------


def choose(link: Link, row: XeroContact, theirs_for: Collection[str], *, by: User | None) -> None:
    """Settle fields that both sides changed: Xero's value for those named, ours for the others.

    What the person saw is in `row`; a field that has changed since is asked about again.
    """
    connection = link.connection
    with transaction.atomic():
        pair = held(link)
        if pair is None:
            return
        contact, link = pair
        theirs, agreed = their_values(row), Agreed.from_json(link.agreed)
        asked = threeway.ways(agreed, our_values(contact), theirs, rule=EditRule.ASK)[Way.ASK]
        taken = [one for one in asked if {*one.ours} <= {*theirs_for}]
        kept = threeway.names_of(one for one in asked if one not in taken)
        before = take(contact, [beside(one, our_values(contact), theirs) for one in taken])
        agreed.note(before, our_values(contact), theirs)
        agreed.insist(kept, theirs)
        questions.differs_answered(link, _words(before, kept), by=by)
        keep_in_step(connection, link, contact, agreed, theirs)
        if before:
            log.write([entry(link, contact, f"Chosen here. {_words(before, [])}")])


def _words(taken: Collection[str], kept: Collection[str]) -> str:
    sides = (("Taken from Xero", taken), ("Kept from Pooltrackr", kept))
    said = (f"{what}: {', '.join(threeway.labels_of(names))}." for what, names in sides if names)
    return " ".join(said)


def ask_again(connection: Connection, contact_ids: Iterable[UUID]) -> None:
    """Compare these contacts anew: by another rule the answer may be clear."""
    links = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    ids = links.filter(object_id__in=list(contact_ids)).values("xero_id")
    bring(connection, list(connection.xero_contacts.filter(xero_id__in=ids)))
