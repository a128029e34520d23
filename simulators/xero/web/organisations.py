"""The frame of every page of one organisation: which one, where its pages are, its menu."""

from aiohttp import web

from simulators.xero.accounting.organisation import Organisation
from simulators.xero.web.rendering import page_of
from simulators.xero.world import World, world_of

MENU = (
    ("Dashboard", ""),
    ("Contacts", "contacts"),
    ("Invoices", "invoices"),
    ("Bank accounts", "bank"),
    ("Items", "items"),
    ("Chart of accounts", "accounts"),
    ("Tax rates", "tax-rates"),
)


def base_path(organisation: Organisation) -> str:
    return f"/o/{organisation.short_code.lstrip('!')}/"


def by_short_code(world: World, short: str) -> Organisation | None:
    return world.organisation("!" + short.lstrip("!"))


def organisation_of(request: web.Request) -> Organisation:
    found = by_short_code(world_of(request), request.match_info["short"])
    if found is None:
        raise web.HTTPNotFound(text="There is no such organisation in this simulator.")
    return found


def is_here(path: str, base: str, part: str) -> bool:
    """Say whether a menu entry is the page shown, or the list that the page shown is from."""
    return path == base + part or (bool(part) and path.startswith(f"{base}{part}/"))


def organisation_page(request: web.Request, template: str, **values: object) -> web.Response:
    organisation = organisation_of(request)
    base = base_path(organisation)
    frame: dict[str, object] = {
        "organisation": organisation,
        "base": base,
        "menu": [(title, base + part, is_here(request.path, base, part)) for title, part in MENU],
        "said": request.query.get("said", ""),
        "path": request.path,
    }
    return page_of(template, {**frame, **values})
