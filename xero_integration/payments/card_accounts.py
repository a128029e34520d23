"""What a person chooses for card money: where each kind is booked, and whom it is booked with."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from invoices.models import MovementKind
from xero_integration.models import Connection, MovementAccount, XeroAccount, XeroTaxRate
from xero_integration.models.mirror import EXPENSE
from xero_integration.payments import billing
from xero_integration.sending import waking

# The codes of movements.Places that the choice of an account mends.
CODES = (
    "movement_account_not_mapped",
    "movement_account_unusable",
    "movement_tax_not_mapped",
    "movement_contact_unusable",
    "movement_comes_in",
)
# Words in the names of accounts that most charts have for it.
LIKELY = {
    MovementKind.FEE: ("processing fee", "merchant fee", "stripe fee", "card fee", "bank fee"),
    MovementKind.ADJUSTMENT: ("processing fee", "merchant fee", "stripe fee", "card fee"),
    MovementKind.PAYOUT: ("business bank", "trading account", "cheque account", "everyday"),
    MovementKind.REFUND: ("refund", "returns"),
    MovementKind.DISPUTE: ("dispute", "bad debt"),
    MovementKind.HELD: ("unallocated", "suspense", "customer deposit"),
}


@dataclass(frozen=True)
class Chosen:
    """By kind of movement; None for what is entered by hand, and no entry for what is open."""

    accounts: Mapping[MovementKind, XeroAccount | None]
    fee_tax: XeroTaxRate | None
    contact: str


@transaction.atomic
def save(connection: Connection, chosen: Chosen) -> int:
    """Store the choices; return how many records that waited for them go now."""
    connection.movement_accounts.exclude(kind__in=chosen.accounts).delete()
    for kind, account in chosen.accounts.items():
        rate = chosen.fee_tax if kind == MovementKind.FEE else None
        MovementAccount.objects.update_or_create(
            connection=connection,
            kind=kind,
            defaults={
                "account": account,
                "xero_tax_rate": rate,
                "business_id": connection.business_id,
            },
        )
    connection.processor_contact = chosen.contact
    connection.save(update_fields=["processor_contact", "updated_at"])
    billing.reform(connection)
    return waking.card_money(connection)


def proposed(kind: MovementKind, accounts: list[XeroAccount]) -> XeroAccount | None:
    """Return the account that charts usually have for `kind`, if one stands out by its name.

    Of payouts the only other bank account there is, whatever its name.
    """
    if kind == MovementKind.PAYOUT and len(accounts) == 1:
        return accounts[0]
    for words in LIKELY.get(kind, ()):
        found = [one for one in accounts if words in one.name.lower()]
        if found:
            return found[0]
    return None


def proposed_tax(connection: Connection, fees: XeroAccount | None) -> XeroTaxRate | None:
    """Return the rate for tax within fees: the account's own, else what most expenses have."""
    rates = {
        rate.tax_type: rate
        for rate in connection.xero_tax_rates.filter(status="ACTIVE", percent__gt=0)
    }
    if fees is not None and fees.tax_type in rates:
        return rates[fees.tax_type]
    expenses = connection.accounts.filter(status="ACTIVE", account_class=EXPENSE)
    usual = Counter(one for one in expenses.values_list("tax_type", flat=True) if one in rates)
    return rates[usual.most_common(1)[0][0]] if usual else None
