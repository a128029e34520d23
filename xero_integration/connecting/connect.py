"""Connecting a business to its Xero organisation.

The state that goes to Xero and back is signed, short-lived, used once and bound to the person and
the business that asked. One organisation belongs to one business and the other way round.
"""

import datetime as dt
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from businesses.models import Business, User
from invoices.models import PaymentMethod
from pooltrackr.lib.crypto import encrypt
from xero_integration import dispatch, log, pull
from xero_integration.client import oauth, tokens
from xero_integration.client.api import Caller, Client
from xero_integration.client.errors import XeroError, explain
from xero_integration.models import Connection, ConnectionStatus, Consent, Lane, XeroToken
from xero_integration.models.mirror import ASSET
from xero_integration.sending import waking

logger = logging.getLogger(__name__)

# Asked for only where a business has its PDFs attached (Xero, "OAuth 2.0 scopes").
ATTACHMENTS_SCOPE = "accounting.attachments"
ATTACHMENTS_NOT_ALLOWED = "attachments_not_allowed"
# And this only where a card processor's fees and payouts are entered.
BANK_SCOPE = "accounting.banktransactions"
BANK_NOT_ALLOWED = "bank_not_allowed"
NOT_ALLOWED = {ATTACHMENTS_SCOPE: ATTACHMENTS_NOT_ALLOWED, BANK_SCOPE: BANK_NOT_ALLOWED}
SALT = "xero-consent"
# Time enough to log in with a second factor; Xero's own code lives five minutes after that.
STATE_LIFE = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Organisation:
    """An organisation that a consent reaches: Xero's connection id, its tenant id and name."""

    connection_id: str
    tenant_id: str
    name: str


class ConnectError(Exception):
    """Why connecting did not work, in words for the person.

    `code`: denied, state, expired, already_used, several_organisations, no_organisation,
    other_organisation, taken, currency, client_refused, xero_down. With several_organisations
    `consent` is the row to show the choice for and to give to `choose`.
    """

    def __init__(self, code: str, message: str, *, consent: Consent | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.consent = consent


MESSAGES = {
    "denied": "You cancelled in Xero, so nothing was connected. Start again whenever you like.",
    "state": "This answer from Xero does not belong to you or was changed on its way. Start again.",
    "expired": "This took longer than Xero allows. Start again; nothing was connected.",
    "already_used": "This answer from Xero was used already. Start again if you are not connected.",
    "no_organisation": "No organisation was chosen in Xero. Start again and choose one.",
    "several_organisations": "You gave access to several organisations. Choose the one to connect.",
    "client_refused": explain("client_refused").meaning,
    "xero_down": "Xero did not answer. Nothing was connected; start again in a few minutes.",
}


def refused(code: str, *, consent: Consent | None = None) -> ConnectError:
    return ConnectError(code, MESSAGES[code], consent=consent)


# --- there and back -----------------------------------------------------------------------------


def authorise_url(
    business: Business, *, user: User, next_step: str = "", afresh: bool = False
) -> str:
    """Return the address of Xero's consent page. `next_step` comes back in Consent.next_step.

    With `afresh` another organisation than the one of before may be chosen.
    """
    verifier = oauth.new_verifier()
    consent = Consent.objects.create(
        business=business,
        user=user,
        nonce=secrets.token_urlsafe(32),
        verifier_encrypted=encrypt(verifier),
        next_step=next_step,
        afresh=afresh,
    )
    state = signing.dumps(consent.nonce, salt=SALT)
    return oauth.authorise_url(state=state, verifier=verifier, more=extra_scopes(business))


def extra_scopes(business: Business) -> list[str]:
    """Return the scopes that the business's own choices need."""
    connections = business.xero_connections
    wanted = {
        ATTACHMENTS_SCOPE: connections.filter(attach_pdf=True),
        BANK_SCOPE: connections.filter(movement_accounts__isnull=False).exclude(
            payment_accounts__method=PaymentMethod.CARD_ONLINE,
            payment_accounts__account__type=ASSET,
        ),
    }
    return [scope for scope, chosen in wanted.items() if chosen.exists()]


def consent_of(params: Mapping[str, str], *, user: User) -> Consent:
    """Return the consent that a callback's state names, or raise ConnectError.

    For the callback view, which must know the business whatever became of the consent. Uses
    nothing up.
    """
    try:
        nonce = signing.loads(params.get("state", ""), salt=SALT, max_age=STATE_LIFE)
    except signing.SignatureExpired:
        raise refused("expired") from None
    except signing.BadSignature:
        raise refused("state") from None
    consents = Consent.objects.select_related("business", "user")
    consent = consents.filter(nonce=nonce, user=user).first()
    if consent is None or not consent.business.memberships.filter(user=user).exists():
        raise refused("state")
    return consent


def complete(params: Mapping[str, str], *, user: User) -> Connection:
    """Carry out a callback: the query of /xero/callback/ becomes a connection.

    Raises ConnectError. A state is used up whatever comes of it, a cancelled consent included.
    """
    consent = consent_of(params, user=user)
    if not Consent.objects.filter(pk=consent.pk, used_at=None).update(used_at=timezone.now()):
        raise refused("already_used")
    if params.get("error") == "access_denied":
        raise refused("denied")
    if not params.get("code"):
        raise refused("state")
    try:
        fresh = oauth.exchange(params["code"], verifier=consent.verifier)
        token = tokens.store(fresh)
        return _connect(consent, token, event_id=fresh.event_id)
    except XeroError as error:
        raise _as_connect_error(error) from error


def choose(consent: Consent, *, tenant_id: str, user: User) -> Connection:
    """Connect one of the several organisations that a consent brought. Raises ConnectError."""
    chosen = [one for one in organisations_of(consent) if one.tenant_id == tenant_id]
    if consent.user_id != user.pk or consent.token is None or not chosen:
        raise refused("state")
    try:
        connection = _connect_to(consent, consent.token, chosen[0])
    except XeroError as error:
        raise _as_connect_error(error) from error
    Consent.objects.filter(pk=consent.pk).update(organisations=[])
    return connection


def organisations_of(consent: Consent) -> list[Organisation]:
    """Return the organisations that the person still has to choose from."""
    return [Organisation(**one) for one in consent.organisations]


def _as_connect_error(error: XeroError) -> ConnectError:
    codes = {"invalid_grant": "expired", "client_refused": "client_refused"}
    return refused(codes.get(error.code, "xero_down"))


# --- which organisation -------------------------------------------------------------------------


def _connect(consent: Consent, token: XeroToken, *, event_id: str) -> Connection:
    with Caller(token.pk) as caller:
        everything = [_organisation(one) for one in caller.connections()]
        picked = [_organisation(one) for one in caller.connections(event_id=event_id)]
    _revive(token, everything)
    candidates = picked or _known_here(consent.business, everything)
    if not candidates:
        raise refused("no_organisation")
    if len(candidates) > 1:
        consent.token, consent.organisations = token, [vars(one) for one in candidates]
        consent.save(update_fields=["token", "organisations", "updated_at"])
        raise refused("several_organisations", consent=consent)
    return _connect_to(consent, token, candidates[0])


def _organisation(data: Mapping[str, Any]) -> Organisation:
    return Organisation(data["id"], data["tenantId"], data.get("tenantName") or "")


def _known_here(business: Business, organisations: list[Organisation]) -> list[Organisation]:
    """A consent that added nothing: the person renewed access to what was connected before."""
    known = set(business.xero_connections.current().values_list("tenant_id", flat=True))
    return [one for one in organisations if one.tenant_id in known]


def _revive(token: XeroToken, organisations: list[Organisation]) -> None:
    """New tokens of a Xero user mend the user's other connections too."""
    reached = [one.tenant_id for one in organisations]
    waiting = Connection.objects.filter(
        token=token, status=ConnectionStatus.NEEDS_RECONNECT, tenant_id__in=reached
    )
    for connection in waiting:
        with transaction.atomic():
            connection.status, connection.status_reason = _status(connection), ""
            connection.save(update_fields=["status", "status_reason", "updated_at"])
            go_on(connection)


def _connect_to(consent: Consent, token: XeroToken, organisation: Organisation) -> Connection:
    try:
        _check_free(consent.business, organisation)
        _check_same(consent, organisation)
        connection = _save(consent, token, organisation)
    except ConnectError:
        _give_back(token, organisation)
        raise
    log.event(logger, "connected", connection=connection.pk, business=consent.business_id)
    return connection


def _check_free(business: Business, organisation: Organisation) -> None:
    current = Connection.objects.current()
    if current.filter(tenant_id=organisation.tenant_id).exclude(business=business).exists():
        raise _taken(organisation)
    other = current.filter(business=business).exclude(tenant_id=organisation.tenant_id).first()
    if other is not None:
        raise ConnectError(
            "other_organisation",
            f"{business} is connected to {other.organisation_name}. Disconnect that first if you "
            f"want to use {organisation.name} instead.",
        )


def _check_same(consent: Consent, organisation: Organisation) -> None:
    """Refuse another organisation than the one of before, unless the person said so."""
    synced = consent.business.xero_connections.exclude(contacts_open_at=None)
    former = synced.order_by("-disconnected_at").first()
    known = synced.filter(tenant_id=organisation.tenant_id).exists()
    if consent.afresh or former is None or known:
        return
    raise ConnectError(
        "other_organisation",
        f"You chose {organisation.name}; {consent.business} was connected to "
        f"{former.organisation_name}, and its links belong to that one. Nothing was connected. "
        "Choose the same organisation, or press “Start afresh” to link everything anew.",
    )


def _taken(organisation: Organisation) -> ConnectError:
    return ConnectError(
        "taken",
        f"{organisation.name} is already connected to another business in Pooltrackr. One "
        "organisation can belong to one business only.",
    )


def _save(consent: Consent, token: XeroToken, organisation: Organisation) -> Connection:
    """Write the connection, read the organisation, and undo the first if the second refuses."""
    connection = _row(consent, token, organisation)
    before = _standing(connection)
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError:
        # Somebody else connected the same organisation in this very moment.
        raise _taken(organisation) from None
    try:
        _read_organisation(connection, consent.business)
    except (ConnectError, XeroError):
        _undo(connection, before)
        raise
    go_on(connection)
    return connection


def _row(consent: Consent, token: XeroToken, organisation: Organisation) -> Connection:
    """Return the connection of before with its links and gates, or a new one; unsaved."""
    business, now = consent.business, timezone.now()
    known = Connection.objects.filter(business=business, tenant_id=organisation.tenant_id).first()
    connection = known or Connection(
        business=business,
        tenant_id=organisation.tenant_id,
        # The day it is at the business, not in Greenwich.
        send_from=now.astimezone(ZoneInfo(business.time_zone)).date(),
    )
    connection.token = token
    if connection.contacts_open_at and connection.status == ConnectionStatus.DISCONNECTED:
        connection.review_since = connection.review_since or connection.disconnected_at
    connection.status, connection.status_reason = _status(connection), ""
    connection.xero_connection_id = organisation.connection_id
    connection.organisation_name = organisation.name
    connection.connected_by, connection.connected_at = consent.user, now
    connection.disconnected_at = None
    connection.paused_until, connection.paused_reason = None, ""
    return connection


def _status(connection: Connection) -> ConnectionStatus:
    """A link of before is looked at by a person before anything goes by it."""
    return ConnectionStatus.REVIEW if connection.review_since else ConnectionStatus.ACTIVE


def _standing(connection: Connection) -> dict[str, Any] | None:
    if connection.pk is None:
        return None
    columns = (
        *("status", "status_reason", "token_id", "xero_connection_id"),
        *("disconnected_at", "review_since"),
    )
    return dict(Connection.objects.values(*columns).get(pk=connection.pk))


def _undo(connection: Connection, before: dict[str, Any] | None) -> None:
    if before is None:
        connection.delete()
    else:
        Connection.objects.filter(pk=connection.pk).update(**before)


def _read_organisation(connection: Connection, business: Business) -> None:
    with Client(connection, lane=Lane.INTERACTIVE) as client:
        answer = client.call("get_organisations")
    pull.store_organisation(connection, answer.elements("Organisations")[0])
    if connection.base_currency != business.currency:
        raise ConnectError(
            "currency",
            f"{connection.organisation_name} keeps its books in {connection.base_currency}, "
            f"{business} works in {business.currency}. Pooltrackr sends amounts in one currency "
            "only, so the two cannot be connected.",
        )


def _give_back(token: XeroToken, organisation: Organisation) -> None:
    """End a connection that was refused here, unless another business of ours uses it.

    Xero counts and bills connections until they are deleted.
    """
    if Connection.objects.current().filter(tenant_id=organisation.tenant_id).exists():
        return
    try:
        with Caller(token.pk) as caller:
            caller.delete_connection(organisation.connection_id)
    except XeroError as error:
        log.event(logger, "give-back-failed", token=token.pk, code=error.code)


def go_on(connection: Connection) -> None:
    """Send what waits, and find what changed here while nothing was noted."""
    allowed = connection.token.scopes.split() if connection.token else []
    waking.not_ready(connection, [NOT_ALLOWED[one] for one in allowed if one in NOT_ALLOWED])
    dispatch.catch_up_on_commit(connection)
    for lane in Lane:
        dispatch.drain_on_commit(connection, lane=lane)
