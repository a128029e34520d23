"""The machine's side of identity: token, revocation, discovery and the list of connections."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import unquote_plus

from simulators.xero.answers import TEXT_TYPE, Answer, json_answer, problem, text_answer
from simulators.xero.identity.model import (
    AccessToken,
    AppGrant,
    Connection,
    Grant,
    Identity,
    InvalidGrant,
    RefreshToken,
)
from simulators.xero.identity.scopes import ACCOUNTING, APP_SCOPES, IDENTITY_SCOPES
from simulators.xero.identity.signing import issue_access, issue_id_token
from simulators.xero.switches import Switches
from simulators.xero.wire import Json, dotnet_date

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def oauth_error(error: str) -> Answer:
    """Answer 400 with the bare error code: Xero gives no description one could rely on."""
    return json_answer({"error": error}, status=400)


def client_is_known(identity: Identity, authorization: str | None, form: Mapping[str, str]) -> bool:
    """Check id and secret, from the Basic header or from the body."""
    wanted = identity.client.client_id, identity.client.client_secret
    if authorization and authorization.lower().startswith("basic "):
        try:
            decoded = b64decode(authorization[6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        client_id, _, secret = decoded.partition(":")
        # RFC 6749 encodes both parts of the header as form values; plain ones survive decoding.
        return (unquote_plus(client_id), unquote_plus(secret)) == wanted
    return (form.get("client_id"), form.get("client_secret")) == wanted


def token(
    identity: Identity,
    *,
    form: Mapping[str, str],
    authorization: str | None,
    issuer: str,
    switches: Switches,
) -> Answer:
    identity.counts["token calls"] += 1
    if not client_is_known(identity, authorization, form):
        return oauth_error("invalid_client")
    grant = form.get("grant_type")
    if grant == "client_credentials":
        return app_token(identity, form, issuer)
    if grant not in {"authorization_code", "refresh_token"}:
        return oauth_error("unsupported_grant_type" if grant else "invalid_request")
    try:
        if grant == "authorization_code":
            source, refresh = identity.redeem(
                form.get("code", ""),
                redirect_uri=form.get("redirect_uri", ""),
                verifier=form.get("code_verifier", ""),
                switches=switches,
            )
            return token_set(identity, source, refresh, issuer)
        rotated = identity.rotate(form.get("refresh_token", ""), switches=switches)
    except InvalidGrant as reason:
        identity.counts[f"refused: {reason}"] += 1
        return oauth_error("invalid_grant")
    return token_set(identity, rotated, rotated, issuer)


def app_token(identity: Identity, form: Mapping[str, str], issuer: str) -> Answer:
    """Give the app a token of its own, for its connections and nothing else."""
    if frozenset(form.get("scope", "").split()) != APP_SCOPES:
        return oauth_error("invalid_scope")
    return token_set(identity, AppGrant(), None, issuer)


def token_set(
    identity: Identity,
    source: Grant,
    refresh: RefreshToken | None,
    issuer: str,
) -> Answer:
    payload: Json = {
        "access_token": issue_access(identity, source, issuer).value,
        "expires_in": int(identity.sizes.access_seconds),
        "token_type": "Bearer",
        "scope": " ".join(sorted(source.scopes)),
    }
    if refresh is not None:
        payload["refresh_token"] = refresh.value
    if "openid" in source.scopes and not isinstance(source, AppGrant):
        payload["id_token"] = issue_id_token(identity, source, issuer)
    answer = json_answer(payload)
    return Answer(answer.status, answer.body, answer.content_type, NO_STORE)


def revocation(identity: Identity, *, form: Mapping[str, str], authorization: str | None) -> Answer:
    if not client_is_known(identity, authorization, form):
        return oauth_error("invalid_client")
    identity.revoke(form.get("token", ""))
    return Answer(200, b"", TEXT_TYPE)


def discovery(origin: str) -> Answer:
    return json_answer(
        {
            "issuer": origin,
            "jwks_uri": f"{origin}/.well-known/openid-configuration/jwks",
            "authorization_endpoint": f"{origin}/identity/connect/authorize",
            "token_endpoint": f"{origin}/connect/token",
            "revocation_endpoint": f"{origin}/connect/revocation",
            "scopes_supported": sorted(IDENTITY_SCOPES | ACCOUNTING),
            "response_types_supported": ["code"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                "client_credentials",
            ],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
            ],
        }
    )


def bearer(identity: Identity, authorization: str | None) -> AccessToken | Answer:
    """Return the token of a call, or the 401 that Xero's gateway answers."""
    value = (authorization or "").removeprefix("Bearer ").strip()
    # Looked up, not verified: every token this process signed is in the table.
    found = identity.access.get(value)
    if found is None:
        return problem(401, "Unauthorized", "AuthenticationUnsuccessful")
    if identity.clock.now() >= found.expires:
        expired = f"TokenExpired: token expired at {found.expires:%m/%d/%Y %H:%M:%S}"
        return problem(401, "Unauthorized", expired)
    return found


def user_calling(identity: Identity, form: Mapping[str, str], authorization: str | None) -> str:
    """Return the id of the user whose code or token a call brings; empty for nobody's."""
    access = bearer(identity, authorization)
    named = (
        identity.codes.get(form.get("code", "")),
        identity.refresh.get(form.get("refresh_token") or form.get("token", "")),
        access if isinstance(access, AccessToken) else None,
    )
    return next((one.user_id for one in named if one is not None), "")


def list_connections(
    identity: Identity, access: AccessToken, *, names: Mapping[str, str], event_id: str
) -> Answer:
    """Answer with the organisations the user connected, or only those of one consent."""
    connections = identity.reached_by(access)
    if event_id:
        connections = [one for one in connections if one.event_id == event_id]
    return json_answer([connection_json(one, names) for one in connections])


def connection_json(connection: Connection, names: Mapping[str, str]) -> Json:
    return {
        "id": connection.id,
        "authEventId": connection.event_id,
        "tenantId": connection.tenant_id,
        "tenantType": "ORGANISATION",
        "tenantName": names.get(connection.tenant_id, ""),
        "createdDateUtc": dotnet_date(connection.created),
        "updatedDateUtc": dotnet_date(connection.updated),
    }


def delete_connection(identity: Identity, access: AccessToken, connection_id: str) -> Answer:
    """Disconnect one organisation; the token and its other connections live on."""
    connection = identity.connections.get(connection_id.lower())
    if connection is None or connection not in identity.reached_by(access):
        return text_answer("Connection not found", status=404)
    del identity.connections[connection.id]
    identity.counts["disconnections"] += 1
    return Answer(204, b"", TEXT_TYPE)
