"""The part of the account mapping about how invoices look: theme, mark as sent, tracking."""

import hashlib
from typing import Any

from django import forms

from invoices.models import ProductCategory
from xero_integration.forms.accounts import NO_CATEGORY, MappingRow
from xero_integration.mapping import themes, tracking
from xero_integration.models import (
    Connection,
    XeroBrandingTheme,
    XeroTrackingCategory,
    XeroTrackingOption,
)
from xero_integration.wizard import accounts

NO_OPTION = ("", "No option")
PRODUCTS, AREAS = "product", "area"
FOLLOWS = [(PRODUCTS, "The product category of each line"), (AREAS, "The suburb of the pool")]
Place = tuple[XeroTrackingCategory, tracking.Followed]


class PresentationForm(forms.Form):
    """Built from what the organisation has; every choice may be left at nothing."""

    theme = forms.ChoiceField(
        label="Branding theme",
        required=False,
        help_text="The look of the invoice in Xero: logo, colours, terms. For invoices sent from "
        "now on.",
    )
    mark_as_sent = forms.BooleanField(
        label="Mark invoices as sent in Xero",
        required=False,
        help_text="Xero then counts them as sent to the customer, and not among those still to be "
        "sent. It sends no e-mail for it. Tick it if customers get their invoices from "
        "Pooltrackr. Drafts are marked once they are approved from here.",
    )

    def __init__(self, data: Any = None, *, connection: Connection) -> None:
        self.connection = connection
        self.categories = list(ProductCategory.objects.filter(business=connection.business_id))
        self.themes = {str(one.pk): one for one in connection.themes.all()}
        self.tracked = tracking.offered(connection)
        self.options = {str(one.pk): one for one in _options(connection)}
        self.places = self._places()
        self.proposed: set[str] = set()
        super().__init__(data, initial=self._initial())
        theme_field = self.fields["theme"]
        theme_field.choices = self._theme_choices()  # type: ignore[attr-defined]
        for tracked in self.tracked:
            self.fields[_follows(tracked)] = forms.ChoiceField(
                choices=FOLLOWS,
                label="Options follow",
                required=False,
                help_text="After another choice, save to see the list that goes with it.",
            )
        for name, (tracked, followed) in self.places.items():
            choices = self._option_choices(tracked, chosen=self.initial.get(name, ""))
            self.fields[name] = forms.ChoiceField(
                choices=choices, label=_label(followed), required=False
            )

    # --- what is offered -----------------------------------------------------------------------

    def _places(self) -> dict[str, Place]:
        """Return each field's name with what it is about."""
        follows_areas = any(tracked.by_area for tracked in self.tracked)
        areas = tracking.areas(self.connection.business) if follows_areas else []
        places: dict[str, Place] = {}
        for tracked in self.tracked:
            followed = areas if tracked.by_area else [*self.categories, None]
            places |= {_name(tracked, one): (tracked, one) for one in followed}
        return places

    def _theme_choices(self) -> list[tuple[str, str]]:
        usable = [one for one in self.themes.values() if not themes.trouble(one)]
        own = next((f" ({one})" for one in usable if one.sort_order == 0), "")
        held = self.themes.get(self.initial["theme"])
        stale = [] if held is None or held in usable else [held]
        return [
            ("", f"The organisation's own{own}"),
            *((str(one.pk), str(one)) for one in usable),
            *((str(one.pk), f"{one} (no longer usable)") for one in stale),
        ]

    def _option_choices(
        self, tracked: XeroTrackingCategory, *, chosen: str
    ) -> list[tuple[str, str]]:
        usable = [(str(one.pk), str(one)) for one in self._usable(tracked)]
        held = self.options.get(chosen)
        is_stale = held is not None and (chosen, str(held)) not in usable
        stale = [(chosen, f"{held} (no longer usable)")] if is_stale else []
        return [NO_OPTION, *usable, *stale]

    def _usable(self, tracked: XeroTrackingCategory) -> list[XeroTrackingOption]:
        own = [one for one in self.options.values() if one.tracking_id == tracked.pk]
        return [one for one in own if not tracking.trouble(one)]

    # --- what stands ---------------------------------------------------------------------------

    def _initial(self) -> dict[str, Any]:
        held = self.connection.category_tracking.all()
        saved = {
            f"tracking-{row.tracking_id}-{row.category_id or NO_CATEGORY}": str(row.option_id or "")
            for row in held
        }
        for area in self.connection.area_tracking.all():
            saved[f"area-{area.tracking_id}-{_short(area.area)}"] = str(area.option_id or "")
        for tracked in self.tracked:
            saved[_follows(tracked)] = AREAS if tracked.by_area else PRODUCTS
        theme = themes.chosen(self.connection)
        return {
            **self._proposals(saved),
            **saved,
            "theme": str(theme.pk) if theme else "",
            "mark_as_sent": self.connection.mark_as_sent,
        }

    def _proposals(self, saved: dict[str, str]) -> dict[str, str]:
        """Return an option of a like name for each category that nobody has chosen for."""
        found: dict[str, str] = {}
        for name, (tracked, followed) in self.places.items():
            if followed and followed.name and name not in saved:
                best = accounts.proposed_option(followed.name, self._usable(tracked))
                found[name] = str(best.pk) if best else ""
        self.proposed = {name for name, value in found.items() if value}
        return found

    def groups(self) -> list[tuple[XeroTrackingCategory, forms.BoundField, list[MappingRow]]]:
        """Return each tracking category with what it follows, and its rows."""
        return [
            (
                tracked,
                self[_follows(tracked)],
                [self._row(name) for name, place in self.places.items() if place[0] == tracked],
            )
            for tracked in self.tracked
        ]

    def _row(self, name: str) -> MappingRow:
        proposed = name in self.proposed and not self.is_bound
        return MappingRow(str(self.fields[name].label), "", self[name], proposed)

    # --- what comes back -----------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        theme = self.themes.get(cleaned.get("theme", ""))
        if theme and (trouble := themes.trouble(theme)):
            self.add_error("theme", f"{trouble} Choose another one.")
        for name in self.places:
            option = self.options.get(cleaned.get(name, ""))
            if option and (trouble := tracking.trouble(option)):
                self.add_error(name, f"{trouble} Choose another one, or none.")
        return cleaned

    @property
    def chosen_theme(self) -> XeroBrandingTheme | None:
        return self.themes.get(self.cleaned_data["theme"])

    @property
    def chosen_options(self) -> tracking.Choices:
        return {
            place: self.options.get(self.cleaned_data[name]) for name, place in self.places.items()
        }

    @property
    def chosen_follows(self) -> dict[XeroTrackingCategory, bool]:
        """Return which tracking categories follow suburbs; what was not sent stays as it is."""
        sent = {tracked: self.cleaned_data[_follows(tracked)] for tracked in self.tracked}
        return {tracked: value == AREAS for tracked, value in sent.items() if value}


def _follows(tracked: XeroTrackingCategory) -> str:
    return f"follows-{tracked.pk}"


def _name(tracked: XeroTrackingCategory, followed: tracking.Followed) -> str:
    if isinstance(followed, tracking.Area):
        return f"area-{tracked.pk}-{_short(followed.key)}"
    return f"tracking-{tracked.pk}-{followed.pk if followed else NO_CATEGORY}"


def _short(area: str) -> str:
    """Return what stands for a suburb in the name of a field: any letter may be in a suburb."""
    return hashlib.sha256(area.encode()).hexdigest()[:12]


def _label(followed: tracking.Followed) -> str:
    if isinstance(followed, tracking.Area):
        return followed.name or "Invoices without a pool, or without its suburb"
    return followed.name if followed else "Lines without a category"


def _options(connection: Connection) -> list[XeroTrackingOption]:
    found = XeroTrackingOption.objects.filter(tracking__connection=connection)
    return list(found.select_related("tracking"))
