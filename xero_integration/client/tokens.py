"""One token row for each Xero user: read it, refresh it under a lease, never lose a pair.

A conditional UPDATE takes the lease, the call is made with nothing locked, a second conditional
UPDATE stores both new tokens before either is used. Whoever loses the race waits for the winner's
row. A refresh whose answer was lost is repeated with the old token: Xero allows it for 30 minutes.
"""

import datetime as dt
import logging
import time
import uuid

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from pooltrackr.lib.crypto import encrypt
from xero_integration import dispatch, log
from xero_integration.client import oauth
from xero_integration.client.errors import Outcome, XeroError, explain
from xero_integration.models import Connection, ConnectionStatus, ErrorClass, XeroToken

logger = logging.getLogger(__name__)

# Refreshed this much early, so that no call leaves with a token that dies on the way.
MARGIN = dt.timedelta(seconds=60)
# Xero: a refresh token dies 60 days after the last refresh. A quiet organisation's is refreshed
# after 25, so that five weeks of trouble pass before a person is needed.
KEEP_ALIVE_AFTER = dt.timedelta(days=25)
# What is left when people are asked to reconnect: a week, since not everybody works every day.
DYING = dt.timedelta(days=7)
# Tokens in one round; with a round an hour, thousands that were connected on one day are spread
# over days, and their calls hold up nobody.
KEEP_ALIVE_LIMIT = 20
# How often a loser looks at the winner's row.
WAIT_SECONDS = 0.05


def usable(token_id: int, *, not_generation: int | None = None) -> XeroToken:
    """Return the token row with an access token that is good now, refreshing it if need be.

    `not_generation` is one that Xero has just called expired. Raises XeroError: CONNECTION_LOST
    when only a person's consent helps, TEMPORARY when Xero could not be asked.
    """
    deadline = time.monotonic() + settings.XERO_LEASE
    while time.monotonic() < deadline:
        token = XeroToken.objects.get(pk=token_id)
        if token.broken_at is not None:
            raise lost()
        _check_keys(token)
        if token.generation != not_generation and token.expires_at > timezone.now() + MARGIN:
            return token
        owner = uuid.uuid4().hex
        if _take_lease(token, owner):
            return _refresh(token, owner)
        time.sleep(WAIT_SECONDS)
    raise XeroError(ErrorClass.TEMPORARY, code="no_answer", outcome=Outcome.NOT_SENT)


def keep_alive() -> int:
    """Refresh tokens that nothing used for weeks, the oldest first; return how many were."""
    deadline = time.monotonic() + settings.XERO_TASK_BUDGET
    kept = 0
    for token in _quiet()[:KEEP_ALIVE_LIMIT]:
        if time.monotonic() > deadline:
            break
        _say_if_dying(token)
        kept += _is_kept(token)
    return kept


def _quiet() -> QuerySet[XeroToken]:
    """Return tokens that a connection needs and that nobody refreshed for a while."""
    until = timezone.now() + oauth.REFRESH_LIFE - KEEP_ALIVE_AFTER
    needed = Connection.objects.current().filter(token=OuterRef("pk"))
    quiet = XeroToken.objects.filter(Exists(needed), broken_at=None, refresh_expires_at__lt=until)
    return quiet.order_by("updated_at")


def _is_kept(token: XeroToken) -> bool:
    try:
        fresh = usable(token.pk, not_generation=token.generation)
    except XeroError as error:
        log.event(logger, "keep-alive-failed", token=token.pk, code=error.code)
        # It goes behind the others: a few that always fail must not be all that is tried.
        XeroToken.objects.filter(pk=token.pk).update(updated_at=timezone.now())
        return False
    return fresh.generation != token.generation


def _say_if_dying(token: XeroToken) -> None:
    if is_dying(token):
        left = token.refresh_expires_at - timezone.now()
        log.event(logger, "token-dying", token=token.pk, days=left.days)


def is_dying(token: XeroToken) -> bool:
    """Say whether a person should look: the keep-alive has failed for weeks."""
    return token.broken_at is None and token.refresh_expires_at < timezone.now() + DYING


def _check_keys(token: XeroToken) -> None:
    """Stop where no encryption key fits: the operator's to mend, no reason to ask for consent."""
    try:
        _ = token.access_token, token.refresh_token
    except InvalidToken:
        log.event(logger, "no-key-fits", token=token.pk)
        raise XeroError(
            ErrorClass.TEMPORARY, code="no_key_fits", outcome=Outcome.NOT_SENT
        ) from None


def lost() -> XeroError:
    return XeroError(
        ErrorClass.CONNECTION_LOST, code="disconnected", outcome=Outcome.NOT_SENT, status=None
    )


def _take_lease(token: XeroToken, owner: str) -> bool:
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    taken = XeroToken.objects.filter(
        free, pk=token.pk, generation=token.generation, broken_at=None
    ).update(lease_owner=owner, lease_until=now + dt.timedelta(seconds=settings.XERO_LEASE))
    return bool(taken)


def _refresh(token: XeroToken, owner: str) -> XeroToken:
    started = time.monotonic()
    try:
        fresh = oauth.refresh(token.refresh_token)
    except XeroError as error:
        log.event(logger, "refresh-failed", token=token.pk, code=error.code, status=error.status)
        _give_up(token, owner, error)
        raise (lost() if error.error_class == ErrorClass.CONNECTION_LOST else error) from None
    if not _held(token, owner).update(**_columns(fresh), generation=F("generation") + 1):
        # The lease ran out during the call and another worker took it: its pair counts.
        return usable(token.pk, not_generation=token.generation)
    milliseconds = round((time.monotonic() - started) * 1000)
    log.event(logger, "refreshed", token=token.pk, ms=milliseconds)
    return XeroToken.objects.get(pk=token.pk)


def _held(token: XeroToken, owner: str) -> "QuerySet[XeroToken]":
    return XeroToken.objects.filter(pk=token.pk, generation=token.generation, lease_owner=owner)


def _columns(fresh: oauth.TokenSet) -> dict[str, object]:
    return {
        "access_token_encrypted": encrypt(fresh.access_token),
        "refresh_token_encrypted": encrypt(fresh.refresh_token),
        "scopes": fresh.scopes,
        "expires_at": fresh.expires_at,
        "refresh_expires_at": fresh.refresh_expires_at,
        "broken_at": None,
        "lease_owner": "",
        "lease_until": None,
        "updated_at": timezone.now(),
    }


def _give_up(token: XeroToken, owner: str, error: XeroError) -> None:
    """Free the lease; after invalid_grant the token and its connections are broken."""
    if error.error_class != ErrorClass.CONNECTION_LOST:
        _held(token, owner).update(lease_owner="", lease_until=None)
        return
    now = timezone.now()
    # In one: a connection left active over a dead token would look well until its next call.
    with transaction.atomic():
        broken = _held(token, owner).update(
            broken_at=now, lease_owner="", lease_until=None, updated_at=now
        )
        if broken:
            for connection in Connection.objects.callable().filter(token=token):
                mark_lost(connection, code="disconnected")


def mark_lost(connection: Connection, *, code: str) -> None:
    """Stop sending until a person reconnects. What waits keeps waiting; nothing is lost.

    `connection` as it was when the call began: one made anew since is not lost by an old answer.
    """
    marked = (
        Connection.objects.callable()
        .filter(pk=connection.pk, connected_at=connection.connected_at)
        .update(
            status=ConnectionStatus.NEEDS_RECONNECT,
            status_reason=explain(code).what,
            owners_told_at=None,
            telling_until=None,
            updated_at=timezone.now(),
        )
    )
    if marked:
        log.event(logger, "connection-lost", connection=connection.pk, code=code)
        dispatch.tell_owners_on_commit(connection.pk, "lost")


def store(fresh: oauth.TokenSet) -> XeroToken:
    """Save the pair of a consent. It supersedes what this Xero user had before."""
    token, created = XeroToken.objects.get_or_create(
        xero_userid=fresh.xero_userid, defaults=_columns(fresh)
    )
    if not created:
        XeroToken.objects.filter(pk=token.pk).update(
            **_columns(fresh), generation=F("generation") + 1
        )
        token.refresh_from_db()
    return token
