"""The one door to Xero's API: xero-python, used safely.

What the SDK does by itself and must not (measured; docs/xero.md): it shares one token object among
all clients of a process, repeats a dropped PUT three times, sleeps through a Retry-After, waits for
ever, and fails a whole page over one unknown enum value. So: one client for each task with its own
token, no retries, a timeout on every call, plain JSON instead of models.
"""

import datetime as dt
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import urllib3
from django.conf import settings
from django.utils import timezone
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.exceptions import HTTPStatusException
from xero_python.identity import IdentityApi

from xero_integration import log
from xero_integration.client import errors, limits, tokens
from xero_integration.client.errors import Outcome, XeroError
from xero_integration.models import Connection, ErrorClass, Lane, XeroToken

logger = logging.getLogger(__name__)

NOT_FOUND = 404


@dataclass(frozen=True)
class Answer:
    """A 2xx answer: `data` is its JSON, or None when it had no body.

    `sent_at` is `time.monotonic()` of when the call was sent, `ms` how long the answer took.
    """

    status: int
    headers: Mapping[str, str]
    data: Any
    sent_at: float
    ms: int

    @property
    def asked_at(self) -> dt.datetime:
        """The time when the call was sent: what was written since, the answer need not show."""
        return timezone.now() - dt.timedelta(seconds=time.monotonic() - self.sent_at)

    def elements(self, name: str) -> list[dict[str, Any]]:
        """Return the objects listed under `name`. Raises XeroError when there is no such list."""
        listed = self.data.get(name) if isinstance(self.data, dict) else None
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise errors.unreadable(self.status)
        return listed


class Caller:
    """Calls on behalf of one Xero user: the identity API, which knows no organisation.

    Not for sharing between threads: each task makes its own.
    """

    def __init__(self, token_id: int) -> None:
        self.token_id = token_id
        self.token: XeroToken | None = None
        self._client = self._build_client()
        self._identity = IdentityApi(self._client, base_url=settings.XERO_API_URL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.rest_client.pool_manager.clear()

    def connections(self, *, event_id: str = "") -> list[dict[str, Any]]:
        """Return the organisations this user connected, or those of one consent."""
        more = {"auth_event_id": event_id} if event_id else {}
        answer = self._send(self._identity.get_connections, (), more)
        return [one for one in answer.data or [] if one.get("tenantType") == "ORGANISATION"]

    def delete_connection(self, xero_connection_id: str) -> None:
        """End one connection. One that is gone already counts as ended."""
        try:
            self._send(self._identity.delete_connection, (xero_connection_id,), {})
        except XeroError as error:
            if error.status != NOT_FOUND:
                raise

    def _send(self, method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Answer:
        self.token = self._usable_token()
        return self._send_with_token(method, args, kwargs)

    def _send_with_token(
        self,
        method: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        not_after: dt.datetime | None = None,
    ) -> Answer:
        """Make a call; a token that Xero calls expired is refreshed once and the call repeated."""
        assert self.token is not None
        try:
            return self._send_once(method, args, kwargs, not_after=not_after)
        except XeroError as error:
            if error.code != "token_expired":
                raise
        self.token = self._usable_token(not_generation=self.token.generation)
        return self._send_once(method, args, kwargs, not_after=not_after)

    def _usable_token(self, *, not_generation: int | None = None) -> XeroToken:
        """Return the token. A failure here says nothing of the call's records: none was sent."""
        try:
            return tokens.usable(self.token_id, not_generation=not_generation)
        except XeroError as error:
            error.outcome = Outcome.NOT_SENT
            if error.error_class != ErrorClass.CONNECTION_LOST:
                error.error_class = ErrorClass.TEMPORARY
            raise

    def _send_once(
        self,
        method: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        not_after: dt.datetime | None,
    ) -> Answer:
        if not_after is not None and timezone.now() > not_after:
            raise XeroError(ErrorClass.TEMPORARY, code="key_died", outcome=Outcome.NOT_SENT)
        started = time.monotonic()
        status: int | None = None
        code = "ok"
        try:
            answer = _perform(method, args, kwargs, started=started)
            status = answer.status
            return answer
        except XeroError as error:
            status, code = error.status, error.code
            raise
        finally:
            self._log(method.__name__, status=status, code=code, started=started)

    def _log(self, name: str, *, status: int | None, code: str, started: float) -> None:
        ms = round((time.monotonic() - started) * 1000)
        log.event(logger, "call", token=self.token_id, name=name, status=status, code=code, ms=ms)

    def _build_client(self) -> ApiClient:
        configuration = Configuration()
        # Configuration is a copy of one shared object; without a token of its own, tasks of two
        # businesses would send each other's.
        configuration.oauth2_token = OAuth2Token()
        client = ApiClient(configuration, oauth2_token_getter=self._token_for_sdk)
        client.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(
            0, redirect=0, respect_retry_after_header=False, raise_on_redirect=False
        )
        client.set_default_header("Accept-Encoding", "gzip")
        return client

    def _token_for_sdk(self) -> dict[str, Any]:
        # No refresh token and no expiry: the SDK must never refresh by itself.
        assert self.token is not None
        return {
            "access_token": self.token.access_token,
            "scope": self.token.scopes.split(),
            "expires_in": None,
            "token_type": "Bearer",
        }


class Client(Caller):
    """Calls to one organisation."""

    def __init__(self, connection: Connection, *, lane: Lane) -> None:
        if connection.token_id is None:
            raise tokens.lost()
        super().__init__(connection.token_id)
        self.connection = connection
        self.lane = lane
        base_url = f"{settings.XERO_API_URL}/api.xro/2.0"
        self._accounting = AccountingApi(self._client, base_url=base_url)

    def call(
        self, name: str, *args: Any, not_after: dt.datetime | None = None, **kwargs: Any
    ) -> Answer:
        """Call the method `name` of the SDK's AccountingApi; the organisation is filled in.

        Bodies are plain dictionaries and go out exactly as json.dumps writes them. A call whose
        turn or token comes later than `not_after` is not made ("key_died"). Raises XeroError;
        pauses and a lost connection are recorded before it is raised.
        """
        method = getattr(self._accounting, name)
        try:
            limits.check(self.connection)
            # Before the place is taken: a refresh may take as long as a call.
            self.token = self._usable_token()
            with limits.slot(self.connection, lane=self.lane) as turn:
                args = (self.connection.tenant_id, *args)
                answer = self._send_with_token(method, args, kwargs, not_after=not_after)
                turn.answered(answer.headers, sent_at=answer.sent_at)
        except XeroError as error:
            self._record(error)
            raise
        return answer

    def _record(self, error: XeroError) -> None:
        if error.error_class == ErrorClass.RATE_LIMITED and error.outcome == Outcome.REFUSED:
            error.retry_after = limits.pause(self.connection, error)
        elif error.error_class == ErrorClass.CONNECTION_LOST:
            tokens.mark_lost(self.connection, code=error.code)

    def _log(self, name: str, *, status: int | None, code: str, started: float) -> None:
        ms = round((time.monotonic() - started) * 1000)
        connection = self.connection.pk
        log.event(logger, "call", connection=connection, name=name, status=status, code=code, ms=ms)


def _perform(
    method: Any, args: tuple[Any, ...], kwargs: dict[str, Any], *, started: float
) -> Answer:
    """Call the SDK and read the answer; turn every failure into a XeroError without a chain.

    The SDK's exceptions print headers and bodies, so none of them may reach a log.
    """
    timeout = (settings.XERO_CONNECT_TIMEOUT, settings.XERO_READ_TIMEOUT)
    try:
        response = method(*args, **kwargs, _preload_content=False, _request_timeout=timeout)
        body: bytes = response.data
    except HTTPStatusException as error:
        raw = error.http_resp.urllib3_response
        raise errors.from_status(raw.status, headers=raw.headers, body=raw.data) from None
    except urllib3.exceptions.HTTPError as error:
        raise errors.from_network(error) from None
    ms = round((time.monotonic() - started) * 1000)
    data = _parse(response.status, body)
    return Answer(response.status, response.headers, data, sent_at=started, ms=ms)


def _parse(status: int, body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except ValueError:
        raise errors.unreadable(status) from None
