"""The forms of the reconciliation: which period, and which differences are shown."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from pooltrackr.lib.widgets import DateInput
from xero_integration.forms.wizard import ReturnForm
from xero_integration.models import (
    Difference,
    DifferenceKind,
    DifferenceState,
    Reconciliation,
)
from xero_integration.reconciliation.run import DAYS

# A comparison reads every invoice of the period: a thousand in a call.
MOST_DAYS = 5 * 366


class PeriodForm(forms.Form):
    first_day = forms.DateField(label="From", widget=DateInput)
    last_day = forms.DateField(label="To", widget=DateInput)

    def __init__(self, data: Any = None) -> None:
        today = timezone.localdate()
        initial = {"first_day": today - dt.timedelta(days=DAYS), "last_day": today}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", "The period ends before it begins.")
        elif first and last and (last - first).days > MOST_DAYS:
            self.add_error("first_day", "Five years are the most that is compared at once.")
        return cleaned

    @property
    def words(self) -> str:
        """What is wrong, in one line; empty for a form that is right."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class DifferenceFilterForm(forms.Form):
    """Which differences are shown. What a URL says wrong is left out of the filter."""

    kind = forms.ChoiceField(
        required=False,
        label="Difference",
        choices=[("", "All differences"), *DifferenceKind.choices],
    )
    state = forms.ChoiceField(
        required=False, label="State", choices=[("", "Any state"), *DifferenceState.choices]
    )

    def apply(self, reconciliation: Reconciliation) -> QuerySet[Difference]:
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        differences = reconciliation.differences.filter(**asked)
        return differences.select_related("reconciliation__connection__business")


class RepairForm(ReturnForm):
    """One act on one difference: a way to mend it, or to accept it as it is."""

    act = forms.CharField()
