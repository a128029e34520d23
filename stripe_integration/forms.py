"""Forms of the Stripe pages."""

from typing import Any

from django import forms

from stripe_integration.models import ContactPaying, InvoicePaying


class KeyForm(forms.Form):
    """A restricted key; never shown again once it was sent."""

    key = forms.CharField(
        label="Restricted key",
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="It begins with rk_ and is stored encrypted.",
    )

    def clean_key(self) -> str:
        return str(self.cleaned_data["key"]).strip()


def switch(above: str) -> forms.TypedChoiceField:
    """Return a field of three answers; the empty one leaves it to the level `above`."""
    choices = [("", f"As {above} says"), ("yes", "Yes"), ("no", "No")]
    values = {"yes": True, "no": False}
    return forms.TypedChoiceField(
        choices=choices, required=False, coerce=values.__getitem__, empty_value=None
    )


def as_word(value: bool | None) -> str:
    return "" if value is None else ("yes" if value else "no")


class SwitchesForm(forms.ModelForm[Any]):
    """The switches of a contact or an invoice, three answers each."""

    above = ""
    labels = {"offers_payment": "Offer card payment"}

    def __init__(self, data: Any = None, *, instance: Any) -> None:
        own = {name: as_word(getattr(instance, name)) for name in self.labels}
        super().__init__(data, instance=instance, initial=own, auto_id="id_stripe_%s")
        for name, label in self.labels.items():
            self.fields[name] = switch(self.above)
            self.fields[name].label = label


class ContactPayingForm(SwitchesForm):
    above = "the business"

    class Meta:
        model = ContactPaying
        fields = ("offers_payment",)


class InvoicePayingForm(SwitchesForm):
    above = "the contact"

    class Meta:
        model = InvoicePaying
        fields = ("offers_payment",)
