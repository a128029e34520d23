"""Xero's own addresses of a contact or an invoice, leading to the simulator's pages.

Source: Xero, "Deep linking to Xero".
"""

from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from simulators.xero.accounting.organisation import Organisation
from simulators.xero.web.organisations import base_path, by_short_code
from simulators.xero.world import world_of

INVOICE_PATHS = frozenset(
    {
        "/accountsreceivable/view.aspx",
        "/accountsreceivable/edit.aspx",
        "/accountspayable/view.aspx",
    }
)
CONTACT_PATH = "/contacts/view/"
NO_SUCH = "The simulator holds no such document."


async def organisation_login(request: web.Request) -> web.StreamResponse:
    """Go to the address named, inside the organisation named."""
    organisation = by_short_code(world_of(request), request.query.get("shortcode", ""))
    if organisation is None:
        raise web.HTTPNotFound(text="The simulator holds no organisation of that short code.")
    target = request.query.get("redirecturl", "")
    raise web.HTTPFound(inside([organisation], target) or base_path(organisation))


async def plain_link(request: web.Request) -> web.StreamResponse:
    place = inside(list(world_of(request).organisations.values()), request.path_qs)
    if place is None:
        raise web.HTTPNotFound(text=NO_SUCH)
    raise web.HTTPFound(place)


def inside(organisations: list[Organisation], target: str) -> str | None:
    """Return the page that shows what a Xero address points to, in whichever holds it."""
    parts = urlsplit(target)
    path = parts.path.lower()
    query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    for organisation in organisations:
        base = base_path(organisation)
        invoice_id, contact_id = query.get("invoiceid", ""), path.removeprefix(CONTACT_PATH)
        if path in INVOICE_PATHS and organisation.invoices.get(invoice_id):
            return f"{base}invoices/{invoice_id.lower()}"
        if path.startswith(CONTACT_PATH) and organisation.contacts.get(contact_id):
            return f"{base}contacts/{contact_id}"
    return None


ROUTES = [
    web.get("/{name:[Oo]rganisation[Ll]ogin}/{page:[Dd]efault.aspx}", organisation_login),
    web.get("/AccountsReceivable/{page}", plain_link),
    web.get("/AccountsPayable/{page}", plain_link),
    web.get("/Contacts/View/{id}", plain_link),
]
