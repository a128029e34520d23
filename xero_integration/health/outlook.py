"""How long what waits will take, and why it stands still, in words for the pages.

Counted from the rate of the last minute and from Xero's limits, whichever takes longer. An
estimate: nothing is decided by it.
"""

import datetime as dt
import math
from dataclasses import dataclass

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.formats import date_format

from xero_integration.client import limits
from xero_integration.client.limits import Left
from xero_integration.models import Connection, Direction, Lane, OutboxStatus, Outcome
from xero_integration.sending.batches import BATCH_SIZE

# Shorter pauses are over before anybody has read of them on another page.
WORTH_TELLING = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Outlook:
    """What waits, how quickly it went lately (records a second), and the calls left."""

    waiting: int
    rate: float
    left: Left | None

    @property
    def calls(self) -> int:
        return math.ceil(self.waiting / BATCH_SIZE)

    @property
    def seconds(self) -> float | None:
        """The time to go, if all goes today; None before there is anything to go by."""
        if self.left is None and not self.rate:
            return None
        by_rate = self.waiting / self.rate if self.rate else 0.0
        return max(by_rate, self._by_limit())

    def _by_limit(self) -> float:
        left = self.left
        if left is None or self.calls <= left.minute:
            return 0.0
        more = math.ceil((self.calls - left.minute) / settings.XERO_LIMIT_MINUTE) - 1
        return left.minute_seconds + more * settings.XERO_LIMIT_MINUTE_SECONDS

    @property
    def for_bulk_today(self) -> int | None:
        """The calls of today that bulk may still make."""
        if self.left is None:
            return None
        return max(0, self.left.day - math.floor(self.left.day_size * _kept()))

    @property
    def words(self) -> str:
        """One sentence: "About 3 minutes to go; 412 calls left today."."""
        today = self.for_bulk_today
        if today is not None and self.left is not None and self.calls > today:
            return self._tomorrow(self.left, today)
        seconds = self.seconds
        if seconds is None or not self.waiting:
            return ""
        to_go = "Less than a minute" if seconds < 60 else f"About {_minutes(seconds)}"
        left = f"; {intcomma(self.left.day)} calls left today" if self.left else ""
        return f"{to_go} to go{left}."

    def _tomorrow(self, left: Left, today: int) -> str:
        if left.day_seconds:
            again = f"at {when(timezone.now() + dt.timedelta(seconds=left.day_seconds))}"
        else:
            again = "when Xero's day ends, within 24 hours"
        if today == 0:
            return (
                f"Nearly all of today's calls to Xero are used up, and the last "
                f"{intcomma(left.day)} are kept for what you do yourselves. The rest goes on by "
                f"itself {again}; nothing is lost."
            )
        return (
            f"More than Xero allows today: about {intcomma(today * BATCH_SIZE)} more go today, "
            f"the rest {again}. Nothing is lost."
        )


def outlook(connection: Connection) -> Outlook:
    """Ask how the bulk of one organisation goes on: two queries and a look at the limits."""
    waiting = connection.outbox.filter(
        lane=Lane.BULK, status__in=(OutboxStatus.WAITING, OutboxStatus.IN_FLIGHT)
    ).count()
    return Outlook(waiting, _rate(connection), limits.remaining(connection))


def _rate(connection: Connection) -> float:
    """Records that reached Xero in each second of the last minute, or since the first of them."""
    now = timezone.now()
    since = now - dt.timedelta(seconds=settings.XERO_LIMIT_MINUTE_SECONDS)
    lately = connection.entries.filter(
        at__gte=since, direction=Direction.TO_XERO, outcome=Outcome.DONE
    )
    first = lately.order_by("at").values_list("at", flat=True).first()
    if first is None:
        return 0.0
    return lately.count() / max(1.0, (now - first).total_seconds())


def _kept() -> float:
    return float(settings.XERO_LIMIT_PEOPLE_DAY)


def _minutes(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    if minutes < 90:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{round(minutes / 60)} hours"


def paused(connection: Connection) -> str:
    """Say why and until when Xero's limits or an outage hold everything back; "" if they do not."""
    until = connection.paused_until
    if until is None or until <= timezone.now():
        return ""
    reason = connection.paused_reason or "Xero's limit is reached."
    return f"{reason} It goes on by itself at {when(until)}; nothing is lost."


def is_long(connection: Connection) -> bool:
    """Say whether a pause lasts long enough to be told on every page."""
    until = connection.paused_until
    return until is not None and until > timezone.now() + WORTH_TELLING


def not_reading(connection: Connection) -> str:
    """Say since when changes made in Xero cannot be read, and why; "" if that is no news."""
    long_ago = timezone.now() - WORTH_TELLING
    failing = connection.pull_states.filter(failing_since__lte=long_ago)
    state = failing.order_by("failing_since").first()
    if state is None or state.failing_since is None:
        return ""
    return (
        f"Changes made in Xero have not been read since {when(state.failing_since)}: "
        f"{state.message} It is tried again by itself; nothing is lost."
    )


def when(moment: dt.datetime) -> str:
    """Return a moment as the business's clocks show it: "9:14 am tomorrow"."""
    local = timezone.localtime(moment)
    text = date_format(local, "g:i a")
    days = (local.date() - timezone.localdate()).days
    if days == 0:
        return text
    return f"{text} tomorrow" if days == 1 else f"{text} on {date_format(local, 'j M')}"
