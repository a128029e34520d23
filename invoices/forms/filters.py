"""The filter of the invoice list. What the URL says wrong filters nothing."""

import datetime as dt
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from businesses.models import Business
from contacts.models import Contact
from invoices.models.invoice import InvoiceQuerySet
from pooltrackr.lib.widgets import DateInput, SearchSelect


class InvoiceFilter(forms.Form):
    q = forms.CharField(
        label="Search",
        required=False,
        widget=forms.SearchInput(attrs={"placeholder": "Number, reference, contact or total"}),
    )
    contact = forms.ChoiceField(required=False, widget=SearchSelect(placeholder="Any contact"))
    since = forms.DateField(label="Dated from", required=False, widget=DateInput())
    until = forms.DateField(label="to", required=False, widget=DateInput())

    def __init__(self, data: MultiValueDict[str, str], *, business: Business) -> None:
        super().__init__(data)
        self.chosen = _contact(business, data.get("contact") or "")
        field = self.fields["contact"]
        assert isinstance(field, forms.ChoiceField)
        field.widget.attrs["data-search-select"] = reverse("contacts:search", args=[business.slug])
        chosen = [(str(self.chosen.pk), self.chosen.name)] if self.chosen else []
        field.choices = [("", "Any contact"), *chosen]

    def apply(self, invoices: InvoiceQuerySet) -> InvoiceQuerySet:
        self.is_valid()
        since: dt.date | None = self.cleaned_data.get("since")
        until: dt.date | None = self.cleaned_data.get("until")
        if self.chosen:
            invoices = invoices.filter(contact=self.chosen)
        if since:
            invoices = invoices.filter(date__gte=since)
        if until:
            invoices = invoices.filter(date__lte=until)
        return invoices.search(self.cleaned_data.get("q", ""))


def _contact(business: Business, value: str) -> Contact | None:
    try:
        pk = UUID(value)
    except ValueError:
        return None
    return business.contacts.filter(pk=pk).first()
