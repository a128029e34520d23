"""What went wrong, classified once at the client's edge, by data, closed by default.

Everything above catches XeroError alone and acts on three facts: its class (what to do), its code
(which known cause) and its outcome (whether Xero may have carried the request out). A status that
no rule names is UNKNOWN: it goes to a person and is never repeated by itself.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import urllib3

from xero_integration.client.catalogue import Explanation, code_of, explain
from xero_integration.models import ErrorClass

__all__ = ["Explanation", "Outcome", "XeroError", "explain", "from_network", "from_status"]

# Xero's words can run to pages of HTML; a log line needs no more than this.
MESSAGE_LIMIT = 1000
# Xero's longest window is a day.
LONGEST_PAUSE = 86_400.0


class Outcome(Enum):
    """What Xero did with a request that failed."""

    NOT_SENT = "not_sent"  # it never reached Xero
    REFUSED = "refused"  # Xero looked at it and did nothing
    UNCLEAR = "unclear"  # it may have been carried out


class XeroError(Exception):
    """A call failed. `message` is Xero's own words where there are any; never logged as text."""

    def __init__(
        self,
        error_class: ErrorClass,
        *,
        code: str,
        outcome: Outcome,
        status: int | None = None,
        message: str = "",
        retry_after: float | None = None,
        data: Any = None,
    ) -> None:
        super().__init__(f"{error_class}: {code} ({status or 'no status'})")
        self.error_class = error_class
        self.code = code
        self.outcome = outcome
        self.status = status
        self.message = message[:MESSAGE_LIMIT] or explain(code).what
        self.retry_after = retry_after
        self.data = data


@dataclass(frozen=True)
class Rule:
    """The meaning of one HTTP status; `text` must stand in the body for the rule to hold."""

    status: int
    error_class: ErrorClass
    code: str
    outcome: Outcome
    text: str = ""


# In order; the first whose status and text fit wins. Sources: Xero, "Response codes", "OAuth 2.0
# limits", "Idempotent requests"; the texts of 401 and 403 as its gateway sends them.
RULES: tuple[Rule, ...] = (
    Rule(401, ErrorClass.TEMPORARY, "token_expired", Outcome.REFUSED, "TokenExpired"),
    Rule(
        401,
        ErrorClass.CONNECTION_LOST,
        "scope_missing",
        Outcome.REFUSED,
        "AuthorizationUnsuccessful",
    ),
    Rule(401, ErrorClass.TEMPORARY, "token_expired", Outcome.REFUSED),
    Rule(
        403, ErrorClass.CONNECTION_LOST, "disconnected", Outcome.REFUSED, "AuthenticationUnsuccess"
    ),
    Rule(403, ErrorClass.UNKNOWN, "unknown", Outcome.REFUSED),
    # The key is known with another body: something of ours went before, so look first.
    Rule(400, ErrorClass.TEMPORARY, "key_reused", Outcome.UNCLEAR, "used with a different request"),
    Rule(400, ErrorClass.REJECTED, "", Outcome.REFUSED),
    Rule(404, ErrorClass.REJECTED, "not_found", Outcome.REFUSED),
    Rule(413, ErrorClass.REJECTED, "too_large", Outcome.REFUSED),
    Rule(429, ErrorClass.RATE_LIMITED, "", Outcome.REFUSED),
    Rule(500, ErrorClass.TEMPORARY, "server_error", Outcome.UNCLEAR),
    Rule(502, ErrorClass.TEMPORARY, "server_error", Outcome.UNCLEAR),
    Rule(503, ErrorClass.TEMPORARY, "offline", Outcome.UNCLEAR),
    Rule(504, ErrorClass.TEMPORARY, "server_error", Outcome.UNCLEAR),
)

# X-Rate-Limit-Problem, as seen in the wild, in lower case.
LIMITS = {
    "minute": "limit_minute",
    "day": "limit_day",
    "daily": "limit_day",
    "concurrent": "limit_concurrent",
    "appminute": "limit_app",
}


def from_status(status: int, *, headers: Mapping[str, str], body: bytes) -> XeroError:
    """Classify an answer that is not 2xx. The body is read as JSON only if it is JSON."""
    text = body.decode("utf-8", errors="replace")
    data = _json_or_none(text)
    message = next(messages_in(data), "") or _plain(text, headers)
    rule = next((one for one in RULES if one.status == status and one.text in text), None)
    if rule is None:
        # A 5xx of any other number may still have been carried out.
        outcome = Outcome.UNCLEAR if status >= 500 else Outcome.REFUSED
        error_class = ErrorClass.TEMPORARY if status >= 500 else ErrorClass.UNKNOWN
        code = "server_error" if status >= 500 else "unknown"
        return XeroError(error_class, code=code, outcome=outcome, status=status, message=message)
    return XeroError(
        rule.error_class,
        code=rule.code or _code(status, headers, message),
        outcome=rule.outcome,
        status=status,
        message=message,
        retry_after=_seconds(headers.get("Retry-After")),
        data=data,
    )


def from_network(error: urllib3.exceptions.HTTPError) -> XeroError:
    """Classify a failure below HTTP: only what never left this machine is known not sent."""
    unwrapped = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) else error
    never_sent = isinstance(
        unwrapped,
        urllib3.exceptions.NewConnectionError
        | urllib3.exceptions.ConnectTimeoutError
        | urllib3.exceptions.NameResolutionError,
    )
    return XeroError(
        ErrorClass.TEMPORARY,
        code="not_reached" if never_sent else "no_answer",
        outcome=Outcome.NOT_SENT if never_sent else Outcome.UNCLEAR,
    )


def unreadable(status: int) -> XeroError:
    """A 2xx whose body is not the JSON it should be: carried out, but how is not known."""
    return XeroError(
        ErrorClass.TEMPORARY, code="bad_answer", outcome=Outcome.UNCLEAR, status=status
    )


def messages_in(data: Any) -> Iterator[str]:
    """Yield the validation messages of an answer, at any depth; then its general message."""
    yield from _validation_messages(data)
    if isinstance(data, dict):
        for name in ("Message", "Detail", "error"):
            if isinstance(data.get(name), str):
                yield data[name]


def _validation_messages(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for one in data:
            yield from _validation_messages(one)
    elif isinstance(data, dict):
        for name, value in data.items():
            if name == "ValidationErrors" and isinstance(value, list):
                yield from (str(one.get("Message", "")) for one in value if isinstance(one, dict))
            else:
                yield from _validation_messages(value)


def _code(status: int, headers: Mapping[str, str], message: str) -> str:
    if status == 429:
        problem = headers.get("X-Rate-Limit-Problem", "").lower().replace(" ", "")
        return LIMITS.get(problem, "limit_concurrent")
    return code_of(message)


def _plain(text: str, headers: Mapping[str, str]) -> str:
    """Return a text body as Xero's words; HTML pages of a proxy say nothing to anybody."""
    is_html = "html" in headers.get("Content-Type", "") or text.lstrip().startswith("<")
    return "" if is_html else text.strip()


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _seconds(value: str | None) -> float | None:
    """Read a Retry-After; what is no time, or none that Xero's windows can have, is no answer."""
    try:
        seconds = float(value) if value else -1.0
    except ValueError:
        return None
    return min(seconds, LONGEST_PAUSE) if seconds >= 0 and math.isfinite(seconds) else None
