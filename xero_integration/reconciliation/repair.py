"""Repairs of differences, either way; or why Xero forbids one, and the lawful way instead.

A repair begins what mends the difference (it queues, links or books); the next comparison says
whether it did. Nothing here calls Xero.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from businesses.models import User
from contacts.models import Contact
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, PaymentMethod
from pooltrackr.lib.money import ZERO
from xero_integration import outbox
from xero_integration.both_sides import invoice_edits
from xero_integration.linking import links
from xero_integration.linking.links import LinkConflict
from xero_integration.models import (
    Connection,
    Difference,
    DifferenceKind,
    DifferenceState,
    Kind,
    Lane,
    Link,
)
from xero_integration.sending import prepare

# What Xero allows no more once money is applied, or a period is closed (facts.md 3.2).
SUMS = {DifferenceKind.TOTAL, DifferenceKind.TAX, DifferenceKind.DATES, DifferenceKind.STATUS}
PAID_THERE = (
    "Xero changes no amounts or dates once money is applied. Remove the payment in Xero first, or "
    "make a credit note or a new invoice for the difference."
)
LOCKED = (
    "The invoice lies in a period that is closed in Xero. Ask for the lock date to be moved, or "
    "book the difference with a new invoice or a credit note of today."
)
NOT_BACK = (
    "Xero brings a voided or deleted invoice back for nobody. Void it here as well, or make a new "
    "invoice."
)
TOO_MUCH = (
    "Money that Xero has is recorded here by itself; this much is more than is left to pay. If it "
    "was entered on both sides, reverse it on one."
)
NOT_OURS = (
    "Pooltrackr changes no invoice that it did not make. If it is there twice, void it in Xero; "
    "else give it a number there that does not begin as yours do."
)
NO_VOID = (
    "It has payments in Xero, which voids no paid invoice. Remove them there first, or make a "
    "credit note."
)


class NotRepaired(Exception):
    """Why a repair is not possible, in words for the person."""


@dataclass(frozen=True)
class Way:
    """One way to mend a difference: its name for the form, and the words of its button."""

    name: str
    label: str


SEND = Way("send", "Send ours to Xero")
LINK = Way("link", "Link the two")
VOID_HERE = Way("void_here", "Void it here")
VOID_THERE = Way("send", "Void it in Xero")
SEND_PAYMENTS = Way("send_payments", "Send our payments to Xero")
TAKE_DATES = Way("take", "Take Xero's dates")
TAKE_CONTACT = Way("take", "Take Xero's contact")
# The lawful way where Xero takes no other sums: a page of its own, opened and not carried out.
CREDIT_KINDS = {DifferenceKind.TOTAL, DifferenceKind.TAX}


def ways(difference: Difference) -> list[Way]:
    """Return how a difference may be mended as things stand; empty where Xero forbids it."""
    if difference.state == DifferenceState.DISMISSED:
        return []
    found = _WAYS.get(DifferenceKind(difference.kind), [])
    forbidden = forbids(difference)
    mends = [way for way in found if way.name != SEND.name or not forbidden]
    if difference.kind == DifferenceKind.PAID and _more_in_xero(difference) > ZERO:
        mends.remove(SEND_PAYMENTS)
    return mends


_WAYS: dict[DifferenceKind, list[Way]] = {
    DifferenceKind.MISSING: [SEND],
    DifferenceKind.UNLINKED: [LINK],
    DifferenceKind.GONE: [VOID_HERE],
    DifferenceKind.STANDS: [VOID_THERE],
    DifferenceKind.TOTAL: [SEND],
    DifferenceKind.TAX: [SEND],
    DifferenceKind.PAID: [SEND_PAYMENTS],
    DifferenceKind.DATES: [SEND, TAKE_DATES],
    DifferenceKind.CONTACT: [SEND, TAKE_CONTACT],
    DifferenceKind.NUMBER: [SEND],
    DifferenceKind.STATUS: [SEND],
}


def forbids(difference: Difference) -> str:
    """Say why Xero would refuse ours, and what is lawful instead; empty when it would not."""
    kind = DifferenceKind(difference.kind)
    has_money = Decimal(difference.there.get("paid") or 0) != ZERO
    if kind == DifferenceKind.GONE:
        return NOT_BACK
    if kind == DifferenceKind.EXTRA:
        return NOT_OURS
    if kind == DifferenceKind.PAID:
        return TOO_MUCH if _more_in_xero(difference) > ZERO else ""
    if kind == DifferenceKind.STANDS:
        return NO_VOID if has_money else ""
    if kind not in SUMS:
        return ""
    if has_money:
        return PAID_THERE
    return LOCKED if _is_locked(difference) else ""


def may_be_credited(difference: Difference) -> bool:
    """Say whether a credit note is the lawful way, since Xero takes no other sums."""
    kind = DifferenceKind(difference.kind)
    is_open = difference.state != DifferenceState.DISMISSED
    return is_open and kind in CREDIT_KINDS and forbids(difference) in (PAID_THERE, LOCKED)


def _is_locked(difference: Difference) -> bool:
    connection = difference.reconciliation.connection
    locks = (connection.period_lock_date, connection.end_of_year_lock_date)
    last = max((str(lock) for lock in locks if lock), default="")
    days = [side["date"] for side in (difference.here, difference.there) if side.get("date")]
    return any(day <= last for day in days)


def _more_in_xero(difference: Difference) -> Decimal:
    """Return how much more Xero has been paid than is recorded here."""
    here, there = (Decimal(side.get("paid") or 0) for side in (difference.here, difference.there))
    return there - here


# --- doing it -----------------------------------------------------------------------------------


def repair(difference: Difference, *, way: str, by: User) -> None:
    """Mend a difference. Raises NotRepaired with words for the person; then nothing was changed."""
    if way not in {one.name for one in ways(difference)}:
        raise NotRepaired(forbids(difference) or "This cannot be mended that way.")
    try:
        with transaction.atomic():
            words = _ACTS[way](difference, by)
            _note(difference, DifferenceState.REPAIRED, words)
    except (InvoiceRefused, LinkConflict) as refusal:
        raise NotRepaired(str(refusal)) from None


def dismiss(difference: Difference, *, by: User) -> None:
    """Accept a difference as it is: later comparisons with the same figures show it no more."""
    _note(difference, DifferenceState.DISMISSED, f"Accepted by {by} on {timezone.localdate()}.")


def reopen(difference: Difference) -> None:
    _note(difference, DifferenceState.OPEN, "")


def _note(difference: Difference, state: DifferenceState, words: str) -> None:
    difference.state, difference.words = state, words
    difference.save(update_fields=["state", "words"])


def _send(difference: Difference, by: User) -> str:
    """Have ours sent as it stands, whatever was thought to stand there."""
    connection, invoice = _connection(difference), _invoice(difference)
    link = _link(difference)
    if link is not None:
        _forget_what_stood_there(link, with_status=difference.kind == DifferenceKind.STATUS)
    outbox.put(connection, Kind.INVOICE, {invoice.pk: invoice.number}, lane=Lane.INTERACTIVE)
    return "On its way to Xero."


def _forget_what_stood_there(link: Link, *, with_status: bool) -> None:
    """Have the next update replace all of it: lines that Xero no longer has, and the status."""
    invoice_edits.answered_elsewhere(link)
    link.pushed_digest, link.agreed = "", {}
    link.remote.pop("lines", None)
    if with_status:
        link.remote[prepare.WITH_STATUS] = True
    link.save(update_fields=["pushed_digest", "agreed", "remote", "updated_at"])


def _link_the_two(difference: Difference, by: User) -> str:
    invoice = _invoice(difference)
    connection = _connection(difference)
    links.link(connection, Kind.INVOICE, invoice.pk, difference.xero_id, by=by)
    return "Linked; ours is on its way to Xero."


def _void_here(difference: Difference, by: User) -> str:
    services.void(_invoice(difference), by=by)
    return "Voided here."


def _send_payments(difference: Difference, by: User) -> str:
    connection, invoice = _connection(difference), _invoice(difference)
    linked = Link.objects.current().filter(connection=connection, kind=Kind.PAYMENT)
    unsent = invoice.payments.standing().exclude(pk__in=linked.values("object_id"))
    unsent = unsent.exclude(method=PaymentMethod.CREDIT)
    labels = {payment.pk: f"{invoice.number}, {payment.amount:,}" for payment in unsent}
    outbox.put(connection, Kind.PAYMENT, labels, lane=Lane.INTERACTIVE)
    return "Our payments are on their way to Xero."


def _take(difference: Difference, by: User) -> str:
    invoice = _invoice(difference)
    if difference.kind == DifferenceKind.DATES:
        invoice.date, invoice.due_date = _days_there(difference)
        invoice.save(update_fields=["date", "due_date"])
        return "Xero's dates were taken over."
    invoice.contact = _contact_there(difference)
    invoice.save(update_fields=["contact"])
    return f"Moved to {invoice.contact}."


def _days_there(difference: Difference) -> tuple[dt.date, dt.date]:
    days = [difference.there.get(name, "") for name in ("date", "due")]
    if not all(days):
        raise NotRepaired("The invoice has no such day in Xero.")
    date, due = map(dt.date.fromisoformat, days)
    return date, due


def _contact_there(difference: Difference) -> Contact:
    """Return our contact that Xero's invoice is made to."""
    connection = _connection(difference)
    row = connection.xero_invoices.filter(xero_id=difference.xero_id).first()
    if row is None:
        raise NotRepaired("The invoice is not in Xero any more.")
    current = Link.objects.current().filter(connection=connection, kind=Kind.CONTACT)
    link = current.filter(xero_id__iexact=row.contact_xero_id).first()
    if link is None:
        raise NotRepaired("The contact of the invoice in Xero is not linked. Link it first.")
    return connection.business.contacts.get(pk=link.object_id)


_ACTS: dict[str, Callable[[Difference, User], str]] = {
    "send": _send,
    "link": _link_the_two,
    "void_here": _void_here,
    "send_payments": _send_payments,
    "take": _take,
}


def _connection(difference: Difference) -> Connection:
    return difference.reconciliation.connection


def _invoice(difference: Difference) -> Invoice:
    assert difference.object_id is not None  # only what is here has a way to be mended
    business = difference.reconciliation.connection.business
    invoice = business.invoices.filter(pk=difference.object_id).first()
    if invoice is None:
        raise NotRepaired("The invoice is not here any more.")
    return invoice


def _link(difference: Difference) -> Link | None:
    assert difference.object_id is not None  # only what is ours is sent
    return links.link_for(_connection(difference), Kind.INVOICE, difference.object_id)
