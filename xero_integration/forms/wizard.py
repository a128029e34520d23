"""The forms of the wizard and of the sync log."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django import forms
from django.db import models
from django.http import QueryDict

from businesses.models import User
from pooltrackr.lib.http import own_path
from xero_integration.models import Keep, LinkAction, LinkChoice, WizardRun, XeroContact
from xero_integration.wizard import choices, creating
from xero_integration.wizard.choices import Filter


class ListFilterForm(forms.Form):
    """Tabs and a search over a list. What a URL says wrong falls back to everything."""

    tabs: type[models.TextChoices] = Filter

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name, e-mail, phone"}),
    )

    @property
    def shown(self) -> Any:
        asked = self.data.get("show", "")
        return self.tabs(asked if asked in self.tabs.values else "all")

    @property
    def query(self) -> str:
        return str(self.data.get("q", "")).strip()

    @property
    def chosen(self) -> dict[str, str]:
        return {"show": self.shown.value, "q": self.query}

    @property
    def query_string(self) -> str:
        return "?" + urlencode({name: value for name, value in self.chosen.items() if value})


class LinkFilterForm(ListFilterForm):
    """The link step's list."""


class CreateFilterForm(ListFilterForm):
    """The create step's list."""

    tabs = creating.Show


class LinkBulkForm(LinkFilterForm):
    """One act on every row of the list as it is filtered."""

    act = forms.ChoiceField(
        choices=[
            ("accept", "Accept"),
            ("hand_back", "Compare again"),
            (LinkAction.CREATE, "Create"),
            (LinkAction.LEAVE, "Leave out"),
        ]
    )


class KeepForm(forms.ModelForm[WizardRun]):
    class Meta:
        model = WizardRun
        fields = ("keep",)
        labels = {"keep": "Whose data is kept when two contacts are linked"}


class ReturnForm(forms.Form):
    """A form that knows the list it was opened from; only addresses of our own are followed."""

    back = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def return_to(self) -> str:
        return own_path(str(self.data.get("back", "")))

    @property
    def return_query(self) -> dict[str, str]:
        asked = parse_qs(urlsplit(self.return_to).query)
        return {name: values[0] for name, values in asked.items()}

    @property
    def words(self) -> str:
        """What is wrong, in one line; empty for a form that is right."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class ChoiceForm(ReturnForm):
    """One contact's choice: `act` is a LinkAction, or "keep" for whose data stands."""

    act = forms.ChoiceField(choices=[*LinkAction.choices, ("keep", "Keep")])
    target = forms.ModelChoiceField(XeroContact.objects.none(), required=False)
    keep = forms.ChoiceField(choices=[("", "As for the whole list"), *Keep.choices], required=False)

    def __init__(self, data: QueryDict, *, choice: LinkChoice) -> None:
        super().__init__(data)
        self.choice = choice
        self.fields["target"].queryset = XeroContact.objects.filter(  # type: ignore[attr-defined]
            connection=choice.connection_id
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        target = cleaned.get("target")
        if cleaned.get("act") == LinkAction.LINK and (target is None or target.status != "ACTIVE"):
            self.add_error(
                "target", "That contact is no longer in use in Xero. Choose another one."
            )
        return cleaned

    def save(self, *, by: User) -> LinkChoice:
        cleaned = self.cleaned_data
        if cleaned["act"] == "keep":
            return choices.keep_side(self.choice, keep=cleaned["keep"], by=by)
        return choices.choose(
            self.choice, action=LinkAction(cleaned["act"]), xero_contact=cleaned["target"], by=by
        )


class CreateBulkForm(CreateFilterForm):
    act = forms.ChoiceField(choices=[("all", "All"), ("none", "None")])


class CreateRowsForm(ReturnForm):
    """The ticks of one page: `shown` are all its rows, `create` those that are ticked."""

    shown = forms.ModelMultipleChoiceField(XeroContact.objects.none(), required=False)
    create = forms.ModelMultipleChoiceField(XeroContact.objects.none(), required=False)

    def __init__(self, data: QueryDict, *, contacts: models.QuerySet[XeroContact]) -> None:
        super().__init__(data)
        for name in ("shown", "create"):
            self.fields[name].queryset = contacts  # type: ignore[attr-defined]

    def save(self) -> None:
        ticked = {contact.pk for contact in self.cleaned_data["create"]}
        for contact in self.cleaned_data["shown"]:
            if contact.create_here != (contact.pk in ticked):
                creating.mark([contact.pk], create_here=contact.pk in ticked)
