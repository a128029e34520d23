"""What needs a person, grouped by its cause: one remedy often mends a hundred records."""

from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet
from django.urls import reverse

from xero_integration.client.errors import Explanation, explain
from xero_integration.models import Connection, OutboxRow, OutboxStatus

SAMPLES = 5


@dataclass(frozen=True)
class Cause:
    """One cause, how many records wait for its remedy, and the first of them by name."""

    code: str
    count: int
    known: Explanation
    labels: tuple[str, ...]
    connection: Connection

    @property
    def more(self) -> int:
        return self.count - len(self.labels)

    @property
    def url(self) -> str:
        """The page that mends it, if it is another one than the list of problems."""
        name = self.known.action_url_name
        elsewhere = name not in ("", "xero:log", "xero:queue")
        return reverse(name, args=[self.connection.business.slug]) if elsewhere else ""


def parked(connection: Connection, *, code: str = "") -> QuerySet[OutboxRow]:
    """Return the rows that need a person, all or those of one cause."""
    rows = connection.outbox.filter(status=OutboxStatus.PARKED)
    return rows.filter(error_code=code) if code else rows


def causes(connection: Connection) -> list[Cause]:
    """Return the causes of what needs a person, the one met last first."""
    counted = (
        parked(connection)
        .order_by()
        .values("error_code")
        .annotate(number=Count("pk"), last=Max("updated_at"))
        .order_by("-last")
    )
    return [_cause(connection, one["error_code"], one["number"]) for one in counted]


def _cause(connection: Connection, code: str, count: int) -> Cause:
    rows = parked(connection).filter(error_code=code).order_by("-updated_at")
    labels = tuple(rows.values_list("label", flat=True)[:SAMPLES])
    return Cause(code, count, explain(code), labels, connection)
