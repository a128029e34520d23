"""The editor at work on one request: looks up what the texts name, and checks and sums them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q

from businesses.models import Business
from contacts.models import Contact, Pool
from invoices.dates import due_by_terms
from invoices.editor.state import MOST_LINES, State, new_line, version_of
from invoices.figures import figure
from invoices.forms.invoice import InvoiceForm, LineForm
from invoices.models import Invoice, Product, TaxMode, TaxRate
from invoices.services import InvoiceData, LineData
from invoices.totals import LineTotals, Totals, line_totals, totals

FOUND = 8  # contacts offered at once: what fits under the box without scrolling


@dataclass(frozen=True)
class Row:
    """A line of the page: its form, and its amount when its figures make sense."""

    form: LineForm
    amounts: LineTotals | None


class Editor:
    """One invoice being written: `state` is changed by `apply`, then shown or saved."""

    def __init__(self, business: Business, state: State, *, invoice: Invoice | None = None) -> None:
        self.business = business
        self.state = state
        self.invoice = invoice
        # Errors are shown once somebody has asked to save, not while the invoice is being written.
        self.checked = False
        self.focus = ""
        if not state.keys:
            self._add_line()
        self._pick_products()
        self._set_due_date()

    # --- what the buttons do ---------------------------------------------------------------

    def apply(self, action: str) -> None:
        """Do what a button says, such as "add-line" or "remove:3"; what is unknown only redraws."""
        verb, _, argument = action.partition(":")
        if verb == "add-line" and len(self.state.keys) < MOST_LINES:
            self.focus = self._add_line()
        elif verb == "remove":
            self.state.remove_line(argument)
        elif verb in ("up", "down"):
            self.state.move_line(argument, by=-1 if verb == "up" else 1)
        elif verb == "contact":
            self._choose_contact(argument)
        elif verb == "change-contact":
            self._choose_contact("")

    def _add_line(self) -> str:
        return self.state.add_line(new_line(self.rates))

    def _choose_contact(self, pk: str) -> None:
        self.state.values |= {"contact": pk, "contact_query": ""}
        for name in ("contact", "pools"):
            self.__dict__.pop(name, None)
        # The only pool is meant; of several, none is guessed.
        kept = self.state.values.get("pool", "")
        own = [str(pool.pk) for pool in self.pools]
        self.state.values["pool"] = kept if kept in own else own[0] if len(own) == 1 else ""
        self._set_due_date()

    def _choose_typed_contact(self) -> None:
        """Take a name that was typed in full without being picked, where it can mean only one."""
        query = self.state.values.get("contact_query", "").strip()
        if self.contact is not None or not query:
            return
        named = self.business.contacts.active().filter(name__iexact=query)[:2]
        if len(named) == 1:
            self._choose_contact(str(named[0].pk))

    # --- what the texts name ---------------------------------------------------------------

    @cached_property
    def rates(self) -> dict[str, TaxRate]:
        """Tax rates by key as text, the default first."""
        return {str(rate.pk): rate for rate in self.business.tax_rates.all()}

    @cached_property
    def contact(self) -> Contact | None:
        pk = _uuid(self.state.values.get("contact", ""))
        contacts = self.business.contacts.select_related("business")
        return contacts.filter(pk=pk).first() if pk else None

    @cached_property
    def pools(self) -> list[Pool]:
        """The contact's pools in use, and the one that the invoice has now."""
        if self.contact is None:
            return []
        own = Q(contacts=self.contact, archived_at=None)
        if self.invoice and self.invoice.contact_id == self.contact.pk and self.invoice.pool_id:
            own |= Q(pk=self.invoice.pool_id)
        return list(self.business.pools.filter(own).distinct())

    @cached_property
    def found_contacts(self) -> Sequence[Contact]:
        query = self.state.values.get("contact_query", "").strip()
        if self.contact is not None or not query:
            return []
        return list(self.business.contacts.active().search(query)[:FOUND])

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """The products that the lines name, by code and by name in lower case."""
        items = {self.state.line(key, "item").strip() for key in self.state.keys} - {""}
        held = {_uuid(self.state.line(key, "product")) for key in self.state.keys} - {None}
        wanted = Q(pk__in=held)
        for item in items:
            wanted |= Q(code__iexact=item, archived_at=None)
            wanted |= Q(name__iexact=item, archived_at=None)
        found = list(self.business.products.filter(wanted)) if items or held else []
        by_name = {product.name.lower(): product for product in found}
        # A code wins over another product's name.
        return by_name | {product.code.lower(): product for product in found}

    def _pick_products(self) -> None:
        """Fill a line from its product when another product has been typed into it."""
        for key in self.state.keys:
            item = self.state.line(key, "item").strip().lower()
            product = self.products.get(item) if item else None
            picked = str(product.pk) if product else ""
            if product and picked != self.state.line(key, "product"):
                self._fill_line(key, product)
            self.state.set_line(key, product=picked)

    def _fill_line(self, key: str, product: Product) -> None:
        self.state.set_line(
            key,
            item=product.code,
            description=product.description or product.name,
            unit_price=figure(product.price, places=2),
            tax_rate=str(product.tax_rate_id),
            quantity=self.state.line(key, "quantity") or "1",
        )

    def _set_due_date(self) -> None:
        """Keep the due date to the terms, as long as nobody has chosen another."""
        date = _date(self.state.values.get("date", ""))
        if self.contact is None or date is None:
            return
        by_terms = str(due_by_terms(self.contact, date=date))
        values = self.state.values
        if values.get("due_date", "") in ("", values.get("auto_due", "")):
            values["due_date"] = by_terms
        values["auto_due"] = by_terms

    @property
    def due_by_terms(self) -> bool:
        return self.state.values.get("due_date", "") == self.state.values.get("auto_due", "")

    # --- what the page shows ---------------------------------------------------------------

    @cached_property
    def form(self) -> InvoiceForm:
        arguments: dict[str, Any] = {
            "business": self.business,
            "chosen": self.contact,
            "pools": self.pools,
            "current_tax_mode": self.invoice.tax_mode if self.invoice else "",
        }
        if self.checked:
            return InvoiceForm(self.state.values, **arguments)
        return InvoiceForm(initial=self.state.values, **arguments)

    @cached_property
    def rows(self) -> list[Row]:
        return [Row(form, amounts) for form, amounts in zip(self._shown, self._sums, strict=True)]

    @property
    def _shown(self) -> list[LineForm]:
        """Forms for the page: with errors once checked, and never for an untouched line."""
        return [
            form
            if self.checked and not self.state.is_untouched(form.key)
            else self._unbound(form.key)
            for form in self._bound
        ]

    @cached_property
    def _bound(self) -> list[LineForm]:
        return [self._line_form(key, data=self.state.values) for key in self.state.keys]

    def _unbound(self, key: str) -> LineForm:
        initial = {name: self.state.line(key, name) for name in LineForm.base_fields}
        return self._line_form(key, initial=initial)

    def _line_form(self, key: str, **texts: Any) -> LineForm:
        return LineForm(**texts, key=key, rates=self.rates, products=self.products)

    @cached_property
    def _sums(self) -> list[LineTotals | None]:
        return [self._sum(form) for form in self._bound]

    def _sum(self, form: LineForm) -> LineTotals | None:
        """The amount of a line whose figures can be read, whatever its words still lack."""
        form.is_valid()
        wanted = ("quantity", "unit_price", "discount_percent", "tax_rate")
        if any(name not in form.cleaned_data for name in wanted):
            return None
        quantity, price, discount, rate = (form.cleaned_data[name] for name in wanted)
        return line_totals(quantity, price, discount, rate.percent, self.tax_mode)

    @property
    def tax_mode(self) -> str:
        mode = self.state.values.get("tax_mode", "")
        return mode if mode in TaxMode.values else TaxMode.EXCLUSIVE

    @cached_property
    def totals(self) -> Totals:
        return totals((line for line in self._sums if line), tax_mode=self.tax_mode)

    @property
    def unread(self) -> int:
        """How many lines with something in them are not in the totals."""
        return sum(
            amounts is None and not self.state.is_untouched(key)
            for key, amounts in zip(self.state.keys, self._sums, strict=True)
        )

    @property
    def has_errors(self) -> bool:
        return self.checked and bool(self.form.errors or any(row.form.errors for row in self.rows))

    # --- saving ----------------------------------------------------------------------------

    def is_valid(self) -> bool:
        """Check everything; from now on the page shows what is wrong."""
        self.checked = True
        self._choose_typed_contact()
        self.__dict__.pop("form", None)
        self.__dict__.pop("rows", None)
        written = [form for form in self._bound if not self.state.is_untouched(form.key)]
        # Both are asked, so that all errors show at once.
        valid = [self.form.is_valid(), *(form.is_valid() for form in written)]
        if len(written) > MOST_LINES:
            self.form.add_error(
                None, f"An invoice has up to {MOST_LINES} lines. Write the rest on a second one."
            )
            return False
        if all(valid) and self._changed_meanwhile():
            self.form.add_error(
                None,
                "Somebody else saved this invoice while you were writing. Compare it with the "
                "saved one in another tab; saving again puts yours in its place.",
            )
            return False
        return all(valid)

    def _changed_meanwhile(self) -> bool:
        if self.invoice is None:
            return False
        now, seen = version_of(self.invoice), self.state.values.get("version", "")
        if now == seen:
            return False
        # The next press of the button means it.
        self.state.values["version"] = now
        self.form.data = self.state.values
        return True

    @property
    def data(self) -> InvoiceData:
        """What the checked forms ask for."""
        head = self.form.cleaned_data
        assert self.contact is not None
        return InvoiceData(
            contact=self.contact,
            pool=head["pool"],
            date=head["date"],
            due_date=head["due_date"],
            service_date=head["service_date"],
            reference=head["reference"],
            notes=head["notes"],
            tax_mode=head["tax_mode"],
            lines=[
                line_data(form.cleaned_data)
                for form in self._bound
                if not self.state.is_untouched(form.key)
            ],
        )

    @property
    def key(self) -> UUID:
        key: UUID = self.form.cleaned_data["key"]
        return key


def line_data(cleaned: dict[str, Any]) -> LineData:
    return LineData(
        id=cleaned["id"],
        product=cleaned["item"],
        description=cleaned["description"],
        quantity=cleaned["quantity"],
        unit_price=cleaned["unit_price"],
        discount_percent=cleaned["discount_percent"],
        tax_rate=cleaned["tax_rate"],
    )


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None
