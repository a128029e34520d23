"""The balance and its transactions, to read."""

from simulators.common.wire import Json
from simulators.stripe import ledger
from simulators.stripe.call import Call
from simulators.stripe.errors import StripeError
from simulators.stripe.listing import listing


def retrieve(call: Call) -> Json:
    call.params.allow()
    return ledger.balance(call.book)


def transaction(call: Call) -> Json:
    return call.book.get("balance_transaction", call.ids[0])


def transactions(call: Call) -> Json:
    params = call.params
    params.allow("payout", "type", "source", "currency")
    wanted = {name: params.text(name) for name in ("type", "source", "currency")}
    rows = list(call.book.all("balance_transaction", **wanted))
    if payout := params.text("payout"):
        rows = of_payout(call, payout, rows)
    return listing(call, "/v1/balance_transactions", rows, times=("created", "available_on"))


def of_payout(call: Call, id: str, rows: list[Json]) -> list[Json]:
    """Return what a payout paid out. Stripe knows that of automatic ones only."""
    payout = call.book.get("payout", id, param="payout", status=400)
    if not payout["automatic"]:
        message = "Balance transaction history can only be filtered on automatic transfers, not "
        raise StripeError(f"{message}manual.", param="payout")
    taken = [one for one in rows if call.book.paid_out.get(one["id"]) == id]
    if call.world.switches.payout_lists_itself:
        return taken
    return [one for one in taken if one["id"] != payout["balance_transaction"]]
