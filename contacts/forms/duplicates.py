"""Forms of the duplicates tool: what to compare, the merged contact, the rule of a merge of all."""

from typing import Any

from django import forms
from django.http import QueryDict

from contacts.dedupe import CHOSEN_FIRST, FIELDS
from contacts.forms.contact import ContactFields
from contacts.forms.pool import PoolFields
from contacts.merging.rule import Rule, shown_value
from contacts.merging.subject import CONTACTS, POOLS, Row, Subject
from contacts.models import GroupMode


class GroupingForm(forms.Form):
    """How to look for duplicates; the name is chosen to begin with."""

    mode = forms.ChoiceField(
        label="Find those that are",
        choices=(
            (GroupMode.STRICT, "The same in all chosen fields"),
            (GroupMode.SIMILAR, "Similar"),
        ),
        widget=forms.RadioSelect,
    )
    by = forms.MultipleChoiceField(
        label="Fields that must be the same",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: QueryDict, *, subject: Subject = CONTACTS) -> None:
        """Take the page's query; what it leaves out is as it is to begin with."""
        self.chosen_first = CHOSEN_FIRST[subject.of]
        asked = data.copy()
        asked.setdefault("mode", GroupMode.STRICT)
        if "by" not in asked:
            asked.setlist("by", self.chosen_first)
        super().__init__(asked)
        by = self.fields["by"]
        assert isinstance(by, forms.MultipleChoiceField)
        by.choices = tuple(FIELDS[subject.of].items())

    @property
    def mode_chosen(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("mode") or GroupMode.STRICT

    @property
    def fields_chosen(self) -> list[str]:
        """The chosen fields; the usual ones where none is: that would make one group of all."""
        self.is_valid()
        return self.cleaned_data.get("by") or self.chosen_first


class RuleForm(forms.Form):
    rule = forms.ChoiceField(
        label="Which one stays",
        choices=Rule,
        initial=Rule.MOST_COMPLETE,
        widget=forms.RadioSelect,
    )


class MergeForm(ContactFields):
    """The merged contact, each field to be chosen from the duplicates or typed."""

    def __init__(self, *args: Any, initial: dict[str, Any], **kwargs: Any) -> None:
        emails = "\n".join(initial.get("other_emails", ()))
        super().__init__(*args, initial={**initial, "other_emails": emails}, **kwargs)


class PoolMergeForm(PoolFields):
    """The same of a pool."""


MERGE_FORMS: dict[str, type[forms.ModelForm[Any]]] = {
    CONTACTS.noun: MergeForm,
    POOLS.noun: PoolMergeForm,
}


def shown(row: Row, field: str) -> str:
    """Return a field of `row` as a person reads it."""
    if field == "other_emails":
        return "\n".join(getattr(row, field))
    value = shown_value(row, field)
    return "" if value is None else str(value)
