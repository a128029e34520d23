"""The forms of the sync log."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from contacts.models import Contact
from contacts.search import MOST_WORDS
from pooltrackr.lib.widgets import DateInput
from xero_integration.forms.wizard import ReturnForm
from xero_integration.models import (
    Connection,
    Direction,
    Kind,
    OutboxRow,
    OutboxStatus,
    Outcome,
    SyncEntry,
)

SEARCH = forms.TextInput(attrs={"type": "search", "placeholder": "Name, number or message"})
# In the order of the tabs; "done" is what the log itself shows.
QUEUES = (
    (OutboxStatus.PARKED, "Needs you"),
    (OutboxStatus.WAITING, "Waiting"),
    (OutboxStatus.EXCLUDED, "Left out"),
)


class LogFilterForm(forms.Form):
    """What the log shows. What a URL says wrong is left out of the filter."""

    q = forms.CharField(required=False, label="Search", widget=SEARCH)
    outcome = forms.ChoiceField(
        required=False, label="Status", choices=[("", "Any status"), *Outcome.choices]
    )
    kind = forms.ChoiceField(
        required=False, label="Record", choices=[("", "All records"), *Kind.choices]
    )
    direction = forms.ChoiceField(
        required=False, choices=[("", "Both directions"), *Direction.choices]
    )
    since = forms.DateField(required=False, label="From", widget=DateInput)

    def apply(self, connection: Connection) -> QuerySet[SyncEntry]:
        self.is_valid()
        asked = self.cleaned_data
        entries = connection.entries.all()
        for name in ("outcome", "kind", "direction"):
            if asked.get(name):
                entries = entries.filter(**{name: asked[name]})
        if asked.get("since"):
            entries = entries.filter(at__date__gte=asked["since"])
        return _search(entries, asked.get("q", ""))


def _search(rows: QuerySet[Any], query: str) -> QuerySet[Any]:
    """Look for every word in the name or in Xero's message."""
    for word in query.split()[:MOST_WORDS]:
        rows = rows.filter(Q(label__icontains=word) | Q(**{f"{_words(rows)}__icontains": word}))
    return rows


def _words(rows: QuerySet[Any]) -> str:
    return "message" if rows.model is SyncEntry else "error_message"


class QueueFilterForm(forms.Form):
    """Which part of the outbox is shown."""

    q = forms.CharField(required=False, label="Search", widget=SEARCH)
    kind = forms.ChoiceField(
        required=False, label="Record", choices=[("", "All records"), *Kind.choices]
    )

    @property
    def cause(self) -> str:
        """The one cause that is asked for, if any; only of what needs a person."""
        return str(self.data.get("cause", "")) if self.status == OutboxStatus.PARKED else ""

    @property
    def status(self) -> OutboxStatus:
        asked = self.data.get("show", "")
        known = [status.value for status, _ in QUEUES]
        return OutboxStatus(asked) if asked in known else OutboxStatus.PARKED

    def apply(self, connection: Connection) -> QuerySet[OutboxRow]:
        self.is_valid()
        statuses = [self.status]
        if self.status == OutboxStatus.WAITING:
            statuses.append(OutboxStatus.IN_FLIGHT)
        rows = connection.outbox.filter(status__in=statuses)
        if self.cleaned_data.get("kind"):
            rows = rows.filter(kind=self.cleaned_data["kind"])
        if self.cause:
            rows = rows.filter(error_code=self.cause)
        return _search(rows, self.cleaned_data.get("q", ""))


class ActForm(ReturnForm):
    """An act on rows: those ticked, or all that need a person, or all of one cause."""

    act = forms.ChoiceField(choices=[("retry", "Retry"), ("exclude", "Leave out"), ("rename", "")])
    every = forms.BooleanField(required=False)
    cause = forms.CharField(required=False)
    row = forms.ModelMultipleChoiceField(OutboxRow.objects.none(), required=False)

    def __init__(self, data: QueryDict, *, rows: QuerySet[OutboxRow]) -> None:
        super().__init__(data)
        self.all_rows = rows
        self.fields["row"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("every") and not cleaned.get("row"):
            self.add_error("row", "Tick the records first.")
        return cleaned

    @property
    def rows(self) -> list[OutboxRow]:
        if self.cleaned_data["every"]:
            parked = self.all_rows.filter(status=OutboxStatus.PARKED)
            cause = self.cleaned_data["cause"]
            return list(parked.filter(error_code=cause) if cause else parked)
        return list(self.cleaned_data["row"])

    @property
    def wants_a_look(self) -> bool:
        """Say whether what this would do in Xero is to be shown first."""
        is_retry = self.cleaned_data["act"] == "retry"
        return is_retry and (self.cleaned_data["every"] or len(self.cleaned_data["row"]) > 1)

    @property
    def query(self) -> str:
        """The same rows, for the address of the dry run."""
        if self.cleaned_data["every"]:
            return urlencode({"cause": self.cleaned_data["cause"]})
        return urlencode({"row": [row.pk for row in self.cleaned_data["row"]]}, doseq=True)


class DigestForm(forms.ModelForm[Connection]):
    """How soon the owners hear of what needs them."""

    class Meta:
        model = Connection
        fields = ("digest",)


class RenameForm(forms.ModelForm[Contact]):
    """Another name for a contact whose own is taken in Xero."""

    back = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Contact
        fields = ("name",)

    def __init__(self, data: Any = None, *, instance: Contact, proposed: str) -> None:
        super().__init__(data, instance=instance, initial={"name": proposed or instance.name})

    @property
    def return_to(self) -> str:
        return ReturnForm(self.data).return_to
