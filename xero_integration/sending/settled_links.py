"""What settling a batch means for the links of its objects."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from contacts.models import Contact
from pooltrackr.lib import bulk
from xero_integration.both_sides import coding, invoice_edits
from xero_integration.both_sides.fields import OURS, their_values
from xero_integration.both_sides.threeway import Agreed
from xero_integration.linking import archive_there
from xero_integration.models import Batch, BatchOperation, Kind, Link, OutboxRow, XeroContact
from xero_integration.sending import prepare, rounding
from xero_integration.sending.comparing import Comparison
from xero_integration.sending.verdicts import IDS, Verdict

Json = dict[str, Any]


class Links:
    """The links of a batch's objects: read once, changed in memory, written once."""

    def __init__(
        self, batch: Batch, verdicts: Sequence[Verdict], contacts: Mapping[str, XeroContact]
    ) -> None:
        self.batch, self.contacts = batch, contacts
        current = Link.objects.current().filter(connection=batch.connection, kind=batch.kind)
        objects = [verdict.member.row.object_id for verdict in verdicts]
        xero_ids = [(one.element or {}).get(IDS[Kind(batch.kind)]) for one in verdicts]
        self.by_object = {link.object_id: link for link in current.filter(object_id__in=objects)}
        self.owner = {
            link.xero_id: link.object_id
            for link in current.filter(xero_id__in=[one for one in xero_ids if one])
        }
        merged = Contact.objects.filter(pk__in=objects).exclude(merged_into=None)
        self.merged = set(merged.values_list("pk", flat=True))
        self.changed: list[Link] = []

    def is_taken(self, xero_id: str, row: OutboxRow) -> bool:
        """Say whether a creation ended at a record that is another one's here."""
        owner = self.owner.setdefault(xero_id, row.object_id)
        return owner != row.object_id and self._is_creation

    def was_moved(self, xero_id: str, row: OutboxRow) -> bool:
        """Say whether the object has another link by now than the one the call went by."""
        link = self.by_object.get(row.object_id)
        if link is None:
            return not self._is_creation or row.object_id in self.merged
        # A file that is overwritten may be given another id.
        return link.xero_id != xero_id and self.batch.kind != Kind.ATTACHMENT

    def stays_archived(self, verdict: Verdict, row: OutboxRow) -> bool:
        """Say whether a contact that was to come back, as its merge was undone, has not."""
        link = self.by_object.get(row.object_id)
        status = (verdict.element or {}).get("ContactStatus")
        return link is not None and archive_there.comes_back(link) and status != "ACTIVE"

    @property
    def _is_creation(self) -> bool:
        return self.batch.operation == BatchOperation.CREATE

    def remote_of(self, row: OutboxRow) -> Json:
        """Return what is remembered of the object's record in Xero."""
        link = self.by_object.get(row.object_id)
        return link.remote if link else {}

    def note(self, verdict: Verdict, row: OutboxRow, xero_id: str, found: Comparison) -> None:
        in_step = found.is_equal and not verdict.is_stale
        link = self.by_object.get(row.object_id) or Link(
            business_id=row.business_id,
            connection_id=row.connection_id,
            kind=row.kind,
            object_id=row.object_id,
            xero_id=xero_id,
        )
        link.xero_id = xero_id
        link.pushed_digest = verdict.member.payload_digest if in_step else ""
        link.pushed_at = timezone.now()
        link.checked_at = verdict.member.read_at
        there = self.contacts.get(xero_id)
        link.agreed = _agreed(verdict, there, link.agreed) if in_step else {}
        if self.batch.kind == Kind.INVOICE and in_step:
            link.agreed = invoice_edits.agreed_of(self.batch.connection, verdict)
        link.remote = {**link.remote, **_remote(verdict, link.remote.get("codes", {}))}
        link.remote.pop(prepare.WITH_STATUS, None)
        if archive_there.comes_back(link):
            archive_there.is_back(link)
        if found.line is not None:
            link.remote[rounding.LINE] = found.line.as_json()
        self.changed.append(link)

    def save(self) -> None:
        new = [link for link in self.changed if link.pk is None]
        known = [link for link in self.changed if link.pk is not None]
        bulk.insert(new)
        Link.objects.bulk_update(
            known, ["xero_id", "pushed_digest", "pushed_at", "checked_at", "remote", "agreed"]
        )


def _agreed(verdict: Verdict, contact: XeroContact | None, before: Json) -> Json:
    """Return what the two sides of a contact agree on once it has arrived, of what was sent."""
    expected, agreed = verdict.member.expected, Agreed.from_json(before)
    if contact is None or "ours" not in expected:
        return before
    ours = expected["ours"]
    # Found and not answered: an edit made there meanwhile is a change, not what was agreed on.
    there = ours if verdict.adopted else their_values(contact)
    theirs = {name: there[name] for name in OURS}
    agreed.note(ours if expected["fields"] is None else expected["fields"], ours, theirs)
    return agreed.as_json()


def _remote(verdict: Verdict, codes: coding.Codes) -> Json:
    """Return what a later update needs of the answer: an invoice's status, line ids and codes.

    `codes` are those of before, which stand for lines that somebody recoded in Xero.
    """
    element = verdict.element or {}
    kept = {name: element[key] for name, key in (("status", "Status"),) if element.get(key)}
    ours, theirs = verdict.member.expected.get("lines", []), element.get("LineItems") or []
    if ours and len(ours) == len(theirs):
        # As it stands now: what is coded otherwise later was recoded by somebody there.
        recoded = verdict.member.expected.get("recoded", [])
        before = {line: codes[line] for line in recoded if line in codes}
        kept["codes"] = {**coding.of_lines(theirs), **before}
        kept["lines"] = {
            line: one["LineItemID"]
            for line, one in zip(ours, theirs, strict=True)
            if one.get("LineItemID")
        }
    return kept
