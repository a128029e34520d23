"""Forms of pools and of the contacts linked to them."""

from typing import Any, cast

from django import forms

from businesses.models import Business
from contacts.models import Contact, Pool, PoolRole
from contacts.models.pool import Sanitiser, Surface
from pooltrackr.lib.versions import VersionedForm


class PoolFields(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of one pool, as the pool form and the merge form share them."""

    class Meta:
        model = Pool
        fields = (
            *("name", "type", "surface", "sanitiser", "volume_litres"),
            *("line1", "line2", "city", "region", "postal_code", "country"),
            "equipment_notes",
        )
        widgets = {"equipment_notes": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, known in (("surface", Surface.choices), ("sanitiser", Sanitiser.choices)):
            cast(forms.ChoiceField, self.fields[name]).choices = [("", "Not known"), *known]


class PoolForm(VersionedForm[Pool], PoolFields):
    @property
    def layout(self) -> list[tuple[str, list[forms.BoundField]]]:
        groups = (
            ("Pool", ("name", "type", "surface", "sanitiser", "volume_litres")),
            ("Address", ("line1", "line2", "city", "region", "postal_code", "country")),
            ("Equipment", ("equipment_notes",)),
        )
        return [(title, [self[name] for name in names]) for title, names in groups]


class PoolContactForm(forms.Form):
    """Link a contact of the business to a pool; the contact comes from a search, not a select."""

    contact = forms.ModelChoiceField(
        queryset=Contact.objects.none(),
        error_messages={
            "required": "Choose a contact from the search.",
            "invalid_choice": "This contact is not there any more. Choose another one.",
        },
    )
    role = forms.ChoiceField(choices=PoolRole)

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        contact.queryset = business.contacts.active()
