"""What a person, a bank or a card holder might do: POST /_control/act."""

from collections.abc import Callable

from simulators.common.control import BadControl
from simulators.common.wire import Json
from simulators.stripe import (
    accounts,
    connect,
    disputes,
    payouts,
    refunds,
    session_paying,
    sessions,
)
from simulators.stripe.book import Book
from simulators.stripe.cards import BY_METHOD, CARDS
from simulators.stripe.errors import StripeError
from simulators.stripe.fees import COUNTRIES
from simulators.stripe.payment_methods import new_method
from simulators.stripe.world import World

Act = Callable[[World, Json, str], Json]


def book_named(world: World, sent: Json) -> Book:
    """Return the books of the account that is named by id or name; the platform's without one."""
    named = str(sent.get("account") or world.keys.platform)
    for book in world.books.values():
        if named in {book.id, book.account["business_profile"]["name"]}:
            return book
    raise BadControl(f"No account {named}.")


def holder(world: World, id: str, kind: str) -> tuple[Book, Json]:
    """Return an object and the books it is in, whosever they are."""
    for book in world.books.values():
        row = book.find(kind, id)
        if row is not None:
            return book, row
    raise BadControl(f"No {kind} {id}.")


def card_method(world: World, book: Book, sent: Json) -> Json:
    named = str(sent.get("card", "4242424242424242"))
    saved = book.find("payment_method", named)
    if saved is not None:
        return saved
    card = CARDS.get(named) or BY_METHOD.get(named)
    if card is None:
        raise BadControl(f"No test card {named}.")
    method = new_method(world, book, card)
    members = {name: sent.get(name) for name in ("name", "email") if sent.get(name)}
    method["billing_details"].update(members)
    return method


def pay_session(world: World, sent: Json, origin: str) -> Json:
    book, session = holder(world, str(sent.get("session")), "checkout.session")
    method = card_method(world, book, sent)
    save = bool(sent.get("save", False))
    intent = session_paying.pay_session(world, book, session, method, origin, save=save)
    if intent["status"] == "requires_action" and "authenticate" in sent:
        passed = bool(sent["authenticate"])
        session_paying.authenticate_session(world, book, intent, passed=passed)
    return {"session": session["status"], "payment_intent": intent}


def authenticate(world: World, sent: Json, origin: str) -> Json:
    book, intent = holder(world, str(sent.get("payment_intent")), "payment_intent")
    session_paying.authenticate_session(world, book, intent, passed=bool(sent.get("passed", True)))
    return {"payment_intent": intent}


def expire_session(world: World, sent: Json, origin: str) -> Json:
    book, session = holder(world, str(sent.get("session")), "checkout.session")
    sessions.expire_later(world, book, session["id"])
    return {"session": session["status"]}


def open_dispute(world: World, sent: Json, origin: str) -> Json:
    book, charge = holder(world, str(sent.get("charge")), "charge")
    reason = str(sent.get("reason", "fraudulent"))
    if reason not in disputes.REASONS:
        raise BadControl(f"The reason is one of {', '.join(sorted(disputes.REASONS))}.")
    inquiry = bool(sent.get("inquiry", False))
    dispute = disputes.open_dispute(world, book, charge, reason=reason, inquiry=inquiry)
    return {"dispute": dispute}


def win_dispute(world: World, sent: Json, origin: str) -> Json:
    book, dispute = holder(world, str(sent.get("dispute")), "dispute")
    return {"dispute": disputes.close(world, book, dispute, won=True)}


def lose_dispute(world: World, sent: Json, origin: str) -> Json:
    book, dispute = holder(world, str(sent.get("dispute")), "dispute")
    return {"dispute": disputes.close(world, book, dispute, won=False)}


def fail_payout(world: World, sent: Json, origin: str) -> Json:
    book, payout = holder(world, str(sent.get("payout")), "payout")
    code = str(sent.get("code", "account_closed"))
    if code not in payouts.FAILURES:
        raise BadControl(f"The code is one of {', '.join(payouts.FAILURES)}.")
    return {"payout": payouts.fail(world, book, payout, code)}


def fail_refund(world: World, sent: Json, origin: str) -> Json:
    book, refund = holder(world, str(sent.get("refund")), "refund")
    return {"refund": refunds.fail(world, book, refund["id"])}


def change_bank_account(world: World, sent: Json, origin: str) -> Json:
    """Give an account another bank account, so that it is paid out again."""
    book = book_named(world, sent)
    currency = book.account["default_currency"]
    book.account["external_accounts"] = accounts.bank_accounts(book.id, book.country, currency)
    book.account["payouts_enabled"] = True
    world.emit(book, "account.updated", book.account, before={"payouts_enabled": False})
    return {"account": book.account}


def set_schedule(world: World, sent: Json, origin: str) -> Json:
    """Set when an account is paid out: interval, delay_days and anchors."""
    book = book_named(world, sent)
    schedule = book.account["settings"]["payouts"]["schedule"]
    known = {"interval", "delay_days", "weekly_anchor", "monthly_anchor"}
    schedule.update({name: value for name, value in sent.items() if name in known})
    if schedule["interval"] not in accounts.INTERVALS:
        raise BadControl(f"The interval is one of {', '.join(sorted(accounts.INTERVALS))}.")
    return {"schedule": schedule}


def add_account(world: World, sent: Json, origin: str) -> Json:
    """Add somebody's account, ready to take payments; `connected` connects it as well."""
    country = str(sent.get("country", "AU"))
    if country not in COUNTRIES:
        raise BadControl(f"The countries are {', '.join(COUNTRIES)}.")
    name = str(sent.get("name", "Another business"))
    book = accounts.new_book(world, country, name, ready=bool(sent.get("ready", True)))
    if sent.get("connected"):
        world.keys.connected.add(book.id)
    return {"account": book.account}


def finish_setup(world: World, sent: Json, origin: str) -> Json:
    book = book_named(world, sent)
    accounts.finish_setup(world, book)
    return {"account": book.account}


def restrict(world: World, sent: Json, origin: str) -> Json:
    """Stop an account from taking payments, as when Stripe asks for papers."""
    book = book_named(world, sent)
    accounts.set_ready(book.account, ready=False)
    world.emit(book, "account.updated", book.account, before={"charges_enabled": True})
    return {"account": book.account}


def disconnect(world: World, sent: Json, origin: str) -> Json:
    book = book_named(world, sent)
    connect.disconnect(world, book.id)
    return {"connected": sorted(world.keys.connected)}


ACTS: dict[str, Act] = {
    "pay_session": pay_session,
    "authenticate": authenticate,
    "expire_session": expire_session,
    "open_dispute": open_dispute,
    "win_dispute": win_dispute,
    "lose_dispute": lose_dispute,
    "fail_payout": fail_payout,
    "fail_refund": fail_refund,
    "change_bank_account": change_bank_account,
    "set_schedule": set_schedule,
    "add_account": add_account,
    "finish_setup": finish_setup,
    "restrict": restrict,
    "disconnect": disconnect,
}


def act(world: World, sent: Json, origin: str) -> Json:
    """Do what is named by `do`; raise BadControl when it cannot be done."""
    doing = ACTS.get(str(sent.get("do")))
    if doing is None:
        raise BadControl(f"Known: {', '.join(ACTS)}.")
    try:
        return doing(world, sent, origin)
    except StripeError as error:
        raise BadControl(error.message) from error
