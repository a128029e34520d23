"""What invoices are mapped to, kept as it stands in Xero: its chart, its rates, its lock dates.

Xero tells of changes in them by no webhook, so they are read anew each night, when a person asks,
and when a refusal shows that what is held here is out of date.
"""

import logging
from collections.abc import Collection

from xero_integration import log, pull
from xero_integration.client.errors import XeroError
from xero_integration.mapping import items, mappings
from xero_integration.models import Batch, Connection, Kind, OutboxStatus
from xero_integration.payments.movements import Places
from xero_integration.wizard import accounts

logger = logging.getLogger(__name__)

# Refusals that say that what is chosen is not what it was when it was read. How Xero words it where
# an account takes no payments any more, no source says.
OUTDATED: dict[str, tuple[str, ...]] = {
    Kind.INVOICE: (*accounts.REFUSED_CODES, "item_invalid"),
    Kind.PAYMENT: ("account_archived", "account_invalid", "unknown_message"),
    Kind.REFUND: ("account_archived", "account_invalid", "unknown_message"),
    Kind.MOVEMENT: accounts.REFUSED_CODES,
    Kind.BILL: accounts.REFUSED_CODES,
    Kind.BILL_PAYMENT: ("account_archived", "account_invalid", "unknown_message"),
    Kind.TRANSFER: ("account_archived", "account_invalid", "unknown_message"),
}


def read(connection: Connection) -> int:
    """Read anew; send again what waited, if a mapping is usable again. Raises XeroError.

    Returns how many records go again. Where nothing is better than it was, none does: what Xero
    refused would only be refused again.
    """
    before = _troubles(connection)
    pull.read_settings(connection)
    after = _troubles(connection)
    return accounts.send_again(connection) if before - after else 0


def _troubles(connection: Connection) -> set[str]:
    found = {items.trouble(item) for item in items.linked(connection).values()}
    found |= Places(connection).troubles()
    return found | {problem.message for problem in mappings.unusable(connection)}


def learn(batch: Batch) -> None:
    """Read anew after a batch in which Xero refused what is chosen for it; once for a batch.

    From then on our own check stops invoices that need it, and the pages say which it is.
    """
    if not _refused(batch, OUTDATED.get(batch.kind, ())):
        return
    try:
        pull.read_settings(batch.connection)
    except XeroError as error:
        log.event(logger, "chart-not-read", connection=batch.connection_id, code=error.code)


def _refused(batch: Batch, codes: Collection[str]) -> bool:
    parked = batch.members.filter(row__status=OutboxStatus.PARKED, row__error_code__in=codes)
    return bool(codes) and parked.exists()
