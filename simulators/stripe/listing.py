"""Lists: newest first, a page at a time. Source: docs.stripe.com/api/pagination."""

import operator
from collections.abc import Callable, Iterable, Sequence

from simulators.common.wire import Json
from simulators.stripe.call import Call
from simulators.stripe.errors import StripeError
from simulators.stripe.params import Params

PAGING = ("limit", "starting_after", "ending_before")
USUAL, MOST = 10, 100
BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def listing(
    call: Call, url: str, rows: Iterable[Json], *, times: Sequence[str] = ("created",)
) -> Json:
    """Return the page asked for of `rows`, which come oldest first; `times` can be filtered by."""
    found = list(rows)
    for name in times:
        found = within(found, call.page, name)
    found.reverse()
    limit = call.page.number("limit", USUAL) or 0
    if not 1 <= limit <= MOST:
        raise call.page.refuse("limit", "This value must be between 1 and 100.")
    after, before = call.page.text("starting_after"), call.page.text("ending_before")
    if before:
        end = place(found, before, "ending_before")
        start = max(0, end - limit)
        return page(url, found[start:end], more=start > 0)
    start = place(found, after, "starting_after") + 1 if after else 0
    return page(url, found[start : start + limit], more=len(found) > start + limit)


def page(url: str, rows: list[Json], *, more: bool) -> Json:
    return {"object": "list", "data": rows, "has_more": more, "url": url}


def place(rows: list[Json], id: str, param: str) -> int:
    for number, row in enumerate(rows):
        if row["id"] == id:
            return number
    raise StripeError(f"No such object: '{id}'", code="resource_missing", param=param)


def within(rows: list[Json], params: Params, name: str) -> list[Json]:
    """Filter by a moment, exact or by bounds (created[gte]=...)."""
    value = params.values.get(name)
    if value is None:
        return rows
    if not isinstance(value, dict):
        exact = params.number(name)
        return [row for row in rows if row[name] == exact]
    bounds = params.table(name)
    bounds.allow(*BOUNDS)
    for bound, holds in BOUNDS.items():
        limit = bounds.number(bound)
        if limit is not None:
            rows = [row for row in rows if holds(row[name], limit)]
    return rows
