"""Forms of the Stripe pages."""

from django import forms


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
