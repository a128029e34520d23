"""Template tags that every page shares; built in, so no {% load %}."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, ChoiceField, ModelChoiceField, Select
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pooltrackr.lib.money import rounded
from pooltrackr.lib.tables import Table

register = template.Library()

# What stands beside the words of a badge: status is never told by colour alone.
BADGE_ICONS = {
    "ok": "check",
    "info": "info",
    "warn": "clock",
    "bad": "alert",
    "muted": "minus",
}
CURRENCY_SIGNS = {"AUD": "$", "NZD": "NZ$", "USD": "US$", "GBP": "£", "EUR": "€"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of static/icons.svg. Silent beside words; `label` speaks when it stands alone."""
    sprite = static("icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            label,
            sprite,
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        sprite,
        name,
    )


@register.simple_tag
def status_badge(kind: str, text: str) -> SafeString:
    """A status: `kind` is ok, info, warn, bad or muted."""
    return format_html(
        '<span class="status status-{}">{}{}</span>', kind, icon(BADGE_ICONS[kind]), text
    )


@register.simple_tag
def money(amount: Decimal | None, currency: str = "") -> SafeString:
    """An amount with cents and thousands; a real minus sign; a dash for nothing."""
    if amount is None or amount == "":
        return format_html('<span class="money">{}</span>', "\N{EN DASH}")
    value = rounded(Decimal(amount))
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    digits = number_format(abs(value), decimal_pos=2, use_l10n=True, force_grouping=True)
    unit = CURRENCY_SIGNS.get(currency, f"{currency} " if currency else "")
    return format_html('<span class="money">{}{}{}</span>', sign, unit, digits)


# --- forms ------------------------------------------------------------------------------------


@register.filter
def is_optional(field: BoundField) -> bool:
    """Say whether nothing may be given: no drop-down without an empty choice lets anybody."""
    if field.field.required or getattr(field.form, "marks_no_optional", False):
        return False
    choices = field.field
    # A model's choices are not looked through: that is a query.
    if not isinstance(choices, ChoiceField) or isinstance(choices, ModelChoiceField):
        return True
    pairs = cast("Iterable[tuple[str, Any]]", choices.choices)
    return any(key == "" for key, _ in pairs)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's control with Bootstrap's classes beside the widget's own."""
    attrs = field.field.widget.attrs
    classes = f"{attrs.get('class', '')} {_control_class(field)}".strip()
    return field.as_widget(attrs={"class": classes})


def _control_class(field: BoundField) -> str:
    widget = field.field.widget
    invalid = " is-invalid" if field.errors else ""
    if isinstance(widget, CheckboxInput):
        return f"form-check-input{invalid}"
    if field.use_fieldset:
        return "choices"
    if isinstance(widget, Select):
        return f"form-select{invalid}"
    return f"form-control{invalid}"


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.inclusion_tag("forms/fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """All fields of a form, hidden ones included."""
    return {"form": form}


@register.inclusion_tag("forms/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong with the form, at its top, each with a link to its field."""
    return {
        "form": form,
        "fields": [field for field in form if field.errors],
        "general": form.non_field_errors(),
    }


# --- tables -----------------------------------------------------------------------------------


@register.inclusion_tag("tables/sort_header.html", takes_context=True)
def sort_header(context: Context, name: str, label: str, css: str = "") -> dict[str, Any]:
    """A column's head that sorts by `name` of the table's sorts; `css` is the cell's class."""
    table: Table[Any] = context["table"]
    return {
        "name": name,
        "label": label,
        "css": css,
        "direction": table.direction(name),
        "href": table.query_string(sort=table.toggled(name), page=None),
        "target": table.target,
    }


@register.inclusion_tag("tables/pager.html", takes_context=True)
def pager(context: Context, singular: str = "row", plural: str = "") -> dict[str, Any]:
    """The count, the links to other pages, and the words that the live region speaks."""
    table: Table[Any] = context["table"]
    page = table.page
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [
        {"number": number, "href": table.query_string(page=number)}
        if isinstance(number, int)
        else {"number": None, "href": ""}
        for number in numbers
    ]
    return {
        "table": table,
        "page": page,
        "links": links,
        "noun": singular if table.count == 1 else plural or f"{singular}s",
        "previous": _page_link(table, page.has_previous(), page.number - 1),
        "next": _page_link(table, page.has_next(), page.number + 1),
    }


def _page_link(table: Table[Any], there_is: bool, number: int) -> str:
    return table.query_string(page=number) if there_is else ""


@register.inclusion_tag("tables/empty_state.html")
def empty_state(
    icon: str, title: str, text: str = "", url: str = "", label: str = ""
) -> dict[str, Any]:
    """What stands where a list has nothing: what is missing and what to do next."""
    return {"icon_name": icon, "title": title, "text": text, "url": url, "label": label}


@register.simple_tag(takes_context=True)
def panel(context: Context, template_name: str, variables: dict[str, Any]) -> SafeString:
    """A part of the page that a registry names; it sees the page's variables and its own."""
    assert context.template is not None
    found = context.template.engine.get_template(template_name)
    with context.push(**variables):
        return found.render(context)


# --- navigation -------------------------------------------------------------------------------


@register.inclusion_tag("navigation/link.html", takes_context=True)
def nav_link(context: Context, view: str, label: str, icon: str) -> dict[str, Any]:
    """An item of the main navigation, marked when the page belongs to it."""
    url = reverse(view, args=[context["business"].slug])
    path = context["request"].path
    here = path == url or (view != "dashboard" and path.startswith(url))
    return {"url": url, "label": label, "icon_name": icon, "here": here, "exact": path == url}


@register.simple_tag(takes_context=True)
def help_link(context: Context) -> str:
    """The address of this page's help: the view's name with dashes is the topic."""
    match = context["request"].resolver_match
    name = match.view_name if match and match.view_name else "index"
    topic = name.replace(":", "-").replace("_", "-")
    return reverse("help", args=[context["business"].slug, topic])
