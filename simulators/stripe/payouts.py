"""Payouts: by schedule and by hand, arriving, failing, and which transactions each one took."""

from datetime import UTC, datetime, timedelta

from simulators.common.wire import Json
from simulators.stripe.book import Book, net
from simulators.stripe.call import Call
from simulators.stripe.errors import StripeError
from simulators.stripe.fees import money
from simulators.stripe.ledger import post
from simulators.stripe.listing import listing
from simulators.stripe.wire import DAY, business_days_after, is_business_day, midnight, new_id
from simulators.stripe.world import World

FAILURES = {
    "account_closed": "The bank account has been closed.",
    "could_not_process": "The bank could not process this payout.",
    "insufficient_funds": "Your Stripe account has insufficient funds to cover the payout.",
    "invalid_account_number": "The account number is invalid.",
    "no_account": "The bank account details on file are probably incorrect.",
}


def plan_payouts(world: World, book: Book) -> None:
    """Look at the schedule again when the next day (UTC) begins."""
    world.agenda.add(midnight(world.now) + DAY, "pay_out", book.id)


def is_due(schedule: Json, now: int) -> bool:
    """Say whether a payout is made on a day; an anchor on a weekend counts on the Monday."""
    if not is_business_day(now) or schedule["interval"] == "manual":
        return False
    if schedule["interval"] == "daily":
        return True
    days = [datetime.fromtimestamp(now, UTC)]
    while not is_business_day(int(days[-1].timestamp()) - DAY):
        days.append(days[-1] - timedelta(days=1))
    if schedule["interval"] == "weekly":
        wanted = schedule.get("weekly_anchor", "monday")
        return any(f"{day:%A}".lower() == wanted for day in days)
    return any(day.day == schedule.get("monthly_anchor", 1) for day in days)


def pay_out(world: World, book: Book, _: str) -> None:
    """Pay out, of each currency, all that is available and not yet paid out."""
    plan_payouts(world, book)
    settings = book.account["settings"]["payouts"]
    if not book.account["payouts_enabled"] or not is_due(settings["schedule"], world.now):
        return
    for currency in book.currencies:
        taken = book.unpaid(currency)
        amount = net(taken)
        if amount > 0 or (amount < 0 and world.switches.debit_negative_balance):
            make(world, book, amount, currency, automatic=True, taken=taken)


def make(
    world: World,
    book: Book,
    amount: int,
    currency: str,
    *,
    automatic: bool,
    taken: list[Json],
    more: Json | None = None,
) -> Json:
    """Make a payout and its transaction; `taken` are the transactions that it pays out."""
    arrival = business_days_after(world.now, 1)
    payout = book.add(new_payout(world, book, amount, currency, automatic=automatic))
    payout.update(more or {}, arrival_date=arrival)
    own = post(world, book, "payout", -amount, payout, words="STRIPE PAYOUT")
    payout["balance_transaction"] = own["id"]
    for one in [*taken, own] if automatic else []:
        book.paid_out[one["id"]] = payout["id"]
    world.agenda.add(arrival, "arrive", book.id, payout["id"])
    world.emit(book, "payout.created", payout)
    return payout


def new_payout(world: World, book: Book, amount: int, currency: str, *, automatic: bool) -> Json:
    return {
        "id": new_id("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now,
        "automatic": automatic,
        "balance_transaction": None,
        "created": world.now,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": book.account["external_accounts"]["data"][0]["id"],
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit" if automatic else "pending",
        "type": "bank_account",
    }


def arrive(world: World, book: Book, id: str) -> None:
    payout = book.get("payout", id)
    if payout["status"] not in {"pending", "in_transit"}:
        return
    payout["status"] = "paid"
    world.emit(book, "payout.paid", payout)
    if payout["automatic"]:
        payout["reconciliation_status"] = "completed"
        world.emit(book, "payout.reconciliation_completed", payout)


def fail(world: World, book: Book, payout: Json, code: str) -> Json:
    """Let a payout come back, also one already paid (docs.stripe.com/payouts: up to days later)."""
    if payout["status"] in {"failed", "canceled"}:
        raise StripeError(f"The payout {payout['id']} is {payout['status']} already.")
    words = f"Payout failure ({code})"
    back = post(world, book, "payout_failure", payout["amount"], payout, words=words)
    payout.update(
        status="failed",
        failure_code=code,
        failure_message=FAILURES.get(code, "The payout failed."),
        failure_balance_transaction=back["id"],
    )
    if world.switches.failed_payout_stops:
        book.account["payouts_enabled"] = False
        book.account["external_accounts"]["data"][0]["status"] = "errored"
        world.emit(book, "account.updated", book.account, before={"payouts_enabled": True})
    world.emit(book, "payout.failed", payout)
    return payout


def create(call: Call) -> Json:
    call.params.allow(
        "amount", "currency", "description", "metadata", "method", "statement_descriptor", "expand"
    )
    amount, currency = call.params.amount(), call.currency()
    if not call.book.account["payouts_enabled"]:
        raise StripeError("Payouts are not enabled for this account.", code="payouts_not_allowed")
    if amount > call.book.held(currency):
        card_balance = money(call.book.held(currency), currency)
        message = "You have insufficient funds in your Stripe account for this transfer. "
        message += f"Your card balance is too low: {card_balance}."
        raise StripeError(message, code="balance_insufficient", param="amount")
    more = {
        "metadata": call.params.metadata(),
        "description": call.params.text("description"),
        "statement_descriptor": call.params.text("statement_descriptor"),
    }
    return make(call.world, call.book, amount, currency, automatic=False, taken=[], more=more)


def cancel(call: Call) -> Json:
    payout = call.book.get("payout", call.ids[0])
    if payout["status"] != "pending":
        raise StripeError("Only pending payouts can be canceled.", code="payout_not_cancelable")
    back = post(
        call.world, call.book, "payout_cancel", payout["amount"], payout, words="Payout canceled"
    )
    payout.update(status="canceled", failure_balance_transaction=back["id"])
    call.world.emit(call.book, "payout.canceled", payout)
    return payout


def retrieve(call: Call) -> Json:
    return call.book.get("payout", call.ids[0])


def update(call: Call) -> Json:
    call.params.allow("metadata", "expand")
    payout = retrieve(call)
    payout["metadata"] = call.params.metadata(payout["metadata"])
    return payout


def index(call: Call) -> Json:
    call.params.allow("status", "arrival_date", "destination")
    status = call.params.choice("status", {"pending", "paid", "failed", "canceled", "in_transit"})
    rows = call.book.all("payout", status=status)
    return listing(call, "/v1/payouts", rows, times=("created", "arrival_date"))
