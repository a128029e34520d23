"""Two logs: lines for operators, and SyncEntry rows for the people of a business.

Lines hold ids, kinds, statuses and milliseconds; never a token, a name, an amount or a body.
"""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pooltrackr.lib import bulk, logs
from xero_integration.models import (
    Action,
    Batch,
    Connection,
    Direction,
    OutboxRow,
    Outcome,
    SyncEntry,
)

LABEL_LIMIT = 255


def event(logger: logging.Logger, name: str, /, **facts: object) -> None:
    """Write one line of `key=value` facts."""
    logger.info("%s %s", name, _facts(facts))


def crash(logger: logging.Logger, error: BaseException, /, **facts: object) -> None:
    """Log where an unexpected error arose. Its text is left out: it may quote a record."""
    where = logs.places(error.__traceback__)
    logger.error("crash type=%s %s at %s", type(error).__name__, _facts(facts), where)


def _facts(facts: dict[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in facts.items())


def entry_for(
    row: OutboxRow, *, action: Action | str, outcome: Outcome, batch: Batch | None, **more: Any
) -> SyncEntry:
    """Return the unsaved log entry of an outbox row."""
    return SyncEntry(
        business_id=row.business_id,
        connection_id=row.connection_id,
        direction=Direction.TO_XERO,
        kind=row.kind,
        action=action,
        outcome=outcome,
        object_id=row.object_id,
        label=row.label[:LABEL_LIMIT],
        batch=batch,
        **more,
    )


def write(entries: Iterable[SyncEntry]) -> None:
    bulk.insert(entries)


def entry(
    connection: Connection,
    kind: str,
    action: Action,
    label: str,
    object_id: UUID,
    xero_id: str,
    message: str = "",
    *,
    direction: Direction = Direction.TO_XERO,
    outcome: Outcome = Outcome.DONE,
    error_code: str = "",
) -> SyncEntry:
    """Return the unsaved entry of something done here or there that no push carried."""
    return SyncEntry(
        business_id=connection.business_id,
        connection=connection,
        direction=direction,
        kind=kind,
        action=action,
        outcome=outcome,
        label=label[:LABEL_LIMIT],
        object_id=object_id,
        xero_id=xero_id,
        message=message,
        error_code=error_code,
    )


def write_once(entry: SyncEntry) -> None:
    """Write an entry that is not in the log already: a killed worker may have got so far."""
    said = SyncEntry.objects.filter(
        connection=entry.connection_id,
        object_id=entry.object_id,
        xero_id=entry.xero_id,
        message=entry.message,
    )
    if not said.exists():
        write([entry])
