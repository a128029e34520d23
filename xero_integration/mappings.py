"""The mapping rules: which account and tax rate in Xero each invoice line goes to.

Owns reading the mappings and saying what is missing. It never guesses: an account or a rate that a
person has not chosen, or that Xero no longer accepts, is a problem with words for that person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from invoices.models import Invoice, InvoiceLine, Payment, TaxMode, TaxRate
from xero_integration import rounding
from xero_integration.models import Connection, XeroAccount, XeroTaxRate
from xero_integration.models.mirror import BANK, REVENUE
from xero_integration.rounding import Place


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

    def account_for(self, line: InvoiceLine) -> XeroAccount | None:
        """Return the account chosen for `line`: the product's own, its category's, or none's."""
        product = line.product
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

    def problems(self, invoice: Invoice) -> list[Problem]:
        """Return what stands against sending `invoice`, each cause once."""
        # As the caller loaded them: a query for each invoice was most of a batch's time.
        return self.problems_of(list(invoice.lines.all()), tax_mode=invoice.tax_mode)

    def problems_of(self, lines: Sequence[InvoiceLine], *, tax_mode: str) -> list[Problem]:
        """Return what stands against sending `lines`, each cause once."""
        found = [self._account_problem(line) for line in lines]
        if tax_mode != TaxMode.NO_TAX:
            found += [self._rate_problem(line.tax_rate) for line in lines]
        return list(dict.fromkeys(problem for problem in found if problem))

    def _account_problem(self, line: InvoiceLine) -> Problem | None:
        account = self.account_for(line)
        if account is None:
            return Problem("account_not_mapped", f"No Xero account is chosen for {_group(line)}.")
        trouble = account_trouble(account)
        return Problem("account_unusable", trouble) if trouble else None

    def _rate_problem(self, tax_rate: TaxRate) -> Problem | None:
        rate = self.rates.get(tax_rate.pk)
        if rate is None:
            return Problem("tax_not_mapped", f"No Xero tax rate is chosen for “{tax_rate}”.")
        trouble = rate_trouble(rate)
        return Problem("tax_unusable", trouble) if trouble else None


def _group(line: InvoiceLine) -> str:
    if line.product is None or line.product.category is None:
        return "lines without a product category"
    return f"the product category “{line.product.category}”"


def resolve(connection: Connection) -> Mappings:
    """Load the mappings of `connection`, in four queries, or six with rounding lines."""
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
    return list(dict.fromkeys(problem for problem in found if problem.message))
