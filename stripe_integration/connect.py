"""Connecting a business to its Stripe account, and disconnecting it.

The state that goes to Stripe and back is signed, short-lived, used once and bound to the person
and the business that asked. One account belongs to one business and the other way round.
"""

import datetime as dt
import logging
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from businesses.models import Business, User
from stripe_integration import accounts, client, log
from stripe_integration.client import Door
from stripe_integration.errors import ErrorClass, StripeRefused
from stripe_integration.models import AccountStatus, StripeAccount, StripeConsent, Way

logger = logging.getLogger(__name__)

SALT = "stripe-consent"
# Time enough to log in with a second factor, or to open an account; Stripe's own code lives five
# minutes after that.
STATE_LIFE = dt.timedelta(hours=2)
CALLBACK_PATH = "/stripe/callback/"
PROBE = "cs_test_pooltrackr_probe"

MESSAGES = {
    "denied": "You cancelled in Stripe, so nothing was connected. Start again whenever you like.",
    "state": "This answer from Stripe does not belong to you or was changed on its way. "
    "Start again.",
    "expired": "This took longer than Stripe allows. Start again; nothing was connected.",
    "already_used": "This answer from Stripe was used already. Start again if you are not "
    "connected.",
    "operator": "Stripe does not know this Pooltrackr. Tell whoever runs it: STRIPE_CLIENT_ID or "
    "STRIPE_SECRET_KEY is wrong.",
    "down": "Stripe did not answer. Nothing was connected; start again in a few minutes.",
    "all_rights": "This key may do everything, which Pooltrackr must not. Make a restricted key in "
    "Stripe, and enter that one: it begins with rk_.",
    "wrong_key": "Stripe does not know this key. Copy it again; Stripe shows it once.",
}


class ConnectError(Exception):
    """Why connecting did not work, in words for the person."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code, self.message = code, message or MESSAGES[code]
        super().__init__(code)


# --- through Stripe's consent page --------------------------------------------------------------


def authorise_url(business: Business, *, user: User) -> str:
    """Return the address of Stripe's consent page. Raises ConnectError where there is none."""
    if not (settings.STRIPE_CLIENT_ID and settings.STRIPE_SECRET_KEY):
        raise ConnectError("operator")
    nonce = secrets.token_urlsafe(32)
    StripeConsent.objects.create(business=business, user=user, nonce=nonce)
    return client.authorise_url(
        state=signing.dumps(nonce, salt=SALT), redirect_uri=f"{settings.SITE_URL}{CALLBACK_PATH}"
    )


def consent_of(params: Mapping[str, str], *, user: User) -> StripeConsent:
    """Return the consent that a callback's state names, or raise ConnectError. Uses nothing up."""
    try:
        nonce = signing.loads(params.get("state", ""), salt=SALT, max_age=STATE_LIFE)
    except signing.SignatureExpired:
        raise ConnectError("expired") from None
    except signing.BadSignature:
        raise ConnectError("state") from None
    consents = StripeConsent.objects.select_related("business", "user")
    consent = consents.filter(nonce=nonce, user=user).first()
    # Whoever is no owner any more must not bring in an account.
    if consent is None or not _owns(user, consent.business):
        raise ConnectError("state")
    return consent


def _owns(user: User, business: Business) -> bool:
    membership = business.memberships.filter(user=user).first()
    return membership is not None and membership.is_owner


def complete(params: Mapping[str, str], *, user: User) -> StripeAccount:
    """Carry out a callback: the query of /stripe/callback/ becomes an account.

    Raises ConnectError. A state is used up whatever comes of it, a cancelled consent included.
    """
    consent = consent_of(params, user=user)
    unused = StripeConsent.objects.filter(pk=consent.pk, used_at=None)
    if not unused.update(used_at=timezone.now()):
        raise ConnectError("already_used")
    if params.get("error") == "access_denied":
        raise ConnectError("denied")
    if not params.get("code"):
        raise ConnectError("state")
    try:
        given = client.exchange(params["code"])
        stripe_id = str(given["stripe_user_id"])
        said = Door(account=stripe_id).account()
    except StripeRefused as error:
        raise _as_connect_error(error) from None
    found = _row(consent.business, stripe_id, said, way=Way.CONNECT, by=consent.user)
    found.is_live = bool(given.get("livemode"))
    try:
        return _save(found)
    except ConnectError:
        _give_back(stripe_id)
        raise


def _as_connect_error(error: StripeRefused) -> ConnectError:
    if error.code == "invalid_grant":
        return ConnectError("expired")
    if error.code == "invalid_client" or error.error_class is ErrorClass.ACCESS:
        return ConnectError("operator")
    return ConnectError("down")


def _give_back(stripe_id: str) -> None:
    """End an access that was refused here, unless another business of ours uses it."""
    used = StripeAccount.objects.exclude(status=AccountStatus.DISCONNECTED)
    if used.filter(stripe_id=stripe_id, way=Way.CONNECT).exists():
        return
    try:
        client.deauthorise(stripe_id)
    except StripeRefused as error:
        log.event(logger, "give-back-failed", code=error.code)


# --- by a restricted key ------------------------------------------------------------------------

# What a key has to allow, as Stripe's page for it calls that; writing is tried on a page that is
# not there, so that nothing is made.
Probe = Callable[[Door], Any]
NEEDED: tuple[tuple[str, Probe], ...] = (
    ("Checkout Sessions: write", lambda door: door.expire_session(PROBE)),
    ("PaymentIntents: write", lambda door: door.create_payment({}, key=str(uuid.uuid4()))),
    ("PaymentMethods: write", lambda door: door.detach("pm_pooltrackr_probe")),
    ("Charges and refunds: read", lambda door: door.charge("ch_pooltrackr_probe")),
    ("Disputes: read", lambda door: door.disputes("pi_pooltrackr_probe")),
    ("Events: read", lambda door: door.events(since=int(timezone.now().timestamp()))),
    ("Payouts: read", lambda door: door.payouts()),
    ("Balance transactions: read", lambda door: door.transactions("po_pooltrackr_probe")),
)


def connect_by_key(business: Business, *, key: str, user: User) -> StripeAccount:
    """Connect the account of a restricted key, tried at once. Raises ConnectError."""
    if not key.startswith("rk_"):
        raise ConnectError("all_rights" if key.startswith("sk_") else "wrong_key")
    door = Door(key=key)
    try:
        said = door.account()
        missing = [name for name, probe in NEEDED if not _is_allowed(door, probe)]
    except StripeRefused as error:
        raise _key_error(error) from None
    if missing:
        listed = "; ".join(missing)
        raise ConnectError("rights", f"This key lacks rights. Add in Stripe: {listed}.")
    found = _row(business, str(said["id"]), said, way=Way.KEY, by=user)
    found.key, found.is_live = key, key.startswith("rk_live_")
    return _save(found)


def _key_error(error: StripeRefused) -> ConnectError:
    if error.status == 403:
        return ConnectError("rights", "This key lacks rights. Add in Stripe: Accounts: read.")
    return ConnectError("wrong_key" if error.error_class is ErrorClass.ACCESS else "down")


def _is_allowed(door: Door, probe: Probe) -> bool:
    try:
        probe(door)
    except StripeRefused as error:
        if error.status == 403:
            return False
        # That there is no such object says that the key was let in.
        if error.error_class is not ErrorClass.REQUEST:
            raise
    return True


# --- both ---------------------------------------------------------------------------------------


def _row(
    business: Business, stripe_id: str, said: dict[str, Any], *, way: Way, by: User
) -> StripeAccount:
    """Return the account of before, or a new one; unsaved."""
    known = business.stripe_accounts.filter(stripe_id=stripe_id).first()
    account = known or StripeAccount(business=business, stripe_id=stripe_id)
    accounts.describe(account, said)
    account.way, account.key = way, ""
    account.status, account.status_reason = AccountStatus.ACTIVE, ""
    account.connected_by, account.connected_at = by, timezone.now()
    account.disconnected_at, account.owes_goodbye = None, False
    account.owners_told_at = None
    return account


def _save(account: StripeAccount) -> StripeAccount:
    _check_free(account)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        # Somebody else connected the same account in this very moment.
        raise _taken(account) from None
    log.event(logger, "connected", account=account.pk, business=account.business_id)
    return account


def _check_free(account: StripeAccount) -> None:
    standing = StripeAccount.objects.exclude(status=AccountStatus.DISCONNECTED)
    if standing.filter(stripe_id=account.stripe_id).exclude(business=account.business).exists():
        raise _taken(account)
    other = standing.filter(business=account.business).exclude(pk=account.pk).first()
    if other is not None:
        raise ConnectError(
            "other_account",
            f"{account.business} is connected to {other}. Disconnect that first if you want to use "
            f"{account} instead.",
        )


def _taken(account: StripeAccount) -> ConnectError:
    return ConnectError(
        "taken",
        f"{account} is already connected to another business in Pooltrackr. One account can belong "
        "to one business only.",
    )


# --- disconnecting ------------------------------------------------------------------------------


def disconnect(account: StripeAccount, *, by: User) -> bool:
    """End the use of an account, here at once and at Stripe; return whether Stripe was told.

    What was paid stays on record. When Stripe cannot be told now, the sweep tries again.
    """
    account.status, account.status_reason = AccountStatus.DISCONNECTED, f"Disconnected by {by}."
    account.disconnected_at, account.key = timezone.now(), ""
    account.owes_goodbye = account.way == Way.CONNECT
    account.save()
    log.event(logger, "disconnected", account=account.pk, by=by.pk)
    return say_goodbye(account)


def say_goodbye(account: StripeAccount) -> bool:
    """Take back the access that Stripe gave; True when none is left."""
    if not account.owes_goodbye:
        return True
    try:
        client.deauthorise(account.stripe_id)
    except StripeRefused as error:
        # Stripe knows no such connection: somebody ended it there.
        if error.code != "invalid_client":
            log.event(logger, "goodbye-failed", account=account.pk, code=error.code)
            return False
    StripeAccount.objects.filter(pk=account.pk).update(owes_goodbye=False)
    account.owes_goodbye = False
    return True


def say_goodbyes() -> None:
    """Tell Stripe of what was disconnected while it could not be reached."""
    owing = StripeAccount.objects.filter(
        status=AccountStatus.DISCONNECTED, owes_goodbye=True
    ).order_by("updated_at")
    for account in owing[:20]:
        say_goodbye(account)
