"""Where a payment made in Xero came to, and what that says of how it was paid.

An invoice names its payments without their account, so the payments themselves are read: one call
for twenty invoices. An account that one method alone is mapped to tells the method; of any other
its name is kept beside "Other".
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from invoices.models import PaymentMethod
from pooltrackr.lib.chunks import chunks
from xero_integration import pull
from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError
from xero_integration.models import Connection, ErrorClass, Lane

# Twenty filters of seventy characters: an address holds some two thousand.
INVOICES = 20
ACCOUNT_LIMIT = 150
# Xero does not show the payments to us: the money counts all the same, as "Other".
NOT_SHOWN = (ErrorClass.REJECTED, ErrorClass.UNKNOWN)


@dataclass(frozen=True)
class Origin:
    """How a payment came: our method, and the account's name where that does not say it."""

    method: str = PaymentMethod.OTHER
    account: str = ""


def read(connection: Connection, invoice_ids: Collection[str]) -> dict[str, Origin]:
    """Return the origin of each payment of these invoices, by Xero's id in small letters.

    Raises XeroError where it may be had later.
    """
    if not invoice_ids:
        return {}
    try:
        with Client(connection, lane=Lane.BULK) as client:
            found = [one for ids in chunks(invoice_ids, INVOICES) for one in _payments(client, ids)]
    except XeroError as error:
        if error.error_class not in NOT_SHOWN:
            raise
        return {}
    methods = _methods(connection)
    return {one["PaymentID"].lower(): _origin(one, methods) for one in found}


def _payments(client: Client, ids: Collection[str]) -> list[dict[str, Any]]:
    where = " OR ".join(f'Invoice.InvoiceID==guid("{xero_id}")' for xero_id in ids)
    answer = client.call("get_payments", where=where, page=1, page_size=pull.PAGE_SIZE)
    return answer.elements("Payments")


def _methods(connection: Connection) -> Mapping[str, str]:
    """Return the method of each account that no other method shares, by the account's id."""
    pairs = list(connection.payment_accounts.values_list("account__xero_id", "method"))
    shared = Counter(account for account, _ in pairs)
    return {account.lower(): method for account, method in pairs if shared[account] == 1}


def _origin(payment: dict[str, Any], methods: Mapping[str, str]) -> Origin:
    account = payment.get("Account") or {}
    method = methods.get(str(account.get("AccountID") or "").lower())
    if method is not None:
        return Origin(method)
    name = str(account.get("Name") or account.get("Code") or "")
    return Origin(account=name[:ACCOUNT_LIMIT])
