"""E-mails about a connection: to the owners, when it was lost. Never sent inside a transaction.

One for each loss: `owners_told_at` is taken by a conditional UPDATE, and given back when the mail
server refuses, so that the sweep tries again.
"""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from businesses.models import Role
from pooltrackr.lib.http import absolute_url
from xero_integration import log
from xero_integration.models import Connection, ConnectionStatus

logger = logging.getLogger(__name__)


def untold() -> QuerySet[Connection]:
    """Return the lost connections whose owners have not been written to."""
    return Connection.objects.filter(
        status=ConnectionStatus.NEEDS_RECONNECT, owners_told_at=None
    ).select_related("business")


def tell_owners(connection_id: int) -> None:
    """Write to the owners of the business that its connection was lost, once for each loss."""
    connection = untold().filter(pk=connection_id).first()
    if connection is None:
        return
    if not untold().filter(pk=connection_id).update(owners_told_at=timezone.now()):
        return
    try:
        _write(connection)
    except OSError as error:  # SMTPException is one too
        log.crash(logger, error, connection=connection_id)
        Connection.objects.filter(pk=connection_id).update(owners_told_at=None)


def _write(connection: Connection) -> None:
    business = connection.business
    owners = business.memberships.filter(role=Role.OWNER, user__is_active=True)
    addresses = list(owners.values_list("user__email", flat=True))
    context = {
        "business": business,
        "connection": connection,
        "url": absolute_url(reverse("xero:home", args=[business.slug])),
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
    }
    body = render_to_string("xero_integration/mail/connection_lost.txt", context)
    EmailMessage(f"{business.name}: reconnect to Xero", body, to=addresses).send()
    log.event(logger, "owners-told", connection=connection.pk, count=len(addresses))
