"""The forms of contacts that both sides change: the rule, a question's answer, the inbox."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from xero_integration.both_sides.sides import Side
from xero_integration.models import Connection
from xero_integration.models.connection import EditRule

RULES = {
    EditRule.ASK: "Ask: both sides keep their own value until somebody here chooses",
    EditRule.OURS: "Pooltrackr's value stands, and is sent to Xero",
    EditRule.THEIRS: "Xero's value stands, and is taken over here",
}
OURS, THEIRS = "ours", "theirs"


class ContactSettingsForm(forms.ModelForm[Connection]):
    """How edits and new contacts of Xero are dealt with."""

    class Meta:
        model = Connection
        fields = ("edit_rule", "create_new")
        widgets = {"edit_rule": forms.RadioSelect}
        labels = {
            "edit_rule": "When one field was changed on both sides",
            "create_new": "Create contacts that are new in Xero here by themselves",
        }
        help_texts = {
            "edit_rule": (
                "Asking is proposed: it happens seldom, and either other answer throws away what "
                "somebody typed without anybody seeing it. Fields that only one side changed reach "
                "the other side by themselves, whatever you choose. A blank never replaces a value."
            ),
            "create_new": (
                "Only when none of your contacts is like it; all others wait under New in Xero. "
                "Suppliers are not created."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edit_rule"].choices = list(RULES.items())  # type: ignore[attr-defined]


class SidesForm(forms.Form):
    """Which side stands, for each field that is asked about; or one side for all of them.

    `version` is what the person saw: where either side has changed since, nothing is chosen.
    """

    version = forms.CharField(widget=forms.HiddenInput)
    act = forms.ChoiceField(choices=[("each", "Each"), (OURS, "Ours"), (THEIRS, "Theirs")])

    def __init__(
        self, data: QueryDict | None = None, *, sides: Sequence[Side], version: str
    ) -> None:
        super().__init__(data, initial={"version": version})
        self.asked = [side for side in sides if side.is_asked]
        self.present = version
        for side in self.asked:
            self.fields[side.key] = forms.ChoiceField(
                label=side.label,
                required=False,
                choices=[(OURS, side.our_text), (THEIRS, side.their_text)],
                widget=forms.RadioSelect,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("version") != self.present:
            raise forms.ValidationError(
                "One side has changed since you opened this page. Look again, then choose."
            )
        if cleaned.get("act") == "each":
            for side in self.asked:
                if not cleaned.get(side.key):
                    self.add_error(side.key, "Choose one of the two.")
        return cleaned

    @property
    def from_xero(self) -> set[str]:
        """Our names of the fields that Xero's value is chosen for."""
        act = self.cleaned_data["act"]
        return {
            name
            for side in self.asked
            if THEIRS in (act, self.cleaned_data.get(side.key) if act == "each" else "")
            for name in side.names
        }

    def field_of(self, side: Side) -> BoundField | None:
        return self[side.key] if side.is_asked else None
