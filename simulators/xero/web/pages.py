"""The pages of go.xero.com: what each organisation holds, for a person to look at."""

from urllib.parse import quote

from aiohttp import web

from simulators.common.pages import STATIC
from simulators.xero.accounting.invoice_model import ZERO
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.acting import ActRefused
from simulators.xero.acts import act
from simulators.xero.web import bank_pages, contact_pages, deep_links, invoice_pages
from simulators.xero.web.organisations import base_path, organisation_of, organisation_page
from simulators.xero.web.rendering import page
from simulators.xero.world import world_of

RECENT = 8


async def home(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    connected = {one.tenant_id for one in world.identity.connections.values()}
    return page(
        "home.html",
        organisations=list(world.organisations.values()),
        connected=connected,
        base_path=base_path,
        app_name=world.identity.client.name,
    )


async def dashboard(request: web.Request) -> web.StreamResponse:
    organisation = organisation_of(request)
    world = world_of(request)
    newest = organisation.invoices.by_age()[-RECENT:][::-1]
    connections = [
        (world.identity.users[one.user_id], one)
        for one in world.identity.connections.values()
        if one.tenant_id == organisation.id
    ]
    return organisation_page(
        request,
        "dashboard.html",
        owed=owed_to(organisation),
        newest=newest,
        newest_contacts=organisation.contacts.by_age()[-RECENT:][::-1],
        connections=connections,
        app_name=world.identity.client.name,
    )


def owed_to(organisation: Organisation) -> object:
    open_sales = (one for one in organisation.invoices if one.is_sale and one.is_approved)
    return sum((one.amount_due for one in open_sales), ZERO)


async def chart(request: web.Request) -> web.StreamResponse:
    accounts = sorted(organisation_of(request).accounts, key=lambda one: one.code or "~")
    return organisation_page(request, "accounts.html", accounts=accounts)


async def tax_rates(request: web.Request) -> web.StreamResponse:
    rates = sorted(organisation_of(request).tax_rates, key=lambda one: one.name)
    return organisation_page(request, "tax_rates.html", rates=rates)


async def items(request: web.Request) -> web.StreamResponse:
    listed = sorted(organisation_of(request).items, key=lambda one: one.code)
    return organisation_page(request, "items.html", items=listed)


async def do(request: web.Request) -> web.StreamResponse:
    """Do what a button on a page says, as /_control/act would, and return to the page."""
    organisation = organisation_of(request)
    form = {name: str(value) for name, value in (await request.post()).items()}
    back = form.pop("back", "") or base_path(organisation)
    # A field left empty takes a value away, such as a lock date.
    sent = {name: value or None for name, value in form.items()}
    message = "Done."
    try:
        act(world_of(request), {**sent, "organisation": organisation.id})
    except ActRefused as error:
        message = str(error)
    local = back if back.startswith("/") and not back.startswith("//") else "/"
    raise web.HTTPSeeOther(f"{local}?said={quote(message)}")


ROUTES = [
    web.get("/", home),
    web.get("/o/{short}/", dashboard),
    web.get("/o/{short}/accounts", chart),
    web.get("/o/{short}/tax-rates", tax_rates),
    web.get("/o/{short}/items", items),
    web.post("/o/{short}/do", do),
    *contact_pages.ROUTES,
    *invoice_pages.ROUTES,
    *bank_pages.ROUTES,
    *deep_links.ROUTES,
    web.static("/static/", STATIC),
]
