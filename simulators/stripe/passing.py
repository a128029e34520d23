"""Letting time pass: what is due happens in its order, each thing at its own moment."""

from collections.abc import Callable

from simulators.stripe import disputes, ledger, payouts, refunds, sessions
from simulators.stripe.book import Book
from simulators.stripe.world import World

HAPPENINGS: dict[str, Callable[[World, Book, str], None]] = {
    "available": ledger.become_available,
    "arrive": payouts.arrive,
    "pay_out": payouts.pay_out,
    "expire_session": sessions.expire_later,
    "finish_refund": refunds.finish,
    "fail_refund": refunds.fail_later,
    "dispute_lapses": disputes.lapse,
}


def let_pass(world: World) -> None:
    """Do all that is due by now."""
    now = world.real_now
    while due := world.agenda.take(now):
        world.at = due.when
        try:
            HAPPENINGS[due.what](world, world.books[due.account], due.id)
        finally:
            world.at = None
