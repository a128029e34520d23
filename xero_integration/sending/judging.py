"""What the judges of all kinds share: their verdicts on a claimed row, and how links are loaded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from xero_integration.mapping.mappings import Problem
from xero_integration.models import Connection, Kind, Link, OutboxRow, OutboxStatus
from xero_integration.sending.batches import Ready

# What an invoice is in Xero while it takes no payments.
UNAPPROVED = ("DRAFT", "SUBMITTED")
MOVING = (OutboxStatus.WAITING, OutboxStatus.IN_FLIGHT)
# Seconds after which whoever waits for another record looks again; its arrival wakes it sooner.
ON_ITS_WAY = 5.0


@dataclass(frozen=True)
class Nothing:
    """Xero has it so already, or it is not for Xero.

    With `in_step` what the link is of holds nothing for Xero in this state, by its digest.
    """

    in_step: tuple[Link, str] | None = None


@dataclass(frozen=True)
class Later:
    """Something must be done before it: `seconds` until it is worth another look."""

    seconds: float = ON_ITS_WAY


Judgement = Ready | Nothing | Later | Problem


class Judge(Protocol):
    """Says of one row after the other what is to be sent of it; writes nothing.

    `links` are those of the rows' own objects.
    """

    links: dict[UUID, Link]

    def of(self, row: OutboxRow) -> Judgement: ...


def links_of(connection: Connection, kind: Kind, ids: Iterable[UUID]) -> dict[UUID, Link]:
    found = Link.objects.current().filter(connection=connection, kind=kind, object_id__in=ids)
    return {link.object_id: link for link in found}
