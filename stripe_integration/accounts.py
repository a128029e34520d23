"""A business's account at Stripe: the door to it, what it says of itself, what is wrong with it."""

import logging
from typing import Any

from django.utils import timezone

from businesses.models import Business
from stripe_integration import log
from stripe_integration.client import Door
from stripe_integration.errors import ErrorClass, StripeRefused
from stripe_integration.models import AccountStatus, StripeAccount, Way

logger = logging.getLogger(__name__)


def current(business: Business) -> StripeAccount | None:
    """Return the account that is not disconnected: at most one."""
    accounts = business.stripe_accounts.exclude(status=AccountStatus.DISCONNECTED)
    return accounts.select_related("business", "connected_by").first()


def door_to(account: StripeAccount) -> Door:
    return Door(key=account.key) if account.way == Way.KEY else Door(account=account.stripe_id)


def describe(account: StripeAccount, said: dict[str, Any]) -> None:
    """Take over what Stripe says of the account; the caller saves."""
    profile, dashboard = said.get("business_profile") or {}, (said.get("settings") or {})
    shown = (dashboard.get("dashboard") or {}).get("display_name")
    account.name = str(profile.get("name") or shown or "")[:255]
    account.country = str(said.get("country") or "")
    account.currency = str(said.get("default_currency") or "").upper()
    account.takes_charges = bool(said.get("charges_enabled"))


def refresh(account: StripeAccount) -> None:
    """Read the account anew. Raises StripeRefused; a lost one is then marked as such."""
    try:
        said = door_to(account).account()
    except StripeRefused as error:
        note(account, error)
        raise
    describe(account, said)
    account.save(update_fields=["name", "country", "currency", "takes_charges", "updated_at"])


def note(account: StripeAccount, error: StripeRefused) -> None:
    """Mark an account as lost when that is what a failed call says."""
    if error.error_class is ErrorClass.ACCESS:
        lose(account, reason=error.words)


def lose(account: StripeAccount, *, reason: str) -> None:
    """Stop using an account until an owner connects it again."""
    lost = StripeAccount.objects.active().filter(pk=account.pk)
    if lost.update(
        status=AccountStatus.NEEDS_RECONNECT, status_reason=reason, updated_at=timezone.now()
    ):
        log.event(logger, "account-lost", account=account.pk)
    account.refresh_from_db()


def problems(account: StripeAccount) -> list[str]:
    """Say what keeps invoices from being paid by card, and what to do about it."""
    if not account.is_active:
        return ["Nobody can pay by card until the account is connected again."]
    texts = []
    if account.currency != account.business.currency:
        texts.append(
            f"This account is kept in {account.currency}, and {account.business} works in "
            f"{account.business.currency}. Card payments are not offered: connect an account in "
            f"{account.business.currency} instead."
        )
    if not account.takes_charges:
        texts.append(
            "Stripe does not let this account take payments yet. Log in to Stripe, finish what it "
            "asks for there, and press “Check again” here."
        )
    return texts
