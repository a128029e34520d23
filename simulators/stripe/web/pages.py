"""What each account holds, for a person to look at, and all other pages together."""

from aiohttp import web

from simulators.common.pages import STATIC
from simulators.common.wire import Json
from simulators.stripe.book import Book
from simulators.stripe.passing import let_pass
from simulators.stripe.summary import summary
from simulators.stripe.web import authentication, checkout, connecting
from simulators.stripe.web.rendering import page, refused
from simulators.stripe.world import world_of

RECENT = 25


async def home(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    let_pass(world)
    rows = [(book.account, summary(book)) for book in world.books.values()]
    connected, platform = world.keys.connected, world.keys.platform
    return page("home.html", rows=rows, connected=connected, platform=platform)


async def account(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    let_pass(world)
    book = world.books.get(request.match_info["account"])
    if book is None:
        return refused("There is no such account.")
    return page(
        "account.html",
        account=book.account,
        sums=summary(book),
        payments=newest(book, "charge"),
        sessions=newest(book, "checkout.session"),
        payouts=newest(book, "payout"),
        transactions=newest(book, "balance_transaction"),
        disputes=newest(book, "dispute"),
    )


def newest(book: Book, kind: str) -> list[Json]:
    return list(book.all(kind))[-RECENT:][::-1]


ROUTES = [
    web.get("/", home),
    web.get("/a/{account}", account),
    *checkout.ROUTES,
    *authentication.ROUTES,
    *connecting.ROUTES,
    web.static("/static/", STATIC),
]
