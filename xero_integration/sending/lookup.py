"""Looking first: when a key has died unclear, what stands in Xero decides, and only then is sent.

Contacts are found by ContactNumber, invoices by number and then by our id in their Url. What is
ours is adopted; what is not there goes with a new key; what is somebody else's goes to a person.
Each member is settled as soon as it is known, so an interrupted look-up goes on where it was.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from pooltrackr.lib.conflicts import settled_together
from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError
from xero_integration.mapping import item_push
from xero_integration.models import Batch, BatchMember, BatchOperation, BatchStatus, Kind, Link
from xero_integration.numbers import is_of
from xero_integration.sending import batches, settle, survivors
from xero_integration.sending.verdicts import Verdict

Json = dict[str, Any]

GONE = {"VOIDED", "DELETED"}


def look_up(client: Client, batch: Batch) -> None:
    """Settle the open members of `batch` by what stands in Xero. Raises XeroError."""
    for verdicts in _verdicts(client, batch, batches.open_members(batch)):
        settled_together(partial(_settle, batch, verdicts))
    batches.close(batch, BatchStatus.LOOKED_UP)


def _settle(batch: Batch, verdicts: Sequence[Verdict]) -> None:
    batches.change(batch, lease_until=batches.lease_until())
    settle.apply(batch, verdicts, settle.contacts_in(batch, verdicts))


def _verdicts(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    gone = [member for member in members if member.error_code in survivors.CODES]
    for member in gone:
        yield [survivors.verdict_on(client, batch, member)]
    others = [member for member in members if member not in gone]
    if others:
        yield from _finder(batch)(client, batch, others)


Finder = Callable[[Client, Batch, Sequence[BatchMember]], Iterator[list[Verdict]]]


def _finder(batch: Batch) -> Finder:
    archives = batch.kind == Kind.CONTACT and batch.operation == BatchOperation.VOID
    if batch.operation == BatchOperation.UPDATE or archives or batch.kind == Kind.ATTACHMENT:
        # An update by id may safely be made twice; a file of the same name is overwritten.
        return _send_again
    if batch.operation == BatchOperation.VOID:
        return _taken_back if batch.kind == Kind.PAYMENT else _voided
    return CREATED[Kind(batch.kind)]


def _send_again(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    yield [Verdict(member) for member in members]


def _contacts(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    sent = batches.elements_of(batch)
    for member in members:
        found = _contact(client, sent[member.position]["ContactNumber"])
        if found and found.get("MergedToContactID"):
            found = survivors.survivor(client, found)
            # It holds another one's data, whatever became of ours.
            member.error_code = member.error_code or "contact_merged"
        yield [_adopted(member, found) if found else _missing(member)]


def _contact(client: Client, number: str) -> Json | None:
    try:
        answer = client.call("get_contact_by_contact_number", number)
    except XeroError as error:
        if error.code == "not_found":
            return None
        raise
    found = answer.elements("Contacts")
    return found[0] if found else None


def _invoices(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    sent = batches.elements_of(batch)
    numbers = [sent[member.position]["InvoiceNumber"] for member in members]
    found = _by_number(client, numbers)
    for member in members:
        mine = sent[member.position]
        there = found.get(mine["InvoiceNumber"].lower(), [])
        own = next((one for one in there if _is_ours(one, mine, member)), None)
        if own is not None:
            yield [_adopted(member, own)]
        elif any(one.get("Status") not in GONE for one in there):
            yield [Verdict(member, code="number_taken", message="Invoice # must be unique.")]
        else:
            # Xero alone knows whether the number of one that is gone may be given again.
            yield [_missing(member)]


def _bills(client: Client, batch: Batch, members: Sequence[BatchMember]) -> Iterator[list[Verdict]]:
    """Their number is our reference, with our id in it."""
    sent = batches.elements_of(batch)
    numbers = {member: sent[member.position]["InvoiceNumber"] for member in members}
    found = _by_number(client, list(numbers.values()), type="ACCPAY")
    for member in members:
        there = [one for one in found.get(numbers[member].lower(), []) if _stands(one)]
        yield [_adopted(member, there[0]) if there else _missing(member)]


def _by_number(
    client: Client, numbers: Sequence[str], *, type: str = "ACCREC"
) -> dict[str, list[Json]]:
    answer = client.call(
        "get_invoices", invoice_numbers=list(numbers), page=1, page_size=1000, unitdp=4
    )
    found: dict[str, list[Json]] = {}
    for one in answer.elements("Invoices"):
        if one.get("Type") == type:
            found.setdefault(str(one.get("InvoiceNumber", "")).lower(), []).append(one)
    return found


def _is_ours(there: Json, mine: Json, member: BatchMember) -> bool:
    """By our id in its Url; where none could be sent, only if it is alike in every part."""
    if mine.get("Url"):
        return member.expected["object"] in str(there.get("Url") or "")
    return not there.get("Url") and _traits(there) == _traits(mine) and _total_is(there, member)


def _traits(invoice: Json) -> list[Any]:
    """Return what two invoices of the same making have in common, dates by day."""
    day = str(invoice.get("DateString") or invoice.get("Date"))[: len("2026-11-22")]
    lines = [str(line.get("Description") or "") for line in invoice.get("LineItems") or []]
    contact_id = str((invoice.get("Contact") or {}).get("ContactID")).lower()
    return [contact_id, day, invoice.get("Reference") or "", lines]


def _total_is(there: Json, member: BatchMember) -> bool:
    return Decimal(str(there.get("Total", 0))) == Decimal(member.expected["total"])


def _voided(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    """See what became of invoices that would not be voided, and go by their real status."""
    sent = batches.elements_of(batch)
    ids = [sent[member.position]["InvoiceID"] for member in members]
    answer = client.call("get_invoices", i_ds=ids, page=1, page_size=1000, unitdp=4)
    found = {one["InvoiceID"].lower(): one for one in answer.elements("Invoices")}
    for member in members:
        there = found.get(sent[member.position]["InvoiceID"].lower())
        yield [_void_verdict(batch, member, there, tried=sent[member.position]["Status"])]


def _void_verdict(batch: Batch, member: BatchMember, there: Json | None, *, tried: str) -> Verdict:
    if there is None:
        return Verdict(member, code="not_found", message=member.error_message)
    if there["Status"] in GONE:
        return Verdict(member, element=there)
    right = "VOIDED" if there["Status"] == "AUTHORISED" else "DELETED"
    if there["Status"] == "PAID" or (right == tried and member.error_code):
        return Verdict(member, code=member.error_code, message=member.error_message)
    _remember_status(batch, member, there["Status"])
    return Verdict(member)


def _remember_status(batch: Batch, member: BatchMember, status: str) -> None:
    """Approved or sent back to draft in Xero meanwhile: the next try goes by that."""
    links = Link.objects.current().filter(connection=batch.connection, kind=batch.kind)
    for link in links.filter(object_id=member.row.object_id):
        link.remote = {**link.remote, "status": status}
        link.save(update_fields=["remote", "updated_at"])


def _payments(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    """Look at the payments of the invoices for those whose Reference is ours."""
    ids = list({member.expected["invoice"] for member in members})
    answer = client.call("get_invoices", i_ds=ids, page=1, page_size=1000, unitdp=4)
    there = [
        payment
        for invoice in answer.elements("Invoices")
        for payment in invoice.get("Payments") or []
    ]
    for member in members:
        ours = UUID(member.expected["object"])
        own = next((one for one in there if is_of(str(one.get("Reference")), ours)), None)
        yield [_adopted(member, own) if own else _missing(member)]


def _taken_back(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    (sent,) = batches.elements_of(batch)
    (there,) = client.call("get_payment", sent["PaymentID"]).elements("Payments")
    for member in members:
        # As it is to be, whatever the refusal said: nothing of it is to be sent again.
        is_gone = there.get("Status") == "DELETED"
        yield [Verdict(member, element=there) if is_gone else _missing(member)]


def _credit_notes(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    sent = batches.elements_of(batch)
    for member in members:
        number = sent[member.position]["CreditNoteNumber"]
        found = _credit_note(client, number)
        ours = UUID(member.expected["object"])
        if found is None or found.get("Status") in GONE:
            yield [_missing(member)]
        elif is_of(str(found.get("Reference")), ours):
            yield [_adopted(member, found)]
        else:
            message = f"Another credit note in Xero has the number {number}."
            yield [Verdict(member, code="credit_note_number_taken", message=message)]


def _credit_note(client: Client, named: str) -> Json | None:
    """Return a credit note by its id or its number."""
    try:
        answer = client.call("get_credit_note", named, unitdp=4)
    except XeroError as error:
        if error.code == "not_found":
            return None
        raise
    found = answer.elements("CreditNotes")
    return found[0] if found else None


def _allocations(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    """Look at the credit note for what was set of it against the invoice."""
    sent = batches.elements_of(batch)
    for member in members:
        mine = sent[member.position]
        note = _credit_note(client, mine["CreditNote"]["CreditNoteID"]) or {}
        wanted = mine["Invoice"]["InvoiceID"].lower()
        there = [
            one
            for one in note.get("Allocations") or []
            if one.get("Invoice", {}).get("InvoiceID", "").lower() == wanted
        ]
        yield [_adopted(member, there[0]) if there else _missing(member)]


def _refunds(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    """Look at the credit note for the payment of it that has our Reference."""
    for member in members:
        note = _credit_note(client, member.expected["note"]) or {}
        ours = UUID(member.expected["object"])
        paid = note.get("Payments") or []
        own = next((one for one in paid if is_of(str(one.get("Reference")), ours)), None)
        yield [_adopted(member, own) if own else _missing(member)]


def _money(method: str, kind: Kind) -> Finder:
    """Return a finder of bank transactions or transfers by the Reference that we gave them."""

    def find(
        client: Client, batch: Batch, members: Sequence[BatchMember]
    ) -> Iterator[list[Verdict]]:
        sent = batches.elements_of(batch)
        for member in members:
            reference = sent[member.position]["Reference"]
            answer = client.call(method, where=f'Reference=="{reference}"')
            there = [one for one in answer.elements(batches.COLLECTIONS[kind]) if _stands(one)]
            yield [_adopted(member, there[0]) if there else _missing(member)]

    return find


def _stands(one: Json) -> bool:
    return one.get("Status") not in GONE


CREATED: dict[Kind, Finder] = {
    Kind.CONTACT: _contacts,
    Kind.ITEM: item_push.look_up,
    Kind.INVOICE: _invoices,
    Kind.PAYMENT: _payments,
    Kind.CREDIT_NOTE: _credit_notes,
    Kind.ALLOCATION: _allocations,
    Kind.REFUND: _refunds,
    Kind.MOVEMENT: _money("get_bank_transactions", Kind.MOVEMENT),
    Kind.BILL: _bills,
    Kind.BILL_PAYMENT: _payments,
    Kind.TRANSFER: _money("get_bank_transfers", Kind.TRANSFER),
}


def _adopted(member: BatchMember, element: Json) -> Verdict:
    return Verdict(member, element=element, adopted=True)


def _missing(member: BatchMember) -> Verdict:
    """Not there: it goes with a new key, unless Xero had refused it: then a person must see."""
    return Verdict(member, code=member.error_code, message=member.error_message)
