"""Forms of the Stripe pages."""

from typing import Any

from django import forms

from stripe_integration.models import ContactPaying, InvoicePaying, OnCharge


class PayForm(forms.Form):
    """What a customer sends on the way to Stripe's page. `shown` is the amount that they saw."""

    amount = forms.DecimalField(max_digits=14, decimal_places=2, required=False)
    shown = forms.DecimalField(max_digits=14, decimal_places=2, required=False)
    cards = forms.CharField(max_length=10, required=False)
    keeps_card = forms.BooleanField(required=False)


class ChargeForm(forms.Form):
    """What staff charge a saved card. `key` is this form's: a double click charges once."""

    amount = forms.DecimalField(max_digits=14, decimal_places=2, widget=forms.TextInput)
    fee = forms.DecimalField(
        max_digits=14, decimal_places=2, required=False, widget=forms.HiddenInput
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["amount"].widget.attrs.update(inputmode="decimal", autocomplete="off")


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
    # Leaving it to the level above is a choice like the others.
    marks_no_optional = True
    labels = {
        "offers_payment": "Offer card payment",
        "on_charges": "Charge the card fee on",
        "takes_parts": "Let them pay a part",
    }

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
        fields = ("offers_payment", "on_charges", "takes_parts")


class InvoicePayingForm(SwitchesForm):
    above = "the contact"

    class Meta:
        model = InvoicePaying
        fields = ("offers_payment", "on_charges", "takes_parts")


# Settings that a person answers for: to set or change one needs a reason.
OVERRIDES = ("ignores_law", "rate_percent", "rate_fixed")


class OnChargeForm(forms.ModelForm[OnCharge]):
    """How card fees are charged on. An override without a reason is refused."""

    reason = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed for a price of your own, and for charging on whatever the table says.",
    )

    class Meta:
        model = OnCharge
        fields = (
            *("method", "percent", "fixed", "rate_percent", "rate_fixed"),
            *("tax_rate", "product", "ignores_law"),
        )

    def __init__(self, data: Any = None, *, instance: OnCharge) -> None:
        super().__init__(data, instance=instance)
        business = instance.business
        self.fields["tax_rate"].queryset = business.tax_rates.all()  # type: ignore[attr-defined]
        products = business.products.filter(archived_at=None)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        touched = [name for name in OVERRIDES if name in self.changed_data and cleaned.get(name)]
        if touched and not str(cleaned.get("reason", "")).strip():
            self.add_error("reason", "Say why: it is kept with your name.")
        if cleaned.get("rate_fixed") is not None and cleaned.get("rate_percent") is None:
            self.add_error("rate_percent", "Enter the percentage too; 0 where there is none.")
        return cleaned
