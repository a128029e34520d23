"""The rounding line: a last line that makes Xero's total ours, where the business allows it.

Xero computes taxes and line amounts itself. Where it comes to a few cents more or less than we do,
the invoice is sent once more with the difference as a line of its own, on the account that the
organisation keeps for it (Xero, "Rounding in Xero"). The line stays for as long as it is needed,
and never hides more than `LARGEST`. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pooltrackr.lib.money import ZERO
from xero_integration.models import XeroAccount, XeroTaxRate

# More is no matter of rounding: a person must look. Other products draw the line here too.
LARGEST = Decimal("0.05")
# Found by this, never by its usual code 860, which organisations change.
SYSTEM_ACCOUNT = "ROUNDING"
# Taxes that are none, in the order of choice: outside the Australian return, and elsewhere.
UNTAXED = ("BASEXCLUDED", "NONE")
# Stands for the line among the ids of ours, which Xero's line ids are kept by.
LINE = "rounding"
DESCRIPTION = "Rounding"


@dataclass(frozen=True)
class Rounding:
    """What was found to be needed, and for which content (digest) of the invoice."""

    amount: Decimal
    digest: str

    def as_json(self) -> dict[str, str]:
        return {"amount": str(self.amount), "digest": self.digest}


def account(accounts: Iterable[XeroAccount]) -> XeroAccount | None:
    """Return the one of an organisation's accounts that is for rounding lines, if it is in use."""
    return next(
        (
            one
            for one in accounts
            if one.system_account == SYSTEM_ACCOUNT and one.status == "ACTIVE"
        ),
        None,
    )


@dataclass(frozen=True)
class Place:
    """Where rounding lines go, and the TaxType by which they are not taxed there."""

    account_id: str
    tax_type: str


def place(accounts: Iterable[XeroAccount], rates: Iterable[XeroTaxRate]) -> Place | None:
    """Return where lines can go; None where there is no account, or only with tax."""
    found = account(accounts)
    tax_type = _untaxed(found, rates) if found else ""
    return Place(found.xero_id, tax_type) if found and tax_type else None


def _untaxed(account: XeroAccount, rates: Iterable[XeroTaxRate]) -> str:
    """Return the account's own tax where that is none, else one of those that are."""
    usable = {rate.tax_type for rate in rates if rate.status == "ACTIVE" and not rate.percent}
    return next((one for one in (account.tax_type, *UNTAXED) if one in usable), "")


def standing(remote: Mapping[str, Any]) -> Rounding | None:
    """Return what an invoice's link remembers."""
    found = remote.get(LINE)
    return Rounding(Decimal(found["amount"]), found["digest"]) if found else None


def needed(
    remote: Mapping[str, Any], *, ours: Decimal, theirs: Decimal, sent: Decimal, digest: str
) -> Rounding | None:
    """Return the line that would make both totals equal; None where a person must look.

    `sent` is the line that went along already. Tried once for each content: where the totals still
    differ after that, it is not rounding that makes them.
    """
    before = standing(remote)
    amount = sent + ours - theirs
    if ours == theirs or abs(amount) > LARGEST or (before is not None and before.digest == digest):
        return None
    return Rounding(amount, digest)


def amount_to_send(remote: Mapping[str, Any]) -> Decimal:
    found = standing(remote)
    return found.amount if found else ZERO
