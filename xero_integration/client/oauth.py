"""OAuth2 with Xero by requests-oauthlib: authorise, exchange, refresh, revoke. Stores nothing.

Plain http is for loopback hosts (the simulator) only; anything else is refused before a byte goes.
"""

import base64
import datetime as dt
import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from django.conf import settings
from django.utils import timezone
from oauthlib.oauth2 import OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from xero_integration.client.errors import Outcome, XeroError
from xero_integration.models import ErrorClass

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# Xero: a refresh token lives 60 days, and no answer says so.
REFRESH_LIFE = dt.timedelta(days=60)
CALLBACK_PATH = "/xero/callback/"
# One organisation for each consent: several at once would be Xero's "bulk connections".
ONE_ORGANISATION = "bulk_connect:false"


@dataclass(frozen=True)
class TokenSet:
    """Both tokens as Xero gave them, with whose they are and which consent they came from."""

    access_token: str
    refresh_token: str
    expires_at: dt.datetime
    refresh_expires_at: dt.datetime
    scopes: str
    xero_userid: str
    event_id: str


def redirect_uri() -> str:
    return f"{settings.SITE_URL}{CALLBACK_PATH}"


def new_verifier() -> str:
    """Return a PKCE verifier (RFC 7636: 43 to 128 characters)."""
    return secrets.token_urlsafe(64)


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorise_url(*, state: str, verifier: str, more: Sequence[str] = ()) -> str:
    """Return the address of Xero's consent page, for a plain top-level redirect.

    `more`: scopes beside the least that this product needs.
    """
    address, _ = _session([*settings.XERO_SCOPES, *more]).authorization_url(
        f"{settings.XERO_LOGIN_URL}/identity/connect/authorize",
        state=state,
        code_challenge=challenge(verifier),
        code_challenge_method="S256",
        acr_values=ONE_ORGANISATION,
    )
    return str(address)


def exchange(code: str, *, verifier: str) -> TokenSet:
    """Turn the code of a callback into tokens. Raises XeroError; `invalid_grant`: code is dead."""
    with _session() as session:
        return _ask(
            session.fetch_token,
            _token_url(),
            code=code,
            code_verifier=verifier,
            include_client_id=False,
            auth=_client(),
            timeout=_timeout(),
        )


def refresh(refresh_token: str) -> TokenSet:
    """Return a new pair of tokens; the old refresh token is then spent (30 minutes' grace)."""
    with _session() as session:
        return _ask(
            session.refresh_token,
            _token_url(),
            refresh_token=refresh_token,
            auth=_client(),
            timeout=_timeout(),
        )


def revoke(refresh_token: str) -> None:
    """End every connection this Xero user made to the app: never used to disconnect just one."""
    address = f"{settings.XERO_IDENTITY_URL}/connect/revocation"
    _check_transport(address)
    try:
        answer = requests.post(
            address, data={"token": refresh_token}, auth=_client(), timeout=_timeout()
        )
    except requests.RequestException as error:
        raise _no_answer(error) from None
    if answer.status_code != requests.codes.ok:
        raise _oauth_error("unknown", status=answer.status_code)


def _session(scopes: Sequence[str] | None = None) -> OAuth2Session:
    """Return a session. Scopes are said at the consent alone.

    A refresh that names none keeps all that were granted (RFC 6749, section 6).
    """
    _check_transport(settings.XERO_IDENTITY_URL)
    session = OAuth2Session(settings.XERO_CLIENT_ID, redirect_uri=redirect_uri(), scope=scopes)
    # Scopes add up over consents at Xero, so the answer may name more than was asked.
    session.register_compliance_hook("access_token_response", _refuse_server_errors)
    session.register_compliance_hook("refresh_token_response", _refuse_server_errors)
    return session


def _check_transport(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https":
        return
    if parts.hostname not in LOOPBACK:
        raise ValueError("Xero is spoken to by https only, except on this machine.")
    # oauthlib knows only this process-wide switch; the check above is the real guard.
    os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")


def _token_url() -> str:
    return f"{settings.XERO_IDENTITY_URL}/connect/token"


def _client() -> HTTPBasicAuth:
    return HTTPBasicAuth(settings.XERO_CLIENT_ID, settings.XERO_CLIENT_SECRET)


def _timeout() -> tuple[int, int]:
    return settings.XERO_CONNECT_TIMEOUT, settings.XERO_READ_TIMEOUT


def _refuse_server_errors(response: requests.Response) -> requests.Response:
    """Stop before oauthlib takes the page of a broken server for an answer without a token."""
    if response.status_code >= requests.codes.internal_server_error:
        raise _oauth_error("server_error", status=response.status_code)
    return response


def _ask(fetch: Any, *args: Any, **kwargs: Any) -> TokenSet:
    # oauthlib takes more scopes than asked for as an error (a Warning raised as an exception).
    os.environ.setdefault("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    try:
        return _token_set(fetch(*args, **kwargs))
    except OAuth2Error as error:
        raise _oauth_error(error.error or "unknown", status=error.status_code) from None
    except requests.RequestException as error:
        raise _no_answer(error) from None
    except (ValueError, KeyError, jwt.InvalidTokenError):
        raise _oauth_error("bad_answer", status=None) from None


def _token_set(answer: dict[str, Any]) -> TokenSet:
    now = timezone.now()
    # Straight from Xero over TLS: the signature would prove nothing more (OpenID Connect 3.1.3.7).
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    scopes = answer.get("scope", [])
    return TokenSet(
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
        expires_at=now + dt.timedelta(seconds=int(answer.get("expires_in", 0))),
        refresh_expires_at=now + REFRESH_LIFE,
        scopes=scopes if isinstance(scopes, str) else " ".join(scopes),
        xero_userid=claims["xero_userid"],
        event_id=claims.get("authentication_event_id", ""),
    )


# What a person can mend is CONNECTION_LOST; a wrong client is the operator's.
_CLASSES = {
    "invalid_grant": (ErrorClass.CONNECTION_LOST, Outcome.REFUSED),
    "invalid_client": (ErrorClass.REJECTED, Outcome.REFUSED),
    "unauthorized_client": (ErrorClass.REJECTED, Outcome.REFUSED),
    "server_error": (ErrorClass.TEMPORARY, Outcome.UNCLEAR),
    "bad_answer": (ErrorClass.TEMPORARY, Outcome.UNCLEAR),
}
_CODES = {"invalid_client": "client_refused", "unauthorized_client": "client_refused"}


def _oauth_error(error: str, *, status: int | None) -> XeroError:
    error_class, outcome = _CLASSES.get(error, (ErrorClass.UNKNOWN, Outcome.REFUSED))
    code = _CODES.get(error, error)
    return XeroError(error_class, code=code, outcome=outcome, status=status)


def _no_answer(error: requests.RequestException) -> XeroError:
    never_sent = isinstance(error, requests.ConnectTimeout)
    return XeroError(
        ErrorClass.TEMPORARY,
        code="not_reached" if never_sent else "no_answer",
        outcome=Outcome.NOT_SENT if never_sent else Outcome.UNCLEAR,
    )
