"""Form controls that Django lacks."""

from typing import Any

from django import forms


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
