"""The accounts step: proposals for categories and tax rates, and saving what a person chose.

A proposal is shown and never stored: money goes to an account only when a person has saved it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from django.db import models, transaction
from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from invoices.models import Invoice, InvoiceStatus, PaymentMethod, Product, ProductCategory, TaxRate
from xero_integration import outbox
from xero_integration.mapping import items, themes, tracking
from xero_integration.models import (
    CategoryAccount,
    Connection,
    Kind,
    Link,
    OutboxStatus,
    PaymentAccount,
    ProductAccount,
    TaxMapping,
    XeroAccount,
    XeroBrandingTheme,
    XeroTaxRate,
    XeroTrackingCategory,
    XeroTrackingOption,
)
from xero_integration.models.mirror import BANK
from xero_integration.payments import billing, card_accounts
from xero_integration.sending import waking

Named = TypeVar("Named", XeroAccount, XeroTrackingOption)
# Below this two names have hardly a word in common: by token_set_ratio "Chemicals" and
# "Sales - Chemicals" come to 100, strangers to less than 60.
SIMILAR_FROM = 75
# What most charts call the account that sales go to when nothing finer is kept.
GENERAL = "Sales"
# And the account that money comes in on.
GENERAL_BANK = "Business Bank Account"
ONLINE = "Stripe"
# Refusals of Xero's own: what it says of something that was changed there since we read it.
REFUSED_CODES = (
    *("account_archived", "account_invalid", "tax_not_for_account", "tax_invalid"),
    *("theme_invalid", "tracking_invalid"),
)
# The codes of mappings.Problem and of Xero's own refusals that another mapping mends.
MAPPING_CODES = (
    *("account_not_mapped", "account_unusable", "tax_not_mapped", "tax_unusable"),
    *("payment_account_not_mapped", "payment_account_unusable"),
    *("theme_unusable", "tracking_unusable"),
    *card_accounts.CODES,
    *REFUSED_CODES,
    *items.CODES,
)
# What a rounding line mends.
ROUNDING_CODES = ("total_differs",)
# The TaxTypes of Xero's Australian standard rates (facts: settings resources).
STANDARD = {True: "OUTPUT", False: "EXEMPTOUTPUT"}


def proposed_account(name: str, accounts: Sequence[XeroAccount]) -> XeroAccount | None:
    """Return the account whose name is like `name`, or the one for sales in general."""
    best = _most_like(name, accounts)
    return best or _most_like(GENERAL, accounts)


def _most_like(name: str, rows: Sequence[Named]) -> Named | None:
    def likeness(row: Named) -> tuple[float, float]:
        words = (name, row.name)
        return (
            fuzz.token_set_ratio(*words, processor=default_process),
            fuzz.ratio(*words, processor=default_process),
        )

    best = max(rows, key=likeness, default=None)
    return best if best and likeness(best)[0] >= SIMILAR_FROM else None


def proposed_rate(tax_rate: TaxRate, rates: Iterable[XeroTaxRate]) -> XeroTaxRate | None:
    """Return the organisation's rate that is most like ours, if one stands out.

    Several of Xero's rates are 0 %: the standard one or a like name decides, never the percent.
    """
    same = [rate for rate in rates if rate.percent == tax_rate.percent]
    standard = [rate for rate in same if rate.tax_type == STANDARD[tax_rate.percent > 0]]
    if standard:
        return standard[0]
    if len(same) == 1 and tax_rate.percent > 0:
        return same[0]
    score, best = max(
        ((fuzz.token_set_ratio(tax_rate.name, r.name, processor=default_process), r) for r in same),
        key=lambda pair: pair[0],
        default=(0.0, None),
    )
    return best if score >= SIMILAR_FROM else None


@dataclass(frozen=True)
class Chosen:
    """What a person chose on the accounts page; the category None is "no category"."""

    categories: Mapping[ProductCategory | None, XeroAccount]
    rates: Mapping[TaxRate, XeroTaxRate]
    invoice_status: str
    send_from: dt.date
    rounding_line: bool
    # By payment method; a method without one is left out.
    payments: Mapping[str, XeroAccount] = field(default_factory=dict)
    theme: XeroBrandingTheme | None = None
    mark_as_sent: bool = False
    options: tracking.Choices = field(default_factory=dict)
    by_area: Mapping[XeroTrackingCategory, bool] = field(default_factory=dict)


def save(connection: Connection, chosen: Chosen) -> int:
    """Store the mappings, open the way for invoices; return how many are on their way now.

    Invoices that were parked for a missing mapping go by themselves.
    """
    with transaction.atomic():
        _store(connection, chosen)
        connection.invoice_status = chosen.invoice_status
        connection.send_from = chosen.send_from
        connection.rounding_line = chosen.rounding_line
        connection.mark_as_sent = chosen.mark_as_sent
        columns = ["invoice_status", "send_from", "rounding_line", "mark_as_sent", "updated_at"]
        connection.save(update_fields=columns)
        # An earlier send-from date lets in invoices that were never queued: each save asks.
        outbox.open_invoices(connection)
        send_again(connection)
        if chosen.rounding_line:
            waking.not_ready(connection, ROUNDING_CODES)
    return connection.outbox.filter(kind=Kind.INVOICE, status=OutboxStatus.WAITING).count()


def _store(connection: Connection, chosen: Chosen) -> None:
    for category, account in chosen.categories.items():
        CategoryAccount.objects.update_or_create(
            connection=connection,
            category=category,
            defaults={"account": account, "business": connection.business},
        )
    connection.payment_accounts.exclude(method__in=chosen.payments).delete()
    for method, account in chosen.payments.items():
        PaymentAccount.objects.update_or_create(
            connection=connection,
            method=method,
            defaults={"account": account, "business": connection.business},
        )
    for tax_rate, rate in chosen.rates.items():
        TaxMapping.objects.update_or_create(
            connection=connection,
            tax_rate=tax_rate,
            defaults={"xero_tax_rate": rate, "business": connection.business},
        )
    themes.choose(connection, chosen.theme)
    tracking.choose(connection, chosen.options)
    for tracked, by_area in chosen.by_area.items():
        tracking.follow(tracked, by_area=by_area)


def send_again(connection: Connection) -> int:
    """Send what waited for a mapping; return how many do."""
    billing.reform(connection)
    return waking.not_ready(connection, MAPPING_CODES)


def refused(connection: Connection) -> int:
    """Count what Xero itself refused for a mapping: ours was read before it changed there."""
    parked = connection.outbox.filter(status=OutboxStatus.PARKED, error_code__in=REFUSED_CODES)
    return parked.count()


def proposed_option(name: str, options: Sequence[XeroTrackingOption]) -> XeroTrackingOption | None:
    """Return the option whose name is like the product category's, if there is one."""
    return _most_like(name, options)


def proposed_payment_account(method: str, accounts: Sequence[XeroAccount]) -> XeroAccount | None:
    """Return the bank account whose name is like the method's, or the one of the business.

    The only one there is, whatever its name; of several without a likeness a person chooses.
    Cards paid online go to an account that stands for the payment company's balance, or to none:
    the bank receives less than the invoices say, and several payments at once.
    """
    banks = [account for account in accounts if account.type == BANK]
    if method == PaymentMethod.CARD_ONLINE.label:
        return _most_like(ONLINE, banks)
    if len(banks) == 1:
        return banks[0]
    return _most_like(method, banks) or _most_like(GENERAL_BANK, banks)


def set_product_account(product: Product, account: XeroAccount) -> None:
    """Give one product an account of its own."""
    ProductAccount.objects.update_or_create(
        connection_id=account.connection_id,
        product=product,
        defaults={"account": account, "business_id": product.business_id},
    )


def unsent_invoices(connection: Connection, *, since: dt.date) -> models.QuerySet[Invoice]:
    """Issued invoices of `since` and later that Xero does not have."""
    sent = Link.objects.current().filter(
        connection=connection, kind=Kind.INVOICE, object_id=models.OuterRef("pk")
    )
    return Invoice.objects.filter(
        ~models.Exists(sent),
        business=connection.business_id,
        status=InvoiceStatus.ISSUED,
        date__gte=since,
    )


def differing_percent(tax_rate: TaxRate, rate: XeroTaxRate) -> str:
    """Say that the two rates would give two totals, or return an empty text."""
    if tax_rate.percent == rate.percent:
        return ""
    ours, theirs = (_percent(value) for value in (tax_rate.percent, rate.percent))
    return (
        f"“{tax_rate}” is {ours} here and “{rate}” is {theirs} in Xero: "
        "the totals would differ. Choose a rate of the same percent."
    )


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f} %"
