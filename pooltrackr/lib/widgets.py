"""Form controls that Django lacks."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

# A year of two or five digits is a slip of the keyboard, which Xero and the clocks of databases
# would meet otherwise. 1990: older books are closed.
FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2099, 12, 31)


class DateInput(forms.DateInput):
    """The browser's own date picker. It wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class SearchSelect(forms.Select):
    """A select that static/js/search-select.js turns into a box with a server search.

    `url` answers GET ?q= with {"results": [{"value", "text", "hint"}]}. The page includes
    forms/search_select.html in its `head` block. Without JavaScript it is the plain select, so the
    form gives it choices that make sense on their own.
    """

    def __init__(self, *, url: str = "", placeholder: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.attrs["data-search-select"] = url
        if placeholder:
            self.attrs["data-placeholder"] = placeholder


class DayField(forms.DateField):
    """A day of our time."""

    def __init__(self, **kwargs: Any) -> None:
        message = "Enter a day between 1990 and 2099."
        limits = [MinValueValidator(FIRST_DAY, message), MaxValueValidator(LAST_DAY, message)]
        super().__init__(widget=DateInput(), validators=limits, **kwargs)
