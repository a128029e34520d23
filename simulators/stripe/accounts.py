"""Accounts: the platform's own, those connected to it, and the links to set one up."""

import secrets

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.call import Call
from simulators.stripe.errors import StripeError
from simulators.stripe.fees import COUNTRIES
from simulators.stripe.listing import page
from simulators.stripe.params import Params
from simulators.stripe.payouts import plan_payouts
from simulators.stripe.wire import new_id
from simulators.stripe.world import World

# docs.stripe.com/api/account_links: a link works once and for a few minutes.
LINK_SECONDS = 5 * 60
INTERVALS = {"daily", "weekly", "monthly", "manual"}
WEEKDAYS = {"monday", "tuesday", "wednesday", "thursday", "friday"}
MEMBERS = ("type", "country", "email", "business_profile", "capabilities", "controller", "metadata",
           "settings", "business_type", "expand")  # fmt: skip


def new_book(
    world: World,
    country: str,
    name: str,
    *,
    email: str | None = None,
    ready: bool = True,
    kind: str = "standard",
    id: str = "",
) -> Book:
    """Add an account with its books; one that is not `ready` cannot take payments yet."""
    about = COUNTRIES[country]
    account = new_account(world, id or new_id("acct", 16), country, name, email, kind)
    account["external_accounts"] = bank_accounts(account["id"], country, about.currency)
    account["settings"]["payouts"]["schedule"]["delay_days"] = about.delay_days
    set_ready(account, ready=ready)
    book = world.books[account["id"]] = Book(account)
    plan_payouts(world, book)
    return book


def new_account(
    world: World, id: str, country: str, name: str, email: str | None, kind: str
) -> Json:
    return {
        "id": id,
        "object": "account",
        "business_profile": {"name": name, "support_email": email, "url": None},
        "business_type": "company",
        "capabilities": {"card_payments": "inactive", "transfers": "inactive"},
        "charges_enabled": False,
        "country": country,
        "created": world.now,
        "default_currency": COUNTRIES[country].currency,
        "details_submitted": False,
        "email": email,
        "external_accounts": {},
        "metadata": {},
        "payouts_enabled": False,
        "requirements": {"currently_due": [], "disabled_reason": None, "past_due": []},
        "settings": {
            "dashboard": {"display_name": name, "timezone": "Etc/UTC"},
            "payouts": {
                "debit_negative_balances": False,
                "schedule": {"delay_days": 2, "interval": "daily"},
                "statement_descriptor": None,
            },
        },
        "type": kind,
    }


def bank_accounts(owner: str, country: str, currency: str) -> Json:
    row = {
        "id": new_id("ba"),
        "object": "bank_account",
        "account": owner,
        "bank_name": "STRIPE TEST BANK",
        "country": country,
        "currency": currency,
        "default_for_currency": True,
        "last4": "6789",
        "status": "new",
    }
    return page(f"/v1/accounts/{owner}/external_accounts", [row], more=False)


def set_ready(account: Json, *, ready: bool) -> None:
    state = "active" if ready else "inactive"
    due = [] if ready else ["external_account", "tos_acceptance.date", "tos_acceptance.ip"]
    account.update(charges_enabled=ready, payouts_enabled=ready, details_submitted=ready)
    account["capabilities"] = {"card_payments": state, "transfers": state}
    account["requirements"] = {
        "currently_due": due,
        "disabled_reason": "requirements.past_due" if due else None,
        "past_due": due,
    }


def own(call: Call) -> Json:
    return call.book.account


def retrieve(call: Call) -> Json:
    return reached(call).account


def reached(call: Call) -> Book:
    """Return the books of the account named in the path; raise StripeError for a stranger's."""
    return call.world.books[call.world.keys.account_for(call.key, call.ids[0])]


def create(call: Call) -> Json:
    params = call.params
    params.allow(*MEMBERS)
    kind = params.choice("type", {"standard", "express", "custom"}, "standard") or "standard"
    country = params.text("country") or call.book.country
    if country not in COUNTRIES:
        raise params.refuse("country", f"The simulator's countries are {', '.join(COUNTRIES)}")
    profile = params.table("business_profile")
    name = profile.text("name") or "New business"
    book = new_book(call.world, country, name, email=params.text("email"), ready=False, kind=kind)
    book.account["metadata"] = params.metadata()
    call.world.keys.connected.add(book.id)
    return book.account


def update(call: Call) -> Json:
    call.params.allow(*MEMBERS)
    book = reached(call)
    account = book.account
    if "metadata" in call.params:
        account["metadata"] = call.params.metadata(account["metadata"])
    profile = call.params.table("business_profile")
    account["business_profile"].update({name: profile.text(name) for name in profile.values})
    schedule = call.params.table("settings").table("payouts").table("schedule")
    set_schedule(account, schedule)
    call.world.emit(book, "account.updated", account)
    return account


def set_schedule(account: Json, sent: Params) -> None:
    sent.allow("interval", "delay_days", "weekly_anchor", "monthly_anchor")
    schedule = account["settings"]["payouts"]["schedule"]
    if "interval" in sent:
        schedule["interval"] = sent.choice("interval", INTERVALS)
    if "delay_days" in sent:
        schedule["delay_days"] = sent.number("delay_days")
    if "weekly_anchor" in sent:
        schedule["weekly_anchor"] = sent.choice("weekly_anchor", WEEKDAYS)
    if "monthly_anchor" in sent:
        schedule["monthly_anchor"] = sent.number("monthly_anchor")


def delete(call: Call) -> Json:
    book = reached(call)
    if book is call.world.platform:
        raise StripeError("You cannot delete your own account.")
    call.world.keys.disconnect(book.id)
    return {"id": book.id, "object": "account", "deleted": True}


def index(call: Call) -> Json:
    call.params.allow()
    connected = [one for one in call.world.books if one in call.world.keys.connected]
    rows = [call.world.books[one].account for one in reversed(connected)]
    limit = call.page.number("limit", 10) or 10
    after = call.page.text("starting_after")
    start = connected[::-1].index(after) + 1 if after in connected else 0
    return page("/v1/accounts", rows[start : start + limit], more=len(rows) > start + limit)


def create_link(call: Call) -> Json:
    params = call.params
    params.allow("account", "refresh_url", "return_url", "type", "collection_options")
    account = call.world.keys.account_for(call.key, params.required("account"))
    if params.required("type") not in {"account_onboarding", "account_update"}:
        raise params.refuse("type", "Invalid type: must be account_onboarding or account_update")
    now, token = call.world.now, secrets.token_urlsafe(16)
    link = {
        "account": account,
        "refresh_url": params.required_url("refresh_url"),
        "return_url": params.required_url("return_url"),
        "expires_at": now + LINK_SECONDS,
    }
    call.world.links[token] = link
    return {
        "object": "account_link",
        "created": now,
        "expires_at": link["expires_at"],
        "url": f"{call.origin}/setup/{token}",
    }


def finish_setup(world: World, book: Book) -> None:
    """Let an account take payments from now on."""
    set_ready(book.account, ready=True)
    world.emit(book, "account.updated", book.account, before={"charges_enabled": False})
