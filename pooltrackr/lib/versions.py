"""Two people in one form: the second to save is told, and nothing is lost in silence."""

from typing import Any, TypeVar

from django import forms
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class VersionedForm(forms.ModelForm[Row]):
    """A form of a row with `updated_at`; the page shows its hidden field `version`.

    Saving again after the warning means it: the version then is the one that the warning is about.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        updated_at = getattr(self.instance, "updated_at", None)
        self.stored_version = updated_at.isoformat() if updated_at else ""
        self.initial["version"] = self.stored_version

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen = cleaned.get("version")
        if seen and self.stored_version and seen != self.stored_version:
            # A copy: the request's own data cannot be changed.
            sent = {name: self.data.get(name) for name in self.data}
            self.data = {**sent, self.add_prefix("version"): self.stored_version}
            self.add_error(None, self._changed_meanwhile())
        return cleaned

    def _changed_meanwhile(self) -> str:
        """Name the fields where what was typed differs from what is stored now."""
        differing = [str(self[name].label) for name in self.changed_data if name != "version"]
        words = "Somebody else saved this while you were writing. "
        if not differing:
            return words + "It says the same as yours."
        return words + (
            f"Yours differs from it in: {', '.join(differing)}. Save again to put yours in its "
            "place, or open the page anew to see theirs."
        )
