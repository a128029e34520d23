"""OAuth of Stripe Connect: the request, the code, the tokens, and the end of a connection.

Source: docs.stripe.com/connect/oauth-reference.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from simulators.common.answers import Answer, json_answer
from simulators.common.wire import Json
from simulators.stripe.errors import StripeError
from simulators.stripe.keys import CODE_SECONDS, Code, secret_in
from simulators.stripe.wire import new_id
from simulators.stripe.world import World

SCOPES = {"read_write", "read_only"}


class Refused(Exception):
    """OAuth's own error answer: `error` and what it means."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status

    def answer(self) -> Answer:
        body = {"error": self.error, "error_description": self.description}
        return json_answer(body, status=self.status)


@dataclass(frozen=True)
class Asked:
    """A request for access that holds water."""

    redirect_uri: str
    state: str
    scope: str

    def back(self, **members: str) -> str:
        whole = {**members, **({"state": self.state} if self.state else {})}
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{joint}{urlencode(whole)}"

    def denied(self) -> str:
        words = "The user denied your request"
        return self.back(error="access_denied", error_description=words)


def read_request(world: World, query: Mapping[str, str]) -> Asked:
    """Read the query of the authorize page; raise Refused when it cannot be granted."""
    if query.get("client_id") != world.keys.client_id:
        raise Refused("invalid_request", unknown_client(query))
    if query.get("response_type") != "code":
        raise Refused("unsupported_response_type", "The response_type must be code.")
    scope = query.get("scope", "read_only")
    if scope not in SCOPES:
        raise Refused("invalid_scope", f"Invalid scope: {scope}")
    redirect = query.get("redirect_uri", "")
    if urlsplit(redirect).scheme not in {"http", "https"}:
        words = "Invalid redirect URI. Ensure this URI matches one in your application settings."
        raise Refused("invalid_redirect_uri", words)
    return Asked(redirect, query.get("state", ""), scope)


def unknown_client(sent: Mapping[str, str]) -> str:
    return f"No application matches the supplied client identifier: {sent.get('client_id')}"


def approve(world: World, asked: Asked, account: str) -> str:
    """Let the platform act for an account; return where the browser goes with the code."""
    code = new_id("ac", 32)
    world.keys.codes[code] = Code(account, asked.scope, world.now + CODE_SECONDS)
    return asked.back(scope=asked.scope, code=code)


def check_client(world: World, form: Mapping[str, str], authorization: str | None) -> None:
    secret = form.get("client_secret") or secret_in(authorization)
    key = world.keys.by_secret.get(secret)
    if key is None or key.account != world.keys.platform:
        raise Refused("invalid_client", "No such API key.", 401)


def token(world: World, form: Mapping[str, str], authorization: str | None) -> Answer:
    try:
        check_client(world, form, authorization)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return json_answer(redeemed(world, form.get("code", "")))
        if kind == "refresh_token":
            return json_answer(refreshed(world, form.get("refresh_token", "")))
        words = "Invalid grant_type; must be one of authorization_code, refresh_token"
        raise Refused("unsupported_grant_type", words)
    except Refused as refused:
        world.counts[f"token {refused.error}"] += 1
        return refused.answer()


def redeemed(world: World, id: str) -> Json:
    code = world.keys.codes.get(id)
    if code is None:
        raise Refused("invalid_grant", f"Authorization code does not exist: {id}")
    if code.used:
        if world.switches.code_reuse_revokes:
            world.keys.disconnect(code.account)
        words = "This authorization code has already been used. All tokens issued with this code "
        raise Refused("invalid_grant", f"{words}have been revoked.")
    if world.now >= code.until:
        raise Refused("invalid_grant", f"Authorization code expired: {id}")
    code.used = True
    if code.account not in world.keys.connected:
        world.keys.connected.add(code.account)
        book = world.books[code.account]
        world.emit(book, "account.application.authorized", application(world))
    world.counts["code exchanges"] += 1
    return tokens(world, code.account, code.scope)


def refreshed(world: World, refresh: str) -> Json:
    account = world.keys.refresh.get(refresh)
    if account is None:
        raise Refused("invalid_grant", f"Refresh token does not exist: {refresh}")
    world.counts["refreshes"] += 1
    return tokens(world, account, "read_write", refresh=refresh)


def tokens(world: World, account: str, scope: str, *, refresh: str = "") -> Json:
    # Marked by its beginning, so that a disconnect can take it back.
    secret = f"sk_acct_{secrets.token_hex(16)}"
    world.keys.add(secret, account)
    refresh = refresh or f"rt_{secrets.token_hex(16)}"
    world.keys.refresh[refresh] = account
    return {
        "access_token": secret,
        "livemode": False,
        "refresh_token": refresh,
        "scope": scope,
        "stripe_publishable_key": f"pk_test_{account[5:]}",
        "stripe_user_id": account,
        "token_type": "bearer",
    }


def application(world: World) -> Json:
    return {"id": world.keys.client_id, "object": "application", "name": world.options.app_name}


def deauthorize(world: World, form: Mapping[str, str], authorization: str | None) -> Answer:
    account = form.get("stripe_user_id", "")
    try:
        check_client(world, form, authorization)
        if form.get("client_id") != world.keys.client_id:
            words = (
                f"No application matches the supplied client identifier: {form.get('client_id')}"
            )
            raise Refused("invalid_client", words, 401)
        if account not in world.keys.connected:
            words = f"This application is not connected to stripe account {account}, or that "
            raise Refused("invalid_client", f"{words}account does not exist.", 401)
    except Refused as refused:
        return refused.answer()
    disconnect(world, account)
    return json_answer({"stripe_user_id": account})


def disconnect(world: World, account: str) -> None:
    """End a connection, by the platform or by the account's owner; the platform hears of it."""
    if account not in world.keys.connected:
        raise StripeError(f"The account {account} is not connected.")
    world.keys.disconnect(account)
    book = world.books[account]
    world.emit(book, "account.application.deauthorized", application(world))
