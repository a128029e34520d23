"""What all movements leave on each account, to the cent."""

from collections import defaultdict
from decimal import Decimal

from simulators.xero.accounting.invoice_model import ZERO
from simulators.xero.accounting.movements import movements
from simulators.xero.accounting.organisation import Organisation


def balances(organisation: Organisation) -> dict[str, Decimal]:
    """Return the balance by account id; above zero is money held."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for movement in movements(organisation):
        sums[movement.account_id] += movement.amount
    return sums
