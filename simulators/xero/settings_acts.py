"""What a person changes in Xero's settings that invoices hang on: themes, tracking, the price list.

Tracking is named by `category` and, where it is about an option, `option`; both by name or id.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.items import save_item
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.settings_model import (
    BrandingTheme,
    Item,
    TrackingCategory,
    TrackingOption,
)
from simulators.xero.accounting.settings_render import (
    render_branding_theme,
    render_item,
    render_tracking_category,
)
from simulators.xero.acting import Act, ActRefused, refuse_if
from simulators.xero.wire import Json, new_id, parse_decimal

# Xero: two categories in use, four in all.
MOST_ACTIVE = 2
MOST_CATEGORIES = 4


def the_theme(call: Call, named: object) -> BrandingTheme:
    for theme in call.organisation.branding_themes:
        if str(named) in (theme.id, theme.name):
            return theme
    raise ActRefused(f"No branding theme {named}.")


def add_theme(call: Call, sent: Json) -> Json:
    themes = call.organisation.branding_themes
    theme = BrandingTheme(new_id(), str(sent.get("name")), len(themes), call.now)
    themes.append(theme)
    return render_branding_theme(theme)


def delete_theme(call: Call, sent: Json) -> Json:
    theme = the_theme(call, sent.get("theme"))
    if theme.sort_order == 0:
        raise ActRefused("The default theme stays.")
    call.organisation.branding_themes.remove(theme)
    return render_branding_theme(theme)


def the_category(call: Call, named: object) -> TrackingCategory:
    for category in call.organisation.tracking_categories:
        if str(named) in (category.id, category.name):
            return category
    raise ActRefused(f"No tracking category {named}.")


def put_category(call: Call, category: TrackingCategory) -> Json:
    """Save a category in its place, or as the last one."""
    categories = call.organisation.tracking_categories
    kept = [category if one.id == category.id else one for one in categories]
    after = kept if category in kept else [*kept, category]
    if sum(one.status == "ACTIVE" for one in after) > MOST_ACTIVE:
        raise ActRefused("Two tracking categories at most are in use.")
    categories[:] = after
    return render_tracking_category(category, archived=True)


def add_tracking(call: Call, sent: Json) -> Json:
    """Add a category with its `options`, by name."""
    if len(call.organisation.tracking_categories) >= MOST_CATEGORIES:
        raise ActRefused("Four tracking categories at most.")
    names = [str(name) for name in sent.get("options") or ()]
    options = tuple(TrackingOption(new_id(), name) for name in names)
    return put_category(call, TrackingCategory(new_id(), str(sent.get("category")), options))


def change_tracking(call: Call, sent: Json, *, status: str = "") -> Json:
    """Give a category, or one of its options, another status or another `name`."""
    category, named = the_category(call, sent.get("category")), sent.get("option")
    name = str(sent.get("name") or "")
    if named is None:
        changed = replace(category, status=status or category.status, name=name or category.name)
        return put_category(call, changed)
    if all(str(named) not in (one.id, one.name) for one in category.options):
        raise ActRefused(f"No tracking option {named}.")
    options = tuple(
        replace(one, status=status or one.status, name=name or one.name)
        if str(named) in (one.id, one.name)
        else one
        for one in category.options
    )
    return put_category(call, replace(category, options=options))


def delete_tracking_option(call: Call, sent: Json) -> Json:
    category = the_category(call, sent.get("category"))
    named = str(sent.get("option"))
    left = tuple(one for one in category.options if named not in (one.id, one.name))
    return put_category(call, replace(category, options=left))


def the_item(call: Call, named: object) -> Item:
    items, text = call.organisation.items, str(named)
    found = items.get(text) or items.find("code", text.casefold())
    if found is None:
        raise ActRefused(f"No item {text}.")
    return found


def item_changed(call: Call, item: Item | None, fields: Json) -> Json:
    problems = Problems()
    saved = save_item(call, item, fields, problems)
    refuse_if(problems)
    assert saved is not None
    return render_item(saved)


def add_item(call: Call, sent: Json) -> Json:
    return item_changed(call, None, sent.get("fields") or {})


def edit_item(call: Call, sent: Json) -> Json:
    return item_changed(call, the_item(call, sent.get("item")), sent.get("fields") or {})


def count_stock(call: Call, sent: Json) -> Json:
    """Track an item as inventory, with so many `on_hand`."""
    on_hand = parse_decimal(sent.get("on_hand"))
    item = replace(the_item(call, sent.get("item")), on_hand=on_hand, updated=call.now)
    call.organisation.items.save(item)
    return render_item(item)


def delete_item(call: Call, sent: Json) -> Json:
    item = the_item(call, sent.get("item"))
    call.organisation.items.remove(item.id)
    return render_item(item)


archived: Callable[[Call, Json], Json] = partial(change_tracking, status="ARCHIVED")
restored: Callable[[Call, Json], Json] = partial(change_tracking, status="ACTIVE")

SETTINGS_ACTS: dict[str, Act] = {
    "add_theme": add_theme,
    "delete_theme": delete_theme,
    "add_tracking": add_tracking,
    "archive_tracking": archived,
    "restore_tracking": restored,
    "rename_tracking": change_tracking,
    "delete_tracking_option": delete_tracking_option,
    "add_item": add_item,
    "edit_item": edit_item,
    "delete_item": delete_item,
    "count_stock": count_stock,
}
