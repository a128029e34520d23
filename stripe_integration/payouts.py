"""Payouts as Stripe made them: what reached the bank, and of what it consists."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import transaction

from pooltrackr.lib.money import ZERO
from stripe_integration import accounts
from stripe_integration.client import Door
from stripe_integration.minor import from_cents
from stripe_integration.models import Payout, PayoutPart, StripeAccount

Json = dict[str, Any]

# Stripe's types of money that customers paid, as opposed to what was given or taken back. Source:
# docs.stripe.com/reports/balance-transaction-types.
PAID_IN = {"charge", "payment"}
# Whether a payout lists itself is not promised, and it is no part of itself.
ITSELF = {"payout", "payout_failure", "payout_cancel"}


def read(account: StripeAccount) -> int:
    """Take over the newest payouts of an account; return how many were new or had changed.

    Raises StripeRefused.
    """
    door = accounts.door_to(account)
    # Without their parts, as those from before parts were kept, they are read once more.
    whole = Payout.objects.filter(account=account).exclude(transaction="")
    known = dict(whole.values_list("stripe_id", "status"))
    changed = [one for one in door.payouts()["data"] if known.get(one["id"]) != one["status"]]
    for said in reversed(changed):
        parts = _parts(door, said) if said.get("automatic") else []
        _store(account, said, parts)
    return len(changed)


@transaction.atomic
def _store(account: StripeAccount, said: Json, parts: list[PayoutPart]) -> None:
    # Stripe's day of arrival is midnight in UTC.
    arrives_on = dt.datetime.fromtimestamp(int(said["arrival_date"]), dt.UTC).date()
    facts = {
        "transaction": _id(said.get("balance_transaction")),
        "status": str(said["status"]),
        "arrives_on": arrives_on,
        "currency": str(said["currency"]).upper(),
        "amount": from_cents(said["amount"]),
        **(_sums(parts) if said.get("automatic") else {}),
    }
    payout, _ = Payout.objects.update_or_create(
        stripe_id=said["id"],
        defaults=facts,
        create_defaults={**facts, "account": account, "business_id": account.business_id},
    )
    payout.parts.all().delete()
    for part in parts:
        part.payout, part.business_id = payout, payout.business_id
    PayoutPart.objects.bulk_create(parts)


def _sums(parts: list[PayoutPart]) -> dict[str, Decimal]:
    return {
        "gross": sum((one.amount for one in parts if one.type in PAID_IN), ZERO),
        "fees": sum((one.fee for one in parts), ZERO),
        "other": sum((one.amount for one in parts if one.type not in PAID_IN), ZERO),
    }


def _parts(door: Door, said: Json) -> list[PayoutPart]:
    """Return what a payout is made of; nothing of one that was made by hand."""
    listed = _transactions(door, said["id"])
    return [_part(one) for one in listed if one["type"] not in ITSELF]


def _part(said: Json) -> PayoutPart:
    return PayoutPart(
        transaction=said["id"],
        type=str(said["type"]),
        source=_id(said.get("source")),
        description=str(said.get("description") or ""),
        happened_at=dt.datetime.fromtimestamp(int(said["created"]), dt.UTC),
        amount=from_cents(said["amount"]),
        fee=from_cents(said["fee"]),
    )


def _id(thing: Any) -> str:
    """Return the id of what Stripe names, written out or not."""
    return str(thing["id"] if isinstance(thing, dict) else thing or "")


def _transactions(door: Door, payout: str) -> Iterator[Json]:
    after = ""
    while True:
        page = door.transactions(payout, after=after)
        yield from page["data"]
        if not page.get("has_more") or not page["data"]:
            return
        after = page["data"][-1]["id"]
