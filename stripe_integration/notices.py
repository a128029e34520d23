"""The e-mail to the owners of a business whose account at Stripe was lost. Sent once for each loss.

`telling_until` is a lease, taken by a conditional UPDATE: a worker killed while it writes leaves it
to end, and the next round sends the letter once more. Two are better than none.
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
from stripe_integration import log
from stripe_integration.models import AccountStatus, StripeAccount

logger = logging.getLogger(__name__)

# Above what a mail server may take: connecting and each of its answers have EMAIL_TIMEOUT.
LEASE = dt.timedelta(minutes=5)
TEMPLATE = "stripe_integration/mail/account_lost.txt"


def untold() -> QuerySet[StripeAccount]:
    """Return the lost accounts whose owners do not know it yet."""
    lost = StripeAccount.objects.filter(status=AccountStatus.NEEDS_RECONNECT, owners_told_at=None)
    free = Q(telling_until=None) | Q(telling_until__lt=timezone.now())
    return lost.filter(free).select_related("business")


def tell_owners(pk: int) -> None:
    """Write to the owners, if the letter is due and nobody else is writing."""
    account = untold().filter(pk=pk).first()
    until = timezone.now() + LEASE
    if account is None or not untold().filter(pk=pk).update(telling_until=until):
        return
    # The very lease: one that was mended and lost anew meanwhile is told of again.
    held = StripeAccount.objects.filter(pk=pk, telling_until=until)
    try:
        _write(account)
    except OSError as error:  # SMTPException is one too
        log.event(logger, "mail-failed", account=pk, error=type(error).__name__)
        held.update(telling_until=None)
    else:
        held.update(telling_until=None, owners_told_at=timezone.now())


def _write(account: StripeAccount) -> None:
    business = account.business
    owners = business.memberships.filter(role=Role.OWNER, user__is_active=True)
    addresses = list(owners.values_list("user__email", flat=True))
    context = {
        "business": business,
        "account": account,
        "url": absolute_url(reverse("stripe:home", args=[business.slug])),
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
    }
    subject = f"{business}: reconnect to Stripe"
    EmailMessage(subject, render_to_string(TEMPLATE, context), to=addresses).send()
    log.event(logger, "owners-told", account=account.pk, count=len(addresses))
