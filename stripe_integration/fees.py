"""What a payer is asked on top: which cards, how much, and the line that it becomes.

Only where the law allows it on that day (`surcharges.law`), and only as much as it says. The payer
chooses the card before the amount, and Stripe's page then takes no other, so that nobody pays a
fee for a card that may not have one.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from businesses.models import Business
from invoices.dates import today
from invoices.models import Invoice, TaxMode, TaxRate
from invoices.services import LineData
from invoices.totals import line_tax
from pooltrackr.lib.money import CENT, ZERO, rounded
from stripe_integration.models import (
    ContactPaying,
    InvoicePaying,
    Method,
    OnCharge,
    StripeAccount,
)
from stripe_integration.surcharges.amounts import HUNDRED, gross_up, on_charge
from stripe_integration.surcharges.cards import Brand
from stripe_integration.surcharges.law import lawful_brands
from stripe_integration.surcharges.rates import Rate, standard_rate

ALL, AMEX, OTHER = "", "amex", "other"
LABELS = {ALL: "Any card", AMEX: "American Express", OTHER: "Visa, Mastercard or another card"}
# Stripe's names of what its page does not take, by what the payer chose. Source:
# docs.stripe.com/api/checkout/sessions/create, payment_method_options.card.restrictions.
BLOCKED: dict[str, list[str]] = {
    ALL: [],
    AMEX: ["visa", "mastercard", "discover_global_network"],
    OTHER: ["american_express"],
}


@dataclass(frozen=True)
class Option:
    """A choice of the payer: which cards, and the fee on top, with the tax in it."""

    cards: str
    fee: Decimal

    @property
    def label(self) -> str:
        return LABELS[self.cards]


def settings_of(business: Business) -> OnCharge:
    """Return the settings of a business; before any were made, unsaved ones without a fee."""
    found = OnCharge.objects.filter(business=business).select_related("tax_rate", "product").first()
    return found or OnCharge(business=business)


def options(
    invoice: Invoice, account: StripeAccount, amount: Decimal | None = None
) -> list[Option]:
    """Return what the payer of `amount`, or of all that is due, may choose from today.

    It is one option, or one with and one without a fee.
    """
    chosen = settings_of(invoice.business)
    amount = invoice.amount_due if amount is None else amount
    fee = _fee(invoice, account, chosen, amount) if is_wanted(invoice, chosen) else ZERO
    if not fee:
        return [Option(ALL, ZERO)]
    lawful = lawful_brands(account.country, list(Brand), on=today(invoice.business))
    if chosen.ignores_law or len(lawful) == len(Brand):
        return [Option(ALL, fee)]
    if Brand.AMEX in lawful:
        return [Option(AMEX, fee), Option(OTHER, ZERO)]
    return [Option(ALL, ZERO)]


def is_wanted(invoice: Invoice, chosen: OnCharge) -> bool:
    """Say whether the nearest switch says yes; without a method there is nothing to charge."""
    if chosen.method == Method.NONE:
        return False
    own = InvoicePaying.objects.filter(invoice=invoice).exclude(on_charges=None).first()
    contact = ContactPaying.objects.filter(contact=invoice.contact_id).exclude(on_charges=None)
    nearest = own or contact.first()
    return bool(nearest.on_charges) if nearest else True


def cost_of(chosen: OnCharge, *, country: str, on: dt.date) -> Rate | None:
    """Return what Stripe takes of this business: the price it entered, or Stripe's standard one."""
    if chosen.rate_percent is not None:
        return Rate(chosen.rate_percent, chosen.rate_fixed or ZERO)
    return standard_rate(country, on=on)


def amount_of(chosen: OnCharge, due: Decimal, cost: Rate | None) -> Decimal:
    """Return the fee on an amount by the settings, never more than the payment costs."""
    if cost is None or chosen.method == Method.NONE:
        return ZERO
    if chosen.method == Method.GROSS_UP:
        return gross_up(due, cost)
    return on_charge(due, Rate(chosen.percent, chosen.fixed), cost=cost)


def _fee(invoice: Invoice, account: StripeAccount, chosen: OnCharge, amount: Decimal) -> Decimal:
    cost = cost_of(chosen, country=account.country, on=today(invoice.business))
    wanted = amount_of(chosen, amount, cost)
    price = price_for(wanted, tax_of(chosen), tax_mode=invoice.tax_mode)
    return with_tax(price, tax_of(chosen), tax_mode=invoice.tax_mode)


def tax_of(chosen: OnCharge) -> TaxRate:
    return chosen.tax_rate or chosen.business.tax_rates.get(is_default=True)


def price_for(fee: Decimal, tax_rate: TaxRate, *, tax_mode: str) -> Decimal:
    """Return the price of a line that comes to `fee` with its tax, or to a cent less.

    Where prices are without tax not every amount can be met: 5 cents and 10 % make 6.
    """
    if tax_mode != TaxMode.EXCLUSIVE:
        return fee
    price = rounded(fee / (1 + tax_rate.percent / HUNDRED))
    while price > 0 and with_tax(price, tax_rate, tax_mode=tax_mode) > fee:
        price -= CENT
    return price


def with_tax(price: Decimal, tax_rate: TaxRate, *, tax_mode: str) -> Decimal:
    """Return what a line of that price adds to the total of an invoice."""
    if tax_mode != TaxMode.EXCLUSIVE:
        return price
    return price + line_tax(price, tax_rate.percent, tax_mode=tax_mode)


def line_for(business: Business, fee: Decimal, *, cards: str, tax_mode: str) -> LineData:
    """Return the line of an invoice that a fee becomes."""
    chosen = settings_of(business)
    tax_rate = tax_of(chosen)
    which = f" ({LABELS[cards]})" if cards == AMEX else ""
    return LineData(
        description=f"Card fee{which}",
        quantity=Decimal(1),
        unit_price=price_for(fee, tax_rate, tax_mode=tax_mode),
        tax_rate=tax_rate,
        product=chosen.product,
    )


def is_kept(cards: str, brand: str) -> bool:
    """Say whether the card that paid is one that was chosen: eftpos cards cannot be kept out."""
    return cards == ALL or (brand == Brand.AMEX) == (cards == AMEX)
