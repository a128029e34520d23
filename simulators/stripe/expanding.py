"""expand[]: an id becomes the object it names. Source: docs.stripe.com/api/expanding_objects."""

import copy
from typing import Any

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.errors import StripeError
from simulators.stripe.listing import page

# docs.stripe.com: four levels deep.
DEEPEST = 4


def rendered(book: Book, row: Json, wishes: list[str]) -> Json:
    """Return a copy of an object with what was asked for in the place of its id."""
    copied: Json = copy.deepcopy(row)
    for number, wish in enumerate(wishes):
        names = wish.split(".")
        if len(names) > DEEPEST + (names[0] == "data"):
            message = f"You cannot expand more than {DEEPEST} levels of a property"
            raise StripeError(f"{message} ({wish}).", param=f"expand[{number}]")
        expand(book, copied, names, wish, number)
    return copied


def expand(book: Book, row: Any, names: list[str], wish: str, number: int) -> None:
    if isinstance(row, list):
        for one in row:
            expand(book, one, names, wish, number)
        return
    name = names[0]
    value = row.get(name) if isinstance(row, dict) else None
    if isinstance(row, dict) and name not in row:
        value = included(book, row, name)
    if isinstance(value, str):
        value = copy.deepcopy(book.by_id(value))
    if value is None and not (isinstance(row, dict) and name in row):
        message = f"This property cannot be expanded ({wish})."
        raise StripeError(message, param=f"expand[{number}]")
    if value is None:
        return
    row[name] = value
    if names[1:]:
        expand(book, value, names[1:], wish, number)


def included(book: Book, row: Json, name: str) -> Json | None:
    """Return a list that an object has on request only."""
    kind, id = row.get("object"), row.get("id", "")
    if (kind, name) == ("checkout.session", "line_items"):
        url = f"/v1/checkout/sessions/{id}/line_items"
        return page(url, copy.deepcopy(book.line_items[id]), more=False)
    if (kind, name) == ("charge", "refunds"):
        rows = [copy.deepcopy(one) for one in book.all("refund", charge=id)][::-1]
        return page(f"/v1/charges/{id}/refunds", rows, more=False)
    return None
