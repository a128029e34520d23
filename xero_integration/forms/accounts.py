"""The form of the account mapping: one choice for each category and each tax rate."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from invoices.models import PaymentMethod, Product, ProductCategory, TaxRate
from pooltrackr.lib.widgets import DateInput, SearchSelect
from xero_integration.mapping.mappings import account_trouble, payment_account_trouble, rate_trouble
from xero_integration.models import Connection, XeroAccount, XeroTaxRate
from xero_integration.models.connection import InvoiceStatusInXero
from xero_integration.sending import rounding
from xero_integration.wizard import accounts
from xero_integration.wizard.accounts import Chosen

CHOOSE = ("", "Choose…")
NONE_YET = ("", "None yet: its payments wait for you")
# A credit moves no money, so it needs no account.
PAID_BY = [one for one in PaymentMethod.choices if one[0] != PaymentMethod.CREDIT]
NO_CATEGORY = "category-none"
NO_ROUNDING_ACCOUNT = (
    "The organisation has no rounding account in use. Where Xero's total differs, you are asked."
)
ROUNDING_TAXED = (
    "Xero would tax a line on the rounding account “{account}”, and the organisation has no "
    "tax rate of 0 % in use that is meant for it. Where Xero's total differs, you are asked."
)


@dataclass(frozen=True)
class MappingRow:
    """One line of the page: what is ours, its field, and whether the value is only proposed."""

    title: str
    note: str
    field: BoundField
    proposed: bool


class AccountsForm(forms.Form):
    """Built from the business's own categories and rates and the organisation's chart."""

    invoice_status = forms.ChoiceField(
        label="Invoices arrive in Xero as",
        choices=InvoiceStatusInXero.choices,
        help_text="Only approved invoices count in reports and can be paid in Xero.",
    )
    send_from = forms.DateField(
        label="Send invoices dated from",
        widget=DateInput,
        help_text="Issued invoices of this day and later are sent; earlier ones stay out of Xero.",
    )

    rounding_line = forms.BooleanField(
        label="Add a rounding line where Xero's total differs by up to 5 cents",
        required=False,
        help_text="It goes to the organisation's rounding account. Without it you are asked.",
    )

    def __init__(self, data: Any = None, *, connection: Connection) -> None:
        self.connection = connection
        self.categories = list(ProductCategory.objects.filter(business=connection.business_id))
        self.rates = list(TaxRate.objects.filter(business=connection.business_id))
        self.accounts = {str(one.pk): one for one in connection.accounts.all()}
        self.xero_rates = {str(one.pk): one for one in connection.xero_tax_rates.all()}
        self.proposed: set[str] = set()
        super().__init__(data, initial=self._initial())
        for name, method in self._payment_fields().items():
            self.fields[name] = forms.ChoiceField(
                choices=self._payment_choices(), label=method, required=False
            )
        for name in (*self._category_fields(), *self._rate_fields()):
            self.fields[name] = forms.ChoiceField(
                choices=self._account_choices() if name.startswith("cat") else self._rate_choices(),
                label=self._title(name),
                error_messages={"required": f"Choose one for “{self._title(name)}”."},
            )

        if reason := self._no_rounding():
            self.fields["rounding_line"].disabled = True
            self.fields["rounding_line"].help_text = reason
            # What is disabled keeps its initial value, and this cannot be kept.
            self.initial["rounding_line"] = False

    def _no_rounding(self) -> str:
        """Say why rounding lines cannot be, or return an empty text."""
        accounts, rates = self.accounts.values(), self.xero_rates.values()
        account = rounding.account(accounts)
        if account is None:
            return NO_ROUNDING_ACCOUNT
        if rounding.place(accounts, rates) is None:
            return ROUNDING_TAXED.format(account=account)
        return ""

    # --- what is offered -----------------------------------------------------------------------

    def _category_fields(self) -> dict[str, ProductCategory | None]:
        fields: dict[str, ProductCategory | None] = {
            f"category-{category.pk}": category for category in self.categories
        }
        return {**fields, NO_CATEGORY: None}

    def _rate_fields(self) -> dict[str, TaxRate]:
        return {f"rate-{rate.pk}": rate for rate in self.rates}

    def _payment_fields(self) -> dict[str, str]:
        return {f"payment-{value}": str(label) for value, label in PAID_BY}

    def _title(self, name: str) -> str:
        if name in self._payment_fields():
            return self._payment_fields()[name]
        if name in self._rate_fields():
            return self._rate_fields()[name].name
        category = self._category_fields()[name]
        return category.name if category else "Lines without a category"

    def _usable_accounts(self) -> list[XeroAccount]:
        return [one for one in self.accounts.values() if not account_trouble(one)]

    def _usable_rates(self) -> list[XeroTaxRate]:
        return [one for one in self.xero_rates.values() if not rate_trouble(one)]

    def _account_choices(self) -> list[tuple[str, str]]:
        """The usable accounts; a chosen one that is no longer stays visible, with the reason."""
        usable = [(str(one.pk), str(one)) for one in self._usable_accounts()]
        return [CHOOSE, *usable, *self._stale(self.accounts, {key for key, _ in usable})]

    def _payment_choices(self) -> list[tuple[str, str]]:
        """The accounts that take payments; a chosen one that no longer does stays visible."""
        usable = [
            (str(one.pk), str(one))
            for one in self.accounts.values()
            if not payment_account_trouble(one)
        ]
        return [NONE_YET, *usable, *self._stale(self.accounts, {key for key, _ in usable})]

    def _rate_choices(self) -> list[tuple[str, str]]:
        usable = [
            (str(one.pk), f"{one.name} ({one.percent.normalize():f} %)")
            for one in self._usable_rates()
        ]
        return [CHOOSE, *usable, *self._stale(self.xero_rates, {key for key, _ in usable})]

    def _stale(self, rows: dict[str, Any], usable: set[str]) -> list[tuple[str, str]]:
        chosen = {str(value) for value in self._saved.values()}
        return [
            (key, f"{row} (no longer usable)")
            for key, row in rows.items()
            if key in chosen and key not in usable
        ]

    # --- what stands ---------------------------------------------------------------------------

    def _initial(self) -> dict[str, Any]:
        connection = self.connection
        self._saved: dict[str, str] = (
            {
                f"category-{row.category_id or 'none'}": str(row.account_id)
                for row in connection.category_accounts.all()
            }
            | {
                f"rate-{row.tax_rate_id}": str(row.xero_tax_rate_id)
                for row in connection.tax_mappings.all()
            }
            | {
                f"payment-{row.method}": str(row.account_id)
                for row in connection.payment_accounts.all()
            }
        )
        return {
            **self._proposals(),
            **self._saved,
            "invoice_status": connection.invoice_status,
            "send_from": connection.send_from,
            "rounding_line": connection.rounding_line,
        }

    def _proposals(self) -> dict[str, str]:
        found: dict[str, str] = {}
        usable = self._usable_accounts()
        for name, category in self._category_fields().items():
            if name not in self._saved:
                words = category.name if category else accounts.GENERAL
                account = accounts.proposed_account(words, usable)
                found[name] = str(account.pk) if account else ""
        for name, rate in self._rate_fields().items():
            if name not in self._saved:
                best = accounts.proposed_rate(rate, self._usable_rates())
                found[name] = str(best.pk) if best else ""
        found |= self._payment_proposals()
        self.proposed = {name for name, value in found.items() if value}
        return found

    def _payment_proposals(self) -> dict[str, str]:
        """A bank account for each method, until a person has chosen for any."""
        if any(name.startswith("payment-") for name in self._saved):
            return {}
        usable = [one for one in self.accounts.values() if not payment_account_trouble(one)]
        found = {
            name: accounts.proposed_payment_account(method, usable)
            for name, method in self._payment_fields().items()
        }
        return {name: str(bank.pk) for name, bank in found.items() if bank}

    def payment_rows(self) -> list[MappingRow]:
        return [self._row(name, "") for name in self._payment_fields()]

    def category_rows(self) -> list[MappingRow]:
        return [self._row(name, "") for name in self._category_fields()]

    def rate_rows(self) -> list[MappingRow]:
        return [
            self._row(name, "" if _says_percent(rate) else f"{rate.percent.normalize():f} %")
            for name, rate in self._rate_fields().items()
        ]

    def _row(self, name: str, note: str) -> MappingRow:
        proposed = name in self.proposed and not self.is_bound
        return MappingRow(self._title(name), note, self[name], proposed)

    # --- what comes back -----------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self._category_fields():
            if (account := self.accounts.get(cleaned.get(name, ""))) is None:
                continue
            if trouble := account_trouble(account):
                self.add_error(name, f"{trouble} Choose another one.")
        for name in self._payment_fields():
            account = self.accounts.get(cleaned.get(name, ""))
            if account and (trouble := payment_account_trouble(account)):
                self.add_error(name, f"{trouble} Choose another one.")
        for name, rate in self._rate_fields().items():
            if (chosen := self.xero_rates.get(cleaned.get(name, ""))) is None:
                continue
            trouble = rate_trouble(chosen) or accounts.differing_percent(rate, chosen)
            if trouble:
                self.add_error(name, trouble)
        return cleaned

    def clean_send_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["send_from"]
        locks = (self.connection.period_lock_date, self.connection.end_of_year_lock_date)
        locked = max((lock for lock in locks if lock), default=None)
        if locked and day <= locked:
            raise forms.ValidationError(
                f"The books in Xero are locked up to {locked:%-d %B %Y}: Xero would refuse "
                "invoices of that time. Choose a later day."
            )
        return day

    @property
    def chosen(self) -> Chosen:
        cleaned = self.cleaned_data
        return Chosen(
            categories={
                category: self.accounts[cleaned[name]]
                for name, category in self._category_fields().items()
            },
            rates={
                rate: self.xero_rates[cleaned[name]] for name, rate in self._rate_fields().items()
            },
            invoice_status=cleaned["invoice_status"],
            send_from=cleaned["send_from"],
            rounding_line=cleaned["rounding_line"],
            payments={
                name.removeprefix("payment-"): self.accounts[cleaned[name]]
                for name in self._payment_fields()
                if cleaned.get(name)
            },
        )


def _says_percent(rate: TaxRate) -> bool:
    """Say whether the name of `rate` tells its percentage already, as in "GST 10%"."""
    return f"{rate.percent.normalize():f}%" in rate.name.replace(" ", "")


class ProductAccountForm(forms.Form):
    """One product whose sales go to an account of its own."""

    product = forms.ModelChoiceField(
        Product.objects.none(),
        empty_label="Choose a product…",
        widget=SearchSelect(placeholder="Search products"),
    )
    account = forms.ModelChoiceField(XeroAccount.objects.none(), empty_label="Choose an account…")

    def __init__(self, data: Any = None, *, connection: Connection) -> None:
        super().__init__(data)
        own = connection.product_accounts.values("product")
        products = Product.objects.active().filter(business=connection.business_id)
        self.fields["product"].queryset = products.exclude(pk__in=own)  # type: ignore[attr-defined]
        self.fields["account"].queryset = connection.accounts.for_sales()  # type: ignore[attr-defined]
