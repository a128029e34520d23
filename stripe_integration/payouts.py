"""Payouts as Stripe made them: what reached the bank, and of what it consists."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from stripe_integration import accounts
from stripe_integration.client import Door
from stripe_integration.minor import from_cents
from stripe_integration.models import Payout, StripeAccount

# Stripe's types of money that customers paid, as opposed to what was given or taken back. Source:
# docs.stripe.com/reports/balance-transaction-types.
PAID_IN = {"charge", "payment"}


def read(account: StripeAccount) -> int:
    """Take over the newest payouts of an account; return how many were new or had changed.

    Raises StripeRefused.
    """
    door = accounts.door_to(account)
    known = dict(Payout.objects.filter(account=account).values_list("stripe_id", "status"))
    changed = [one for one in door.payouts()["data"] if known.get(one["id"]) != one["status"]]
    for said in reversed(changed):
        _store(account, said, _parts(door, said))
    return len(changed)


def _store(account: StripeAccount, said: dict[str, Any], parts: dict[str, Any]) -> None:
    # Stripe's day of arrival is midnight in UTC.
    arrives_on = dt.datetime.fromtimestamp(int(said["arrival_date"]), dt.UTC).date()
    facts = {
        "status": str(said["status"]),
        "arrives_on": arrives_on,
        "currency": str(said["currency"]).upper(),
        "amount": from_cents(said["amount"]),
        **parts,
    }
    Payout.objects.update_or_create(
        stripe_id=said["id"],
        defaults=facts,
        create_defaults={**facts, "account": account, "business_id": account.business_id},
    )


def _parts(door: Door, said: dict[str, Any]) -> dict[str, Any]:
    """Return what a payout is made of; nothing of one that was made by hand."""
    if not said.get("automatic"):
        return {}
    gross = fees = other = 0
    for one in _transactions(door, said["id"]):
        # Whether a payout lists itself is not promised, and it is no part of itself.
        if one["type"] in ("payout", "payout_failure", "payout_cancel"):
            continue
        fees += int(one["fee"])
        if one["type"] in PAID_IN:
            gross += int(one["amount"])
        else:
            other += int(one["amount"])
    return {"gross": from_cents(gross), "fees": from_cents(fees), "other": from_cents(other)}


def _transactions(door: Door, payout: str) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = door.transactions(payout, after=after)
        yield from page["data"]
        if not page.get("has_more") or not page["data"]:
            return
        after = page["data"][-1]["id"]
