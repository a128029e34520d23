"""The authorisation request: read and judged, apart from the pages that show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from simulators.xero.identity.model import Identity, User
from simulators.xero.identity.scopes import needs_organisation, unknown_scopes
from simulators.xero.switches import Switches

LOCAL_NAME = "localhost"
LOOPBACK_ADDRESSES = frozenset({"127.0.0.1", "::1"})
DENIED = "TenantConsent status DENIED"


class Unauthorised(Exception):
    """The request must not lead anywhere: Xero shows a page of its own instead of redirecting."""

    def __init__(self, error: str, explanation: str) -> None:
        super().__init__(error)
        self.error = error
        self.explanation = explanation


@dataclass(frozen=True)
class AuthorisationRequest:
    redirect_uri: str
    scopes: frozenset[str]
    state: str
    challenge: str
    nonce: str

    @property
    def needs_organisation(self) -> bool:
        return needs_organisation(self.scopes)

    def callback(self, **parameters: str) -> str:
        """Return the redirect address with an answer added to its query."""
        parts = urlsplit(self.redirect_uri)
        if self.state:
            parameters["state"] = self.state
        query = [*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()]
        return urlunsplit(parts._replace(query=urlencode(query)))

    def denied(self) -> str:
        return self.callback(error="access_denied", error_description=DENIED)


def read_request(
    query: Mapping[str, str], identity: Identity, switches: Switches
) -> AuthorisationRequest:
    """Judge an authorisation request; raise Unauthorised with what is wrong."""
    if query.get("client_id") != identity.client.client_id:
        raise Unauthorised("unauthorized_client", "The client_id is not known to the simulator.")
    redirect_uri = query.get("redirect_uri", "")
    check_redirect(redirect_uri, identity, switches)
    if query.get("response_type") != "code":
        raise Unauthorised("unsupported_response_type", "The response_type must be code.")
    scopes = frozenset(query.get("scope", "").split())
    unknown = unknown_scopes(scopes, broad=switches.broad_scopes)
    if not scopes or unknown:
        named = " ".join(sorted(unknown)) or "none"
        raise Unauthorised("invalid_scope", f"Invalid scope for client: {named}.")
    challenge = query.get("code_challenge", "")
    if challenge and query.get("code_challenge_method") != "S256":
        raise Unauthorised("invalid_request", "The code_challenge_method must be S256.")
    state, nonce = query.get("state", ""), query.get("nonce", "")
    return AuthorisationRequest(redirect_uri, scopes, state, challenge, nonce)


def check_redirect(redirect_uri: str, identity: Identity, switches: Switches) -> None:
    """Refuse an address that Xero would not register, or that was not registered."""
    registered = identity.client.redirect_uris
    parts = urlsplit(redirect_uri)
    hosts = {LOCAL_NAME} | (LOOPBACK_ADDRESSES if switches.loopback_redirect else frozenset())
    lawful = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in hosts)
    if registered and redirect_uri not in registered:
        raise Unauthorised("unauthorized_client", f"{redirect_uri} is not a registered redirect.")
    if not lawful:
        raise Unauthorised(
            "unauthorized_client",
            f"Invalid redirect_uri {redirect_uri}: Xero takes https addresses and "
            "http://localhost, no other.",
        )


def approve(
    request: AuthorisationRequest, identity: Identity, user: User, tenant_id: str | None
) -> str:
    """Record the consent and return the address to send the browser to."""
    code = identity.grant(
        user,
        asked=request.scopes,
        tenant_id=tenant_id if request.needs_organisation else None,
        redirect_uri=request.redirect_uri,
        challenge=request.challenge,
        nonce=request.nonce,
    )
    return request.callback(code=code.value, scope=" ".join(sorted(request.scopes)))
