"""Disconnecting a business from its Xero organisation: here at once, and in Xero."""

import logging

from django.db.models import Q, QuerySet
from django.utils import timezone

from businesses.models import User
from xero_integration import log
from xero_integration.client.api import Caller
from xero_integration.client.errors import XeroError
from xero_integration.models import Connection, ConnectionStatus, XeroToken

logger = logging.getLogger(__name__)


def disconnect(connection: Connection, *, by: User) -> bool:
    """End the connection, here at once and in Xero; return whether Xero has been told.

    Links, log and what waits are kept for a reconnect. When Xero cannot be told now, the sweep
    tries again (`tell_xero`); nothing more is sent in any case. Tokens are never revoked: another
    business may use the same Xero user's.
    """
    now = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(
        status=ConnectionStatus.DISCONNECTED,
        status_reason=f"Disconnected by {by}.",
        disconnected_at=now,
        updated_at=now,
    )
    connection.refresh_from_db()
    log.event(logger, "disconnected", connection=connection.pk, by=by.pk)
    return tell_xero(connection)


def tell_xero(connection: Connection) -> bool:
    """Delete a disconnected connection in Xero; its id there is cleared once that is done."""
    if connection.token_id is None or not connection.xero_connection_id:
        return True
    try:
        with Caller(connection.token_id) as caller:
            caller.delete_connection(connection.xero_connection_id)
    except XeroError as error:
        log.event(logger, "disconnect-failed", connection=connection.pk, code=error.code)
        # It goes behind the others: a few that always fail must not be all that is tried.
        Connection.objects.filter(pk=connection.pk).update(updated_at=timezone.now())
        return False
    Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.DISCONNECTED).update(
        xero_connection_id=""
    )
    _forget_unused_token(connection.token_id)
    connection.refresh_from_db()
    return True


def untold() -> QuerySet[Connection]:
    """Return the disconnected ones that Xero has not yet been told of, the longest untold first."""
    left = Connection.objects.filter(
        ~Q(xero_connection_id=""), status=ConnectionStatus.DISCONNECTED, token__broken_at=None
    )
    return left.exclude(token=None).order_by("updated_at", "pk")


def _forget_unused_token(token_id: int) -> None:
    """Drop tokens that no connection needs: a secret that is not kept cannot leak."""
    needed = Connection.objects.filter(token_id=token_id).filter(
        ~Q(status=ConnectionStatus.DISCONNECTED) | ~Q(xero_connection_id="")
    )
    if not needed.exists():
        XeroToken.objects.filter(pk=token_id).delete()
