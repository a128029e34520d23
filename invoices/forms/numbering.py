"""How invoices are numbered."""

from typing import Any

from django import forms

from invoices.models import InvoiceSequence


class NumberingForm(forms.ModelForm[InvoiceSequence]):
    class Meta:
        model = InvoiceSequence
        fields = ("prefix", "digits", "next_number")
        help_texts = {
            "prefix": "Stands before the number, for example INV- or 2026-.",
            "digits": "The number is filled up with zeros to so many digits.",
            "next_number": "Numbers that have been used already are passed over.",
        }

    def clean_prefix(self) -> str:
        return str(self.cleaned_data["prefix"]).strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("next_number") or 0) < 1:
            self.add_error("next_number", "Numbers begin with 1.")
        return data
