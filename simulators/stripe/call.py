"""One call of the API, as a route sees it."""

from dataclasses import dataclass, field

from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.errors import StripeError
from simulators.stripe.fees import MINIMUM, money
from simulators.stripe.keys import Key
from simulators.stripe.params import Params
from simulators.stripe.world import World


@dataclass(frozen=True)
class Call:
    world: World
    book: Book
    params: Params
    # Where this simulator is reached, for the addresses of its pages.
    origin: str
    key: Key
    # The parts of the path that stand for ids.
    ids: tuple[str, ...] = ()
    # What every list takes.
    page: Params = field(default_factory=lambda: Params({}))

    def currency(self) -> str:
        return currency_of(self.params)


def currency_of(params: Params, name: str = "currency") -> str:
    text = params.required(name).lower()
    if text not in MINIMUM:
        known = ", ".join(sorted(MINIMUM))
        message = f"Invalid currency: {text}. The simulator's currencies are {known}"
        raise StripeError(message, param=params.named(name))
    return text


def check_minimum(amount: int, currency: str, param: str) -> None:
    """Raise StripeError for less than Stripe's least charge."""
    least = MINIMUM[currency]
    if amount < least:
        words = f"{money(least, currency).lstrip('ANZ')} {currency}"
        message = f"Amount must be at least {words}"
        raise StripeError(message, code="amount_too_small", param=param)


def subject(book: Book, id: str | None) -> Json | None:
    """Return the customer that is named, or None when none is; raise StripeError for no such."""
    if not id:
        return None
    row = book.get("customer", id, param="customer", status=400)
    if row.get("deleted"):
        raise StripeError(f"No such customer: '{id}'", code="resource_missing", param="customer")
    return row
