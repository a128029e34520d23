"""Forms of the duplicates tool: what to compare, the merged contact, the rule of a merge of all."""

from typing import Any

from django import forms
from django.http import QueryDict

from contacts.dedupe import FIELDS
from contacts.forms.contact import ContactFields
from contacts.merging.rule import Rule
from contacts.merging.snapshot import FIELDS as MERGED_FIELDS
from contacts.models import Contact, GroupMode


class GroupingForm(forms.Form):
    """How to look for duplicates; the contact name is chosen to begin with."""

    mode = forms.ChoiceField(
        label="Find contacts that are",
        choices=(
            (GroupMode.STRICT, "The same in all chosen fields"),
            (GroupMode.SIMILAR, "Similar"),
        ),
        widget=forms.RadioSelect,
    )
    by = forms.MultipleChoiceField(
        label="Fields that must be the same",
        choices=tuple(FIELDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: QueryDict) -> None:
        """Take the page's query; what it leaves out is as it is to begin with."""
        asked = data.copy()
        asked.setdefault("mode", GroupMode.STRICT)
        if "by" not in asked:
            asked.setlist("by", ["name"])
        super().__init__(asked)

    @property
    def mode_chosen(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("mode") or GroupMode.STRICT

    @property
    def fields_chosen(self) -> list[str]:
        """The chosen fields; the name where none is, since that would make one group of all."""
        self.is_valid()
        return self.cleaned_data.get("by") or ["name"]


class RuleForm(forms.Form):
    rule = forms.ChoiceField(
        label="Which contact stays",
        choices=Rule,
        initial=Rule.MOST_COMPLETE,
        widget=forms.RadioSelect,
    )


class MergeForm(ContactFields):
    """The merged contact, each field to be chosen from the duplicates or typed."""

    def __init__(self, *args: Any, initial: dict[str, Any], **kwargs: Any) -> None:
        emails = "\n".join(initial.get("other_emails", ()))
        super().__init__(*args, initial={**initial, "other_emails": emails}, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        return {field: self.cleaned_data[field] for field in MERGED_FIELDS}


def shown(contact: Contact, field: str) -> str:
    """Return a field of `contact` as a person reads it."""
    if field == "other_emails":
        return "\n".join(contact.other_emails)
    if field in ("kind", "terms_type"):
        return str(getattr(contact, f"get_{field}_display")())
    value = getattr(contact, field)
    return "" if value is None else str(value)
