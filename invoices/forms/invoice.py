"""The forms of the invoice editor: one for the head, one for each line.

They are plain forms: a ModelForm would ask the database for every constraint of every line.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from businesses.models import Business
from contacts.models import Contact, Pool
from invoices.models import Product, TaxMode, TaxRate
from pooltrackr.lib.widgets import DayField

Rates = Mapping[str, TaxRate]


def tax_mode_choices(business: Business, *, current: str = "") -> list[tuple[str, str]]:
    """All tax modes, or only "No tax" (and what stands) where no GST may be charged."""
    if business.gst_registered:
        return list(TaxMode.choices)
    return [choice for choice in TaxMode.choices if choice[0] in (TaxMode.NO_TAX, current)]


class InvoiceForm(forms.Form):
    """Contact, dates and words of an invoice. `contact` is chosen before, by the editor."""

    contact_query = forms.CharField(
        label="Contact",
        required=False,
        max_length=255,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autofocus": True,  # shown only while no contact is chosen: first of all
                "placeholder": "Name, e-mail, phone or suburb",
            }
        ),
    )
    pool = forms.ChoiceField(required=False)
    date = DayField(label="Invoice date")
    due_date = DayField(required=False)
    service_date = DayField(required=False)
    reference = forms.CharField(required=False, max_length=255)
    tax_mode = forms.ChoiceField(label="Amounts are")
    notes = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Printed under the lines.",
    )
    contact = forms.CharField(required=False, widget=forms.HiddenInput)
    auto_due = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        business: Business,
        chosen: Contact | None,
        pools: Sequence[Pool],
        current_tax_mode: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        self.pools = {str(pool.pk): pool for pool in pools}
        pool_field, mode_field = self.fields["pool"], self.fields["tax_mode"]
        assert isinstance(pool_field, forms.ChoiceField)
        assert isinstance(mode_field, forms.ChoiceField)
        pool_field.choices = [("", "No pool"), *((pk, pool_label(p)) for pk, p in self._pools())]
        mode_field.choices = tax_mode_choices(business, current=current_tax_mode)

    def _pools(self) -> list[tuple[str, Pool]]:
        return list(self.pools.items())

    def clean_pool(self) -> Pool | None:
        return self.pools.get(self.cleaned_data["pool"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.chosen is None:
            self.add_error("contact_query", "Choose a contact: type a part of the name and pick.")
        elif self.chosen.is_archived:
            self.add_error(
                "contact_query", "This contact is archived. Restore it, or choose another one."
            )
        date, due = data.get("date"), data.get("due_date")
        if date and due and due < date:
            self.add_error("due_date", "This is before the invoice date.")
        return data


def pool_label(pool: Pool) -> str:
    return f"{pool.name}, {pool.address}" if pool.address else pool.name


class LineForm(forms.Form):
    """One line as typed. `products` finds a product by its code or name in lower case."""

    item = forms.CharField(
        label="Product",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "product-options"}),
    )
    description = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 1}))
    quantity = forms.DecimalField(
        min_value=Decimal(0), max_digits=14, decimal_places=4, widget=forms.TextInput
    )
    unit_price = forms.DecimalField(
        label="Price", max_digits=14, decimal_places=4, widget=forms.TextInput
    )
    discount_percent = forms.DecimalField(
        label="Discount %",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput,
    )
    tax_rate = forms.TypedChoiceField(label="Tax")
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    product = forms.CharField(required=False, widget=forms.HiddenInput)

    NUMBERS = ("quantity", "unit_price", "discount_percent")

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        key: str,
        rates: Rates,
        products: Mapping[str, Product],
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=initial, prefix=line_prefix(key))
        self.key = key
        self.products = products
        rate_field = self.fields["tax_rate"]
        assert isinstance(rate_field, forms.TypedChoiceField)
        rate_field.choices = [(pk, rate.name) for pk, rate in rates.items()]
        rate_field.coerce = lambda pk: rates[pk]
        for name in self.NUMBERS:
            self.fields[name].widget.attrs.update(inputmode="decimal", autocomplete="off")

    def clean_item(self) -> Product | None:
        text = self.cleaned_data["item"].strip()
        if not text:
            return None
        if found := self.products.get(text.lower()):
            return found
        raise forms.ValidationError(
            f"There is no product “{text}”. Pick one from the list, or leave this empty."
        )

    def clean_discount_percent(self) -> Decimal:
        return self.cleaned_data["discount_percent"] or Decimal(0)


def line_prefix(key: str) -> str:
    return f"line-{key}"
