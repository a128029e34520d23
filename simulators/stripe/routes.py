"""The calls of the API, by method and path; a star stands for an id."""

from collections.abc import Callable

from simulators.common.wire import Json
from simulators.stripe import (
    accounts,
    balance,
    charges,
    customers,
    disputes,
    endpoints,
    events,
    intents,
    payment_methods,
    payouts,
    refunds,
    sessions,
)
from simulators.stripe.call import Call

Route = Callable[[Call], Json]
ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "account"): accounts.own,
    ("GET", "accounts"): accounts.index,
    ("POST", "accounts"): accounts.create,
    ("GET", "accounts/*"): accounts.retrieve,
    ("POST", "accounts/*"): accounts.update,
    ("DELETE", "accounts/*"): accounts.delete,
    ("POST", "account_links"): accounts.create_link,
    ("GET", "balance"): balance.retrieve,
    ("GET", "balance_transactions"): balance.transactions,
    ("GET", "balance_transactions/*"): balance.transaction,
    ("GET", "charges"): charges.index,
    ("GET", "charges/*"): charges.retrieve,
    ("POST", "charges/*"): charges.update,
    ("GET", "checkout/sessions"): sessions.index,
    ("POST", "checkout/sessions"): sessions.create,
    ("GET", "checkout/sessions/*"): sessions.retrieve,
    ("POST", "checkout/sessions/*"): sessions.update,
    ("POST", "checkout/sessions/*/expire"): sessions.expire,
    ("GET", "checkout/sessions/*/line_items"): sessions.line_items,
    ("GET", "customers"): customers.index,
    ("POST", "customers"): customers.create,
    ("GET", "customers/*"): customers.retrieve,
    ("POST", "customers/*"): customers.update,
    ("DELETE", "customers/*"): customers.delete,
    ("GET", "customers/*/payment_methods"): customers.methods,
    ("GET", "customers/*/payment_methods/*"): customers.method,
    ("GET", "disputes"): disputes.index,
    ("GET", "disputes/*"): disputes.retrieve,
    ("POST", "disputes/*"): disputes.update,
    ("POST", "disputes/*/close"): disputes.give_up,
    ("GET", "events"): events.index,
    ("GET", "events/*"): events.retrieve,
    ("GET", "payment_intents"): intents.index,
    ("POST", "payment_intents"): intents.create,
    ("GET", "payment_intents/*"): intents.retrieve,
    ("POST", "payment_intents/*"): intents.update,
    ("POST", "payment_intents/*/confirm"): intents.confirm,
    ("POST", "payment_intents/*/cancel"): intents.cancel,
    ("GET", "payment_methods"): payment_methods.index,
    ("POST", "payment_methods"): payment_methods.create,
    ("GET", "payment_methods/*"): payment_methods.retrieve,
    ("POST", "payment_methods/*"): payment_methods.update,
    ("POST", "payment_methods/*/attach"): payment_methods.attach,
    ("POST", "payment_methods/*/detach"): payment_methods.detach,
    ("GET", "payouts"): payouts.index,
    ("POST", "payouts"): payouts.create,
    ("GET", "payouts/*"): payouts.retrieve,
    ("POST", "payouts/*"): payouts.update,
    ("POST", "payouts/*/cancel"): payouts.cancel,
    ("GET", "refunds"): refunds.index,
    ("POST", "refunds"): refunds.create,
    ("GET", "refunds/*"): refunds.retrieve,
    ("POST", "refunds/*"): refunds.update,
    ("GET", "webhook_endpoints"): endpoints.index,
    ("POST", "webhook_endpoints"): endpoints.create,
    ("GET", "webhook_endpoints/*"): endpoints.retrieve,
    ("POST", "webhook_endpoints/*"): endpoints.update,
    ("DELETE", "webhook_endpoints/*"): endpoints.delete,
}


def find(method: str, parts: tuple[str, ...]) -> tuple[Route, tuple[str, ...]] | None:
    """Return the route of a path and the ids in it."""
    for (verb, pattern), route in ROUTES.items():
        names = pattern.split("/")
        if verb != method or len(names) != len(parts):
            continue
        if all(name in {"*", part} for name, part in zip(names, parts, strict=True)):
            ids = (part for name, part in zip(names, parts, strict=True) if name == "*")
            return route, tuple(ids)
    return None


def resource(parts: tuple[str, ...]) -> str:
    """Return what a permission of a restricted key is named after."""
    return "_".join(parts[:2]) if parts[:1] == ("checkout",) else parts[0]
