"""The form of a credit note: how much of each line, when, and why."""

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from invoices.dates import today
from invoices.models import Invoice, InvoiceLine
from pooltrackr.lib.widgets import DayField


class CreditForm(forms.Form):
    """All that is left is proposed; a blank credits nothing of that line.

    `key` is the note's own, so that a double click makes one.
    """

    date = DayField(label="Date of the credit note")
    reason = forms.CharField(
        max_length=200,
        required=False,
        help_text="Your customer reads it on the credit note.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, invoice: Invoice, left: Mapping[UUID, Decimal]) -> None:
        super().__init__(data, initial={"date": today(invoice.business), "key": uuid.uuid4()})
        self.lines = [line for line in invoice.lines.all() if left.get(line.pk)]
        self.left = left
        for line in self.lines:
            self.fields[f"line-{line.pk}"] = forms.DecimalField(
                label=f"Credited of {line}",
                required=False,
                max_digits=14,
                decimal_places=2,
                initial=left[line.pk],
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(self.amounts.values()):
            raise ValidationError("Enter what is credited on at least one line.")
        return cleaned

    @property
    def amounts(self) -> dict[UUID, Decimal]:
        found = {line.pk: self.cleaned_data.get(f"line-{line.pk}") for line in self.lines}
        return {pk: amount for pk, amount in found.items() if amount}

    @property
    def rows(self) -> Iterator[tuple[InvoiceLine, Decimal, BoundField]]:
        for line in self.lines:
            yield line, self.left[line.pk], self[f"line-{line.pk}"]
