"""The forms of a bulk resend: what is asked for, and the answer to what cannot go."""

from typing import Any

from django import forms

from xero_integration.models import Connection, Kind
from xero_integration.reconciliation.forms import PeriodForm
from xero_integration.resend import asked
from xero_integration.resend.asked import Asked

WHAT = [("", "Contacts and invoices"), (Kind.CONTACT, "Contacts"), (Kind.INVOICE, "Invoices")]


class AgainForm(PeriodForm):
    """Which records that Xero has are to be sent once more."""

    what = forms.ChoiceField(label="Records", choices=WHAT, required=False)

    field_order = ("what", "first_day", "last_day")

    def asked(self, connection: Connection) -> Asked:
        chosen = self.cleaned_data["what"]
        kinds = [Kind(chosen)] if chosen else [Kind.CONTACT, Kind.INVOICE]
        first, last = self.cleaned_data["first_day"], self.cleaned_data["last_day"]
        return asked.of_period(connection, kinds=kinds, first=first, last=last)


class HeldForm(forms.Form):
    """Which records that were refused or left out are to be sent once more."""

    cause = forms.CharField(required=False, max_length=60)
    row = forms.TypedMultipleChoiceField(required=False, coerce=int)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        ticked = [one for one in data.getlist("row") if one.isdigit()]
        self.fields["row"].choices = [(one, one) for one in ticked]  # type: ignore[attr-defined]

    def asked(self, connection: Connection) -> Asked:
        self.is_valid()
        cause, rows = self.cleaned_data.get("cause", ""), self.cleaned_data.get("row", [])
        return asked.held(connection, cause=cause, keys=rows)
