"""Verdicts: what an answer of Xero's says of each member of a batch. Reads, and writes nothing.

An element is taken for a member only if it names that member: by Xero's id, by our number, or, when
it names nobody at all, by its place. What cannot be told is looked up, never guessed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xero_integration.client.catalogue import code_of
from xero_integration.client.errors import messages_in
from xero_integration.models import Batch, BatchMember, BatchOperation, ErrorClass, Kind
from xero_integration.sending import batches

Json = dict[str, Any]

NUMBERS = {
    Kind.CONTACT: "ContactNumber",
    Kind.ITEM: "Code",
    Kind.INVOICE: "InvoiceNumber",
    # Ours ends with the payment's own id (`numbers`).
    Kind.PAYMENT: "Reference",
    Kind.CREDIT_NOTE: "CreditNoteNumber",
    Kind.REFUND: "Reference",
    Kind.MOVEMENT: "Reference",
    Kind.BILL: "InvoiceNumber",
    Kind.BILL_PAYMENT: "Reference",
    Kind.TRANSFER: "Reference",
}
IDS = {
    Kind.CONTACT: "ContactID",
    Kind.ITEM: "ItemID",
    Kind.INVOICE: "InvoiceID",
    Kind.PAYMENT: "PaymentID",
    Kind.CREDIT_NOTE: "CreditNoteID",
    Kind.ALLOCATION: "AllocationID",
    Kind.ATTACHMENT: "AttachmentID",
    Kind.REFUND: "PaymentID",
    Kind.MOVEMENT: "BankTransactionID",
    Kind.BILL: "InvoiceID",
    Kind.BILL_PAYMENT: "PaymentID",
    Kind.TRANSFER: "BankTransferID",
}
# What Xero echoes for a record that it did not store.
NO_ID = "00000000-0000-0000-0000-000000000000"
# Refusals that what stands in Xero decides: it may be ours, from a call whose answer was lost.
LOOK_UP_CODES = {
    BatchOperation.CREATE: {
        *("contact_number_taken", "number_taken", "contact_archived", "item_code_taken"),
        # It may be our own payment that left nothing outstanding.
        *("payment_too_large", "payment_not_approved"),
    },
    BatchOperation.UPDATE: {"contact_archived"},
    BatchOperation.VOID: {"wrong_status", "payment_gone"},
}


@dataclass(frozen=True)
class Verdict:
    """What became of one member. Exactly one of the four."""

    member: BatchMember
    element: Json | None = None  # stands in Xero as this
    code: str = ""  # refused, with Xero's words
    message: str = ""
    look_up: bool = False
    adopted: bool = False
    error_class: ErrorClass = ErrorClass.REJECTED

    @property
    def is_stale(self) -> bool:
        """Say whether what stands there is ours of earlier: Xero had refused what was sent now."""
        return self.adopted and bool(self.member.error_code)


def names_elements(data: Any) -> bool:
    """Say whether a refusal of a whole call tells which elements it is about."""
    elements = data.get("Elements") if isinstance(data, dict) else None
    return bool(elements) and next(messages_in({"Elements": elements}), "") != ""


def judge(batch: Batch, answer: Any, *, is_refused: bool = False) -> list[Verdict]:
    """Match the answer's elements to the members: by Xero's id, by our number, then by place.

    With `is_refused` elements without a fault of their own were not stored either: they go again.
    """
    kind = Kind(batch.kind)
    elements: list[Json] = (answer or {}).get(batches.COLLECTIONS[kind]) or []
    elements = elements or (answer or {}).get("Elements") or []
    by_id, by_number = _by(IDS[kind], elements), _by(NUMBERS.get(kind, ""), elements)
    sent = batches.elements_of(batch)
    verdicts = []
    for member in batches.open_members(batch):
        mine = sent[member.position]
        number = _key(mine.get(NUMBERS.get(kind, "")))
        found = by_id.get(_key(mine.get(IDS[kind]))) or by_number.get(number)
        if found is None and len(elements) == len(sent):
            found = _by_place(elements[member.position], kind)
        verdict = _verdict(batch, member, found)
        verdicts.append(Verdict(member) if is_refused and not verdict.code else verdict)
    return verdicts


def _by(name: str, elements: Iterable[Json]) -> dict[str, Json]:
    return {key: one for one in elements if (key := _key(one.get(name)))}


def _key(value: object) -> str:
    """Return what to compare; empty for an id or number that names nothing."""
    return "" if value == NO_ID else str(value or "").lower()


def _by_place(element: Json, kind: Kind) -> Json | None:
    """Take the element in our place only if it names nobody."""
    if kind in batches.ONE_A_CALL:
        # Its address named what it is about: there is no other it could be.
        return element
    names = _key(element.get(NUMBERS[kind])) or _key(element.get(IDS[kind]))
    return None if names else element


def _verdict(batch: Batch, member: BatchMember, element: Json | None) -> Verdict:
    if element is None:
        return Verdict(member, look_up=True)
    # Elements have no general message: what is found is a refusal, at whatever depth.
    messages = [one for one in messages_in({**element, "Message": None}) if one]
    if messages or element.get("StatusAttributeString") == "ERROR":
        return _refusal(batch, member, messages)
    if not _key(element.get(IDS[Kind(batch.kind)])):
        return Verdict(member, look_up=True)
    # One that is to be archived is so by its merge.
    if element.get("MergedToContactID") and batch.operation != BatchOperation.VOID:
        return Verdict(member, code="contact_merged", look_up=True)
    return Verdict(member, element=element)


def _refusal(batch: Batch, member: BatchMember, messages: Sequence[str]) -> Verdict:
    """Go by the first message, but for one that asks for a look-up: our own name is taken too."""
    deciding = LOOK_UP_CODES[BatchOperation(batch.operation)]
    asking = [one for one in messages if code_of(one) in deciding]
    message = next(iter([*asking, *messages]), "")
    return Verdict(member, code=code_of(message), message=message, look_up=bool(asking))
