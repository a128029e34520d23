"""Refunds: full, partial, waiting, failing. Stripe keeps the fee of the payment."""

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.call import Call
from simulators.stripe.cards import CARDS
from simulators.stripe.errors import StripeError
from simulators.stripe.fees import money
from simulators.stripe.ledger import beside, post
from simulators.stripe.listing import listing
from simulators.stripe.wire import DAY, new_id
from simulators.stripe.world import World

REASONS = {"duplicate", "fraudulent", "requested_by_customer"}
FAILURE = "expired_or_canceled_card"


def create(call: Call) -> Json:
    params = call.params
    params.allow("charge", "payment_intent", "amount", "reason", "metadata", "expand")
    charge = charge_of(call)
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.amount() if "amount" in params else left
    check(call.book, charge, amount, left)
    refund = call.book.add(new_refund(call.world, charge, amount))
    refund["reason"] = params.choice("reason", REASONS)
    refund["metadata"] = params.metadata()
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    settle(call.world, call.book, refund)
    call.world.emit(call.book, "refund.created", refund)
    call.world.emit(call.book, "charge.refunded", charge)
    return refund


def charge_of(call: Call) -> Json:
    book, params = call.book, call.params
    if "payment_intent" in params:
        id = params.required("payment_intent")
        intent = book.get("payment_intent", id, param="payment_intent")
        charge = book.find("charge", intent["latest_charge"])
        if intent["status"] != "succeeded" or charge is None:
            message = f"This PaymentIntent ({id}) does not have a successful charge to refund."
            raise StripeError(message, param="payment_intent")
        return charge
    if "charge" not in params:
        message = "One of the following params should be provided for this request: payment_intent "
        raise StripeError(f"{message}or charge.")
    return book.get("charge", params.required("charge"), param="charge")


def check(book: Book, charge: Json, amount: int, left: int) -> None:
    if charge["status"] != "succeeded":
        message = f"Charge {charge['id']} has not succeeded and cannot be refunded."
        raise StripeError(message, param="charge")
    disputes = book.all("dispute", charge=charge["id"])
    if not all(one["is_charge_refundable"] for one in disputes):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise StripeError(message, code="charge_disputed")
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded")
    if amount > left:
        words = f"Refund amount ({money(amount, charge['currency'])}) is greater than unrefunded "
        words += f"amount on charge ({money(left, charge['currency'])})"
        raise StripeError(words, param="amount")


def new_refund(world: World, charge: Json, amount: int) -> Json:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now,
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "failure_balance_transaction": None,
        "failure_reason": None,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def settle(world: World, book: Book, refund: Json) -> None:
    """Take the money of a refund, or let it wait for money."""
    charge = book.get("charge", refund["charge"])
    currency = refund["currency"]
    total = book.held(currency) + book.held(currency, "pending")
    if world.switches.refund_over_balance == "pending" and refund["amount"] > total:
        refund.update(status="pending", pending_reason="insufficient_funds")
        if refund["id"] not in book.waiting:
            book.waiting.append(refund["id"])
        return
    words = f"REFUND FOR CHARGE ({charge['description'] or charge['id']})"
    when = beside(world, book, charge)
    own = post(world, book, "refund", -refund["amount"], refund, words=words, available_on=when)
    refund.update(balance_transaction=own["id"], status="succeeded")
    refund.pop("pending_reason", None)
    card = CARDS.get(book.cards.get(charge["payment_method"], ""))
    if card and card.does == "refund_pending":
        refund["status"] = "pending"
        world.agenda.add(world.now + DAY, "finish_refund", book.id, refund["id"])
    if card and card.does == "refund_fails":
        world.agenda.add(world.now + DAY, "fail_refund", book.id, refund["id"])


def retry_waiting(world: World, book: Book) -> None:
    """Carry out the refunds that waited, oldest first, as far as the money goes."""
    waiting, book.waiting = book.waiting, []
    for id in waiting:
        refund = book.get("refund", id)
        settle(world, book, refund)
        if refund["balance_transaction"]:
            world.emit(book, "refund.updated", refund, before={"status": "pending"})


def finish(world: World, book: Book, id: str) -> None:
    refund = book.get("refund", id)
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        world.emit(book, "refund.updated", refund, before={"status": "pending"})


def fail(world: World, book: Book, id: str, reason: str = FAILURE) -> Json:
    """Let a refund come back: the money returns to the balance."""
    refund = book.get("refund", id)
    if refund["status"] in {"failed", "canceled"} or not refund["balance_transaction"]:
        raise StripeError(f"The refund {id} cannot fail: it is {refund['status']}.")
    charge = book.get("charge", refund["charge"])
    when = beside(world, book, charge)
    words = f"REFUND FAILURE ({reason})"
    back = post(
        world, book, "refund_failure", refund["amount"], refund, words=words, available_on=when
    )
    refund.update(status="failed", failure_reason=reason, failure_balance_transaction=back["id"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    for type in ("refund.failed", "refund.updated", "charge.refund.updated"):
        world.emit(book, type, refund)
    return refund


def fail_later(world: World, book: Book, id: str) -> None:
    if book.get("refund", id)["status"] != "failed":
        fail(world, book, id)


def retrieve(call: Call) -> Json:
    return call.book.get("refund", call.ids[0])


def update(call: Call) -> Json:
    call.params.allow("metadata", "expand")
    refund = retrieve(call)
    refund["metadata"] = call.params.metadata(refund["metadata"])
    call.world.emit(call.book, "refund.updated", refund)
    return refund


def index(call: Call) -> Json:
    call.params.allow("charge", "payment_intent")
    names = ("charge", "payment_intent")
    wanted = {name: call.params.text(name) for name in names}
    return listing(call, "/v1/refunds", call.book.all("refund", **wanted))
