"""Log-in and consent: the pages of login.xero.com between the app and its token."""

import secrets

from aiohttp import web

from simulators.xero.identity.authorisation import (
    AuthorisationRequest,
    Unauthorised,
    approve,
    read_request,
)
from simulators.xero.identity.model import User
from simulators.xero.identity.scopes import IDENTITY_SCOPES
from simulators.xero.web.rendering import page
from simulators.xero.world import World, world_of

PATH = "/identity/connect/authorize"
# Not Django's name: cookies do not keep apart the ports of one host.
COOKIE = "xero_simulator_session"
PASSWORD = "password"  # noqa: S105 - shown on the page; there is nothing to protect
SCOPE_WORDS = {
    "accounting.contacts": "View and manage your contacts",
    "accounting.contacts.read": "View your contacts",
    "accounting.invoices": "View and manage your invoices, credit notes and items",
    "accounting.invoices.read": "View your invoices, credit notes and items",
    "accounting.payments": "View and manage your payments",
    "accounting.payments.read": "View your payments",
    "accounting.banktransactions": "View and manage your bank transactions",
    "accounting.banktransactions.read": "View your bank transactions",
    "accounting.settings": "View and manage your organisation settings",
    "accounting.settings.read": "View your organisation settings",
    "accounting.attachments": "View and manage your attachments",
    "accounting.attachments.read": "View your attachments",
}


async def authorise(request: web.Request) -> web.StreamResponse:
    """Show the log-in page, or the consent page to somebody who is logged in."""
    world = world_of(request)
    try:
        asked = read_request(request.query, world.identity, world.switches)
    except Unauthorised as error:
        return page("refused.html", status=400, error=error.error, explanation=error.explanation)
    user = session_user(request, world)
    if user is None:
        return login_page(request, world)
    return consent_page(request, world, asked, user)


def session_user(request: web.Request, world: World) -> User | None:
    session = world.identity.sessions.get(request.cookies.get(COOKIE, ""))
    return world.identity.users.get(session or "")


def login_page(request: web.Request, world: World, problem: str = "") -> web.Response:
    return page(
        "login.html",
        status=400 if problem else 200,
        app_name=world.identity.client.name,
        users=list(world.identity.users.values()),
        password=PASSWORD,
        problem=problem,
        action=request.path_qs,
    )


def consent_page(
    request: web.Request, world: World, asked: AuthorisationRequest, user: User, problem: str = ""
) -> web.Response:
    connected = {one.tenant_id for one in world.identity.connections_of(user.id)}
    organisations = [
        world.organisations[one] for one in user.organisation_ids if one in world.organisations
    ]
    return page(
        "consent.html",
        status=400 if problem else 200,
        app_name=world.identity.client.name,
        user=user,
        organisations=organisations if asked.needs_organisation else [],
        connected=connected,
        wishes=[
            SCOPE_WORDS.get(scope, scope)
            for scope in sorted(asked.scopes)
            if scope not in IDENTITY_SCOPES
        ],
        keeps_access="offline_access" in asked.scopes,
        problem=problem,
        action=request.path_qs,
    )


async def decide(request: web.Request) -> web.StreamResponse:
    """Take what the person chose on either page."""
    world = world_of(request)
    try:
        asked = read_request(request.query, world.identity, world.switches)
    except Unauthorised as error:
        return page("refused.html", status=400, error=error.error, explanation=error.explanation)
    form = {name: str(value) for name, value in (await request.post()).items()}
    decision = form.get("decision")
    if decision == "cancel":
        raise web.HTTPFound(asked.denied())
    if decision == "log in":
        return log_in(request, world, form)
    if decision == "change user":
        return log_out(request, world)
    user = session_user(request, world)
    if user is None:
        return login_page(request, world)
    tenant_id = form.get("organisation", "")
    if asked.needs_organisation and tenant_id not in user.organisation_ids:
        problem = "Choose the organisation to connect."
        return consent_page(request, world, asked, user, problem)
    raise web.HTTPFound(approve(asked, world.identity, user, tenant_id or None))


def log_in(request: web.Request, world: World, form: dict[str, str]) -> web.Response:
    user = world.identity.user_by_email(form.get("email", ""))
    if user is None or form.get("password") != PASSWORD:
        return login_page(request, world, "That e-mail address or password is not right.")
    session = secrets.token_urlsafe(24)
    world.identity.sessions[session] = user.id
    response = web.HTTPSeeOther(request.path_qs)
    response.set_cookie(COOKIE, session, httponly=True, samesite="Lax")
    return response


def log_out(request: web.Request, world: World) -> web.Response:
    world.identity.sessions.pop(request.cookies.get(COOKIE, ""), None)
    response = web.HTTPSeeOther(request.path_qs)
    response.del_cookie(COOKIE)
    return response


ROUTES = [web.get(PATH, authorise), web.post(PATH, decide)]
