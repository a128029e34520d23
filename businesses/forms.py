"""Forms about businesses and their people."""

import datetime as dt
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils import timezone

from businesses.fields import tidy_abn
from businesses.models import Business, Membership, Role, User
from pooltrackr.lib.versions import VersionedForm

# Where most customers are comes first; everything else follows by name.
NEAR = (
    "Australia/Brisbane",
    "Australia/Sydney",
    "Australia/Melbourne",
    "Australia/Hobart",
    "Australia/Canberra",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Perth",
    "Pacific/Auckland",
)

Choices = list[tuple[str, list[tuple[str, str]]]]


def time_zone_choices() -> Choices:
    """Zones of the region first, then all others that are places."""
    return _choices_on(timezone.now().date())


# Reading 400 zone files takes a second; the offsets that they show change by the day.
@lru_cache(maxsize=1)
def _choices_on(day: dt.date) -> Choices:
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    others = sorted(name for name in available_timezones() if "/" in name and _is_place(name))
    far = [name for name in others if name not in NEAR]
    return [
        ("Australia and New Zealand", [(name, _zone_label(name, noon)) for name in NEAR]),
        ("Elsewhere", [(name, _zone_label(name, noon)) for name in far]),
    ]


def _is_place(name: str) -> bool:
    return not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))


def _zone_label(name: str, moment: dt.datetime) -> str:
    region, _, place = name.partition("/")
    offset = moment.astimezone(ZoneInfo(name)).strftime("%z")
    return f"{place.replace('_', ' ')} ({region}, UTC{offset[:3]}:{offset[3:]})"


class AbnMixin:
    """Print an ABN as the register does, whatever spaces were typed."""

    cleaned_data: dict[str, Any]

    def clean_abn(self) -> str:
        return tidy_abn(self.cleaned_data["abn"])


class NewBusinessForm(AbnMixin, forms.ModelForm[Business]):
    time_zone = forms.ChoiceField(choices=time_zone_choices, initial="Australia/Brisbane")

    class Meta:
        model = Business
        fields = ("name", "abn", "email", "phone", "time_zone", "gst_registered")


class BusinessForm(AbnMixin, VersionedForm[Business]):
    time_zone = forms.ChoiceField(
        choices=time_zone_choices, help_text="Decides which day it is on new invoices."
    )

    class Meta:
        model = Business
        fields = (
            *("name", "abn", "gst_registered", "email", "phone", "address", "time_zone"),
            *("terms_days", "terms_type", "payment_details"),
        )
        widgets = {
            "address": forms.Textarea(attrs={"rows": 3}),
            "payment_details": forms.Textarea(attrs={"rows": 4}),
        }


class NewMemberForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="They get a mail with a link to log in.",
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.OFFICE)


class RoleForm(forms.ModelForm[Membership]):
    class Meta:
        model = Membership
        fields = ("role",)


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("first_name", "last_name")
