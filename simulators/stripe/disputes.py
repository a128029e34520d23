"""Disputes: opened by a bank, contested or not, won or lost, and what they cost."""

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.call import Call
from simulators.stripe.errors import StripeError
from simulators.stripe.fees import COUNTRIES, details
from simulators.stripe.ledger import beside, post
from simulators.stripe.listing import listing
from simulators.stripe.wire import DAY, new_id
from simulators.stripe.world import World

# docs.stripe.com/disputes/responding: usually 7 to 21 days; the simulator gives a week.
DAYS_TO_ANSWER = 7
# How long the bank thinks over evidence that does not say how it ends.
DAYS_TO_DECIDE = 60
REASONS = {
    "fraudulent", "product_not_received", "product_unacceptable", "duplicate", "general",
    "credit_not_processed", "subscription_canceled", "unrecognized",
}  # fmt: skip
# docs.stripe.com/testing#disputes: evidence that decides a test dispute.
DECIDING = {"winning_evidence": True, "losing_evidence": False}
EVIDENCE = (
    "access_activity_log", "billing_address", "customer_email_address", "customer_name",
    "product_description", "service_date", "service_documentation", "shipping_date",
    "uncategorized_text",
)  # fmt: skip
CLOSED = {"won", "lost", "warning_closed"}


def open_dispute(
    world: World, book: Book, charge: Json, *, reason: str, inquiry: bool = False
) -> Json:
    """Open a dispute of all that is left of a charge; an inquiry moves no money."""
    if charge["disputed"] or charge["status"] != "succeeded":
        raise StripeError(f"The charge {charge['id']} cannot be disputed.")
    amount = charge["amount"] - charge["amount_refunded"]
    if amount < 1:
        raise StripeError(f"The charge {charge['id']} is wholly refunded.")
    dispute = book.add(new_dispute(world, charge, amount, reason, inquiry=inquiry))
    charge["disputed"] = True
    if inquiry:
        world.emit(book, "charge.dispute.created", dispute)
        return dispute
    withdraw(world, book, charge, dispute)
    world.emit(book, "charge.dispute.created", dispute)
    world.emit(book, "charge.dispute.funds_withdrawn", dispute)
    world.agenda.add(
        dispute["evidence_details"]["due_by"], "dispute_lapses", book.id, dispute["id"]
    )
    return dispute


def withdraw(world: World, book: Book, charge: Json, dispute: Json) -> None:
    country = COUNTRIES[book.country]
    fee = country.dispute_fee
    fees = details(fee, dispute["currency"], "Dispute fee", country, world.switches)
    words = f"Chargeback withdrawal for {charge['id']}"
    when = beside(world, book, charge)
    taken = post(
        world,
        book,
        "adjustment",
        -dispute["amount"],
        dispute,
        words=words,
        fees=fees,
        available_on=when,
        category="dispute",
    )
    dispute["balance_transactions"].append(taken)


def new_dispute(world: World, charge: Json, amount: int, reason: str, *, inquiry: bool) -> Json:
    card = charge["payment_method_details"]["card"]
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE),
        "evidence_details": {
            "due_by": world.now + DAYS_TO_ANSWER * DAY,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card["brand"],
                "case_type": "inquiry" if inquiry else "chargeback",
                "network_reason_code": None,
            },
            "type": "card",
        },
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }


def close(world: World, book: Book, dispute: Json, *, won: bool) -> Json:
    """Decide a dispute; a won one brings its amount back, not its fee."""
    if dispute["status"] in CLOSED:
        raise StripeError("This dispute is already closed.", code="dispute_already_closed")
    if dispute["status"].startswith("warning_"):
        dispute["status"] = "warning_closed"
        book.get("charge", dispute["charge"])["disputed"] = False
        world.emit(book, "charge.dispute.closed", dispute)
        return dispute
    dispute["status"] = "won" if won else "lost"
    if won:
        reinstate(world, book, dispute)
    world.emit(book, "charge.dispute.closed", dispute)
    if won:
        world.emit(book, "charge.dispute.funds_reinstated", dispute)
    return dispute


def reinstate(world: World, book: Book, dispute: Json) -> None:
    charge = book.get("charge", dispute["charge"])
    back = post(
        world,
        book,
        "adjustment",
        dispute["amount"],
        dispute,
        words=f"Chargeback reversal for {charge['id']}",
        available_on=beside(world, book, charge),
        category="dispute_reversal",
    )
    dispute["balance_transactions"].append(back)
    if dispute["evidence_details"]["submission_count"] and world.switches.dispute_counter_fee:
        counter_fee(world, book, dispute, back=True)


def counter_fee(world: World, book: Book, dispute: Json, *, back: bool) -> None:
    amount = COUNTRIES[book.country].counter_fee
    words = "Dispute countered fee"
    post(world, book, "stripe_fee", amount if back else -amount, dispute, words=words)


def update(call: Call) -> Json:
    call.params.allow("evidence", "metadata", "submit", "expand")
    dispute = retrieve(call)
    dispute["metadata"] = call.params.metadata(dispute["metadata"])
    evidence = call.params.table("evidence")
    evidence.allow(*EVIDENCE)
    if dispute["status"] in CLOSED and evidence.values:
        raise StripeError("This dispute is already closed.", code="dispute_already_closed")
    dispute["evidence"].update({name: evidence.text(name) for name in evidence.values})
    about = dispute["evidence_details"]
    about["has_evidence"] = any(dispute["evidence"].values())
    if evidence.values and call.params.flag("submit", default=True):
        submit(call.world, call.book, dispute)
    call.world.emit(call.book, "charge.dispute.updated", dispute)
    decided = DECIDING.get(dispute["evidence"]["uncategorized_text"] or "")
    if about["submission_count"] and decided is not None and dispute["status"] not in CLOSED:
        close(call.world, call.book, dispute, won=decided)
    return dispute


def submit(world: World, book: Book, dispute: Json) -> None:
    about = dispute["evidence_details"]
    about["submission_count"] += 1
    is_inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_under_review" if is_inquiry else "under_review"
    if about["submission_count"] == 1 and not is_inquiry and world.switches.dispute_counter_fee:
        counter_fee(world, book, dispute, back=False)
    when = world.now + DAYS_TO_DECIDE * DAY
    world.agenda.add(when, "dispute_lapses", book.id, dispute["id"])


def lapse(world: World, book: Book, id: str) -> None:
    """Lose a dispute that nobody answered in time, or whose bank has thought long enough."""
    dispute = book.get("dispute", id)
    waits = dispute["status"] == "under_review"
    until = dispute["evidence_details"]["due_by"]
    if dispute["status"] == "needs_response" or (waits and world.now > until):
        close(world, book, dispute, won=False)


def retrieve(call: Call) -> Json:
    return call.book.get("dispute", call.ids[0])


def give_up(call: Call) -> Json:
    call.params.allow("expand")
    return close(call.world, call.book, retrieve(call), won=False)


def index(call: Call) -> Json:
    names = ("charge", "payment_intent")
    call.params.allow(*names)
    wanted = {name: call.params.text(name) for name in names}
    return listing(call, "/v1/disputes", call.book.all("dispute", **wanted))
