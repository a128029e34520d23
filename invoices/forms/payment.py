"""The form for money received."""

import uuid
from typing import Any

from django import forms

from invoices.dates import today
from invoices.models import Invoice
from invoices.models.payment import BY_PERSON
from pooltrackr.lib.widgets import DayField


class PaymentForm(forms.Form):
    """`key` is the payment's own, so that a double click records it once."""

    amount = forms.DecimalField(max_digits=14, decimal_places=2, widget=forms.TextInput)
    date = DayField(label="Date received")
    method = forms.ChoiceField(choices=BY_PERSON)
    reference = forms.CharField(required=False, max_length=255)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, invoice: Invoice) -> None:
        day = today(invoice.business)
        initial = {"amount": invoice.amount_due, "date": day, "key": uuid.uuid4()}
        super().__init__(data, initial=initial)
        self.invoice = invoice
        self.fields["amount"].widget.attrs.update(inputmode="decimal", autocomplete="off")
