"""The mapping rules: what in Xero each invoice goes with, and which account each line goes to.

Owns reading the mappings and saying what is missing. It never guesses: an account or a rate that a
person has not chosen, or that Xero no longer accepts, is a problem with words for that person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from invoices.models import Invoice, InvoiceLine, Payment, Product, TaxMode, TaxRate
from xero_integration.mapping import items, themes, tracking
from xero_integration.models import (
    Connection,
    XeroAccount,
    XeroBrandingTheme,
    XeroItem,
    XeroTaxRate,
    XeroTrackingOption,
)
from xero_integration.models.mirror import BANK, REVENUE
from xero_integration.sending import rounding
from xero_integration.sending.rounding import Place


@dataclass(frozen=True)
class Problem:
    """Why an invoice cannot be sent as the mappings stand."""

    code: str
    message: str


def account_trouble(account: XeroAccount) -> str:
    """Say why sales lines cannot go to `account`, or return an empty text."""
    if account.status != "ACTIVE":
        return f"The account “{account}” is archived in Xero."
    if account.account_class != REVENUE:
        return f"The account “{account}” is not an income account in Xero."
    if account.system_account:
        return f"Xero keeps the account “{account}” for itself."
    return ""


def rate_trouble(rate: XeroTaxRate) -> str:
    """Say why sales lines cannot carry `rate`, or return an empty text."""
    if rate.status != "ACTIVE":
        return f"The tax rate “{rate}” is no longer active in Xero."
    if not rate.can_apply_to_revenue:
        return f"The tax rate “{rate}” does not apply to income in Xero."
    return ""


def payment_account_trouble(account: XeroAccount) -> str:
    """Say why payments cannot go to `account`, or return an empty text."""
    if account.status != "ACTIVE":
        return f"The account “{account}” is archived in Xero."
    if account.type != BANK and not account.enable_payments:
        return f"The account “{account}” takes no payments in Xero."
    if account.system_account:
        return f"Xero keeps the account “{account}” for itself."
    return ""


@dataclass(frozen=True)
class Mappings:
    """All mappings of one connection, in memory: asking for a line makes no query.

    Callers load lines with their product, so that its category is known.
    """

    # By category key; the key None is the account of lines without category.
    categories: dict[int | None, XeroAccount] = field(default_factory=dict)
    products: dict[UUID, XeroAccount] = field(default_factory=dict)
    rates: dict[int, XeroTaxRate] = field(default_factory=dict)
    # By payment method.
    payments: dict[str, XeroAccount] = field(default_factory=dict)
    # For rounding lines; none where the business does not want them.
    rounding: Place | None = None
    # For new invoices; None leaves it to the organisation.
    theme: XeroBrandingTheme | None = None
    mark_as_sent: bool = False
    options: tracking.Options = field(default_factory=dict)
    areas: tracking.AreaOptions = field(default_factory=dict)
    # By product; None where its item is gone.
    price_list: Mapping[UUID, XeroItem | None] = field(default_factory=dict)

    def account_for(self, line: InvoiceLine) -> XeroAccount | None:
        """Return the account chosen for `line`: the product's own, its category's, or none's."""
        return self.account_of(line.product)

    def account_of(self, product: Product | None) -> XeroAccount | None:
        if product is None:
            return self.categories.get(None)
        return self.products.get(product.pk) or self.categories.get(product.category_id)

    def account_id_for(self, line: InvoiceLine) -> str | None:
        """Return the AccountID for `line`, or None when no usable account is chosen."""
        account = self.account_for(line)
        return account.xero_id if account and not account_trouble(account) else None

    def tax_type_for(self, tax_rate: TaxRate) -> str | None:
        """Return the TaxType for `tax_rate`, or None when no usable rate is chosen."""
        rate = self.rates.get(tax_rate.pk)
        return rate.tax_type if rate and not rate_trouble(rate) else None

    def payment_problem(self, payment: Payment) -> Problem | None:
        """Return what stands against sending `payment`, if anything does."""
        account = self.payments.get(payment.method)
        if account is None:
            method = payment.get_method_display()
            message = f"No Xero account is chosen for payments by “{method}”."
            return Problem("payment_account_not_mapped", message)
        trouble = payment_account_trouble(account)
        return Problem("payment_account_unusable", trouble) if trouble else None

    def tracking_for(self, line: InvoiceLine) -> Sequence[XeroTrackingOption]:
        category = line.product.category_id if line.product else None
        by_area = self.areas.get(tracking.area_of(line.invoice), ()) if self.areas else ()
        return [*self.options.get(category, ()), *by_area]

    def item_for(self, line: InvoiceLine) -> XeroItem | None:
        return self.price_list.get(line.product_id) if line.product_id else None

    def problems(self, invoice: Invoice, *, is_new: bool = True) -> list[Problem]:
        """Return what stands against sending `invoice`, each cause once."""
        # As the caller loaded them: a query for each invoice was most of a batch's time.
        lines = list(invoice.lines.all())
        found = self.problems_of(lines, tax_mode=invoice.tax_mode)
        # The theme of one that Xero has is Xero's own affair.
        if is_new and self.theme and (trouble := themes.trouble(self.theme)):
            found.append(Problem("theme_unusable", trouble))
        for line in lines:
            found += [*self.tracking_problems(line), *filter(None, [self._item_problem(line)])]
        return list(dict.fromkeys(found))

    def problems_of(self, lines: Sequence[InvoiceLine], *, tax_mode: str) -> list[Problem]:
        """Return what stands against the accounts and taxes of `lines`, each cause once."""
        found = [self.product_problem(line.product) for line in lines]
        if tax_mode != TaxMode.NO_TAX:
            found += [self.rate_problem(line.tax_rate) for line in lines]
        return list(dict.fromkeys(problem for problem in found if problem))

    def product_problem(self, product: Product | None) -> Problem | None:
        """Return what stands against the account of `product`, or of lines that have none."""
        account = self.account_of(product)
        if account is None:
            message = f"No Xero account is chosen for {_group(product)}."
            return Problem("account_not_mapped", message)
        trouble = account_trouble(account)
        return Problem("account_unusable", trouble) if trouble else None

    def tracking_problems(self, line: InvoiceLine) -> list[Problem]:
        troubles = [tracking.trouble(option) for option in self.tracking_for(line)]
        return [Problem("tracking_unusable", trouble) for trouble in troubles if trouble]

    def _item_problem(self, line: InvoiceLine) -> Problem | None:
        if line.product_id not in self.price_list:
            return None
        trouble = items.trouble(self.item_for(line))
        return Problem("item_unusable", trouble) if trouble else None

    def rate_problem(self, tax_rate: TaxRate) -> Problem | None:
        rate = self.rates.get(tax_rate.pk)
        if rate is None:
            return Problem("tax_not_mapped", f"No Xero tax rate is chosen for “{tax_rate}”.")
        trouble = rate_trouble(rate)
        return Problem("tax_unusable", trouble) if trouble else None


def _group(product: Product | None) -> str:
    if product is None or product.category is None:
        return "lines without a product category"
    return f"the product category “{product.category}”"


def resolve(connection: Connection) -> Mappings:
    """Load the mappings of `connection`; the queries do not grow with what is mapped."""
    categories = connection.category_accounts.select_related("account")
    products = connection.product_accounts.select_related("account")
    rates = connection.tax_mappings.select_related("xero_tax_rate")
    payments = connection.payment_accounts.select_related("account")
    return Mappings(
        categories={row.category_id: row.account for row in categories},
        products={row.product_id: row.account for row in products},
        rates={row.tax_rate_id: row.xero_tax_rate for row in rates},
        payments={row.method: row.account for row in payments},
        rounding=_rounding(connection) if connection.rounding_line else None,
        theme=themes.chosen(connection),
        mark_as_sent=connection.mark_as_sent,
        options=tracking.chosen(connection),
        areas=tracking.chosen_areas(connection),
        price_list=items.linked(connection),
    )


def _rounding(connection: Connection) -> Place | None:
    return rounding.place(connection.accounts.all(), connection.xero_tax_rates.all())


def unusable(connection: Connection) -> list[Problem]:
    """Return the saved choices that Xero no longer accepts, each cause once."""
    mappings = resolve(connection)
    accounts = [*mappings.categories.values(), *mappings.products.values()]
    found = [Problem("account_unusable", account_trouble(account)) for account in accounts]
    found += [Problem("tax_unusable", rate_trouble(rate)) for rate in mappings.rates.values()]
    troubles = [payment_account_trouble(account) for account in mappings.payments.values()]
    found += [Problem("payment_account_unusable", trouble) for trouble in troubles]
    if mappings.theme:
        found.append(Problem("theme_unusable", themes.trouble(mappings.theme)))
    places = [*mappings.options.values(), *mappings.areas.values()]
    options = [option for chosen in places for option in chosen]
    found += [Problem("tracking_unusable", tracking.trouble(option)) for option in options]
    return list(dict.fromkeys(problem for problem in found if problem.message))
