"""The filters of the list pages. A value that makes no sense filters nothing."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from businesses.models import Business
from contacts.models import ContactKind, PoolContact, Tag
from contacts.models.contact import ContactQuerySet
from contacts.models.pool import PoolQuerySet, PoolType

STATES = (("", "Active"), ("archived", "Archived"), ("all", "Active and archived"))
YES_NO = (("", "Any"), ("yes", "Yes"), ("no", "No"))


class Filter(forms.Form):
    q = forms.CharField(
        label="Search", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label="Show", choices=STATES, required=False)

    def value(self, name: str) -> Any:
        """Return the cleaned value, or "" where it was not valid."""
        self.is_valid()
        return self.cleaned_data.get(name, "")

    @property
    def is_used(self) -> bool:
        self.is_valid()
        return any(self.cleaned_data.values())


class ContactFilter(Filter):
    kind = forms.ChoiceField(required=False, choices=(("", "Any"), *ContactKind.choices))
    tag = forms.ModelChoiceField(queryset=Tag.objects.none(), required=False, empty_label="Any")
    email = forms.ChoiceField(label="Has e-mail", choices=YES_NO, required=False)
    pool = forms.ChoiceField(label="Has pool", choices=YES_NO, required=False)

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tag = self.fields["tag"]
        assert isinstance(tag, forms.ModelChoiceField)
        tag.queryset = business.tags.all()

    def apply(self, contacts: ContactQuerySet) -> ContactQuerySet:
        """Return those of `contacts` that pass every filter."""
        found = contacts.in_state(self.value("state")).search(self.value("q"))
        if kind := self.value("kind"):
            found = found.filter(kind=kind)
        if tag := self.value("tag"):
            found = found.filter(Exists(tag.contact_tags.filter(contact=OuterRef("pk"))))
        if email := self.value("email"):
            found = found.exclude(email="") if email == "yes" else found.filter(email="")
        if pool := self.value("pool"):
            has_pool = Exists(_active_links())
            found = found.filter(has_pool if pool == "yes" else ~has_pool)
        return found


def _active_links() -> QuerySet[PoolContact]:
    return PoolContact.objects.filter(contact=OuterRef("pk"), pool__archived_at=None)


class PoolFilter(Filter):
    type = forms.ChoiceField(required=False, choices=(("", "Any"), *PoolType.choices))
    contact = forms.ChoiceField(label="Has contact", choices=YES_NO, required=False)

    def apply(self, pools: PoolQuerySet) -> PoolQuerySet:
        found = pools.in_state(self.value("state")).search(self.value("q"))
        if kind := self.value("type"):
            found = found.filter(type=kind)
        if contact := self.value("contact"):
            linked = Exists(PoolContact.objects.filter(pool=OuterRef("pk")))
            found = found.filter(linked if contact == "yes" else ~linked)
        return found
