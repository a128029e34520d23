"""The world written out as JSON, for tests that compare what arrived with what was sent."""

from collections.abc import Callable
from dataclasses import asdict

from simulators.common.wire import Json
from simulators.stripe.book import KINDS, Book
from simulators.stripe.summary import brand_sums, summary
from simulators.stripe.world import World

# Beside the kinds of objects.
ACCOUNT_PARTS: dict[str, Callable[[Book], object]] = {
    "summary": summary,
    "brands": brand_sums,
    "paidOut": lambda book: book.paid_out,
}


def world_state(world: World, *, only: frozenset[str], account: str, bodies: bool) -> Json:
    """Return the state; `only` names parts, of the world or of each account."""
    parts: dict[str, Callable[[], object]] = {
        "clock": lambda: {
            "now": world.clock.now().isoformat(),
            "secondsAhead": world.clock.seconds_ahead,
        },
        "switches": lambda: asdict(world.switches),
        "connect": lambda: {
            "platform": world.keys.platform,
            "clientId": world.keys.client_id,
            "connected": sorted(world.keys.connected),
            "counts": dict(world.counts),
            "keptAnswers": len(world.kept_answers),
        },
        "limits": lambda: asdict(world.limits),
        "calls": world.journal.counts,
        "faults": world.faults.state,
        "webhooks": world.webhooks.state,
        "writes": lambda: world.journal.state(bodies=bodies),
        "accounts": lambda: [account_state(one, only) for one in chosen(world, account)],
    }
    inner = only & {*KINDS.values(), *ACCOUNT_PARTS}
    wanted = [name for name in parts if not only or name in only]
    if inner and "accounts" not in wanted:
        wanted.append("accounts")
    return {name: parts[name]() for name in wanted}


def chosen(world: World, account: str) -> list[Book]:
    return [world.books[account]] if account else list(world.books.values())


def account_state(book: Book, only: frozenset[str]) -> Json:
    inner = only & {*KINDS.values(), *ACCOUNT_PARTS}
    state: Json = {
        "id": book.id,
        "name": book.account["business_profile"]["name"],
        "country": book.country,
        "charges_enabled": book.account["charges_enabled"],
        "payouts_enabled": book.account["payouts_enabled"],
        "schedule": book.account["settings"]["payouts"]["schedule"],
    }
    for name, make in ACCOUNT_PARTS.items():
        if not inner or name in inner:
            state[name] = make(book)
    for kind in KINDS.values():
        if not inner or kind in inner:
            state[kind] = list(book.all(kind))
    return state
