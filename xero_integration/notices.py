"""E-mails about a connection: to the owners, when it was lost. Never sent inside a transaction.

At least one for each loss: `telling_until` is a lease, taken by a conditional UPDATE, and only
what has gone out is noted in `owners_told_at`. A worker killed in between leaves the lease to end,
and the sweep has the mail sent once more: two are better than none.
"""

import datetime as dt
import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from businesses.models import Role
from pooltrackr.lib.http import absolute_url
from xero_integration import log
from xero_integration.models import Connection, ConnectionStatus

logger = logging.getLogger(__name__)

# Above what a mail server may take: connecting and each of its answers have EMAIL_TIMEOUT.
LEASE = dt.timedelta(minutes=5)


def untold() -> QuerySet[Connection]:
    """Return the lost connections whose owners have not been written to."""
    free = Q(telling_until=None) | Q(telling_until__lt=timezone.now())
    return Connection.objects.filter(
        free, status=ConnectionStatus.NEEDS_RECONNECT, owners_told_at=None
    ).select_related("business")


def tell_owners(connection_id: int) -> None:
    """Write to the owners of the business that its connection was lost."""
    connection = untold().filter(pk=connection_id).first()
    until = timezone.now() + LEASE
    if connection is None or not untold().filter(pk=connection_id).update(telling_until=until):
        return
    # The very lease: a connection that was mended and lost anew meanwhile is told of again.
    held = Connection.objects.filter(pk=connection_id, telling_until=until)
    try:
        _write(connection)
    except OSError as error:  # SMTPException is one too
        log.crash(logger, error, connection=connection_id)
        held.update(telling_until=None)
    else:
        held.update(telling_until=None, owners_told_at=timezone.now())


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
