"""The e-mail that carries an invoice, and the words that it begins with."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from invoices.models import EmailText, Invoice
from invoices.services import emailing

MOST_ADDRESSES = 10
PLACES = (
    "{number}, {business}, {contact}, {first_name}, {date}, {due_date}, {total}, {due} and "
    "{pay_link}"
)


class EmailForm(forms.Form):
    to = forms.CharField(max_length=1000, help_text="Several addresses with commas between them.")
    subject = forms.CharField(max_length=200)
    message = forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 9}))

    def __init__(self, data: Any = None, *, invoice: Invoice, online: str = "") -> None:
        super().__init__(data, initial={**emailing.proposal(invoice), "with_link": True})
        self.online = online
        if online:
            self.fields["with_link"] = forms.BooleanField(
                required=False, label="Add the link to the online invoice", help_text=online
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.pop("with_link", False) and "message" in cleaned:
            cleaned["message"] += f"\n\nSee it online: {self.online}"
        return cleaned

    def clean_to(self) -> list[str]:
        parts = str(self.cleaned_data["to"]).replace(";", ",").split(",")
        addresses = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(f"“{address}” is not an e-mail address.") from None
        if not 0 < len(addresses) <= MOST_ADDRESSES:
            raise ValidationError(f"Between one and {MOST_ADDRESSES} addresses, please.")
        return addresses


class EmailTextForm(forms.ModelForm[EmailText]):
    class Meta:
        model = EmailText
        fields = ("subject", "message")
        help_texts = {"message": f"These are filled in: {PLACES}."}
        widgets = {"message": forms.Textarea(attrs={"rows": 9})}
