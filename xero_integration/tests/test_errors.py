"""Classification: by data, closed by default."""

import json

import pytest
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from xero_integration.client import catalogue, errors
from xero_integration.client.errors import Outcome
from xero_integration.models import ErrorClass

JSON = {"Content-Type": "application/json"}


def gateway(status: int, detail: str) -> bytes:
    return json.dumps({"Type": None, "Title": "x", "Status": status, "Detail": detail}).encode()


@pytest.mark.parametrize(
    ("status", "body", "error_class", "code", "outcome"),
    [
        (401, gateway(401, "TokenExpired: at 1"), "temporary", "token_expired", "refused"),
        (
            401,
            gateway(401, "AuthorizationUnsuccessful"),
            "connection_lost",
            "scope_missing",
            "refused",
        ),
        (
            403,
            gateway(403, "AuthenticationUnsuccessful"),
            "connection_lost",
            "disconnected",
            "refused",
        ),
        (403, gateway(403, "Something new"), "unknown", "unknown", "refused"),
        (404, b"The resource cannot be found", "rejected", "not_found", "refused"),
        (412, b"", "unknown", "unknown", "refused"),
        (418, b"", "unknown", "unknown", "refused"),
        (500, b"<html>oops</html>", "temporary", "server_error", "unclear"),
        (503, b"The Organisation is offline", "temporary", "offline", "unclear"),
        (599, b"", "temporary", "server_error", "unclear"),
        (
            400,
            b'"Idempotency Key: k is used with a different request."',
            "temporary",
            "key_reused",
            "unclear",
        ),
        (400, b"not json", "rejected", "unknown_message", "refused"),
    ],
)
def test_each_answer_has_one_meaning(
    status: int, body: bytes, error_class: str, code: str, outcome: str
) -> None:
    error = errors.from_status(status, headers={}, body=body)
    assert (error.error_class, error.code) == (error_class, code)
    assert error.outcome == Outcome(outcome)


def test_the_words_of_nested_validation_errors_are_kept() -> None:
    body = {
        "ErrorNumber": 10,
        "Message": "A validation exception occurred",
        "Elements": [{"Addresses": [{"ValidationErrors": [{"Message": "Country is odd."}]}]}],
    }
    error = errors.from_status(400, headers=JSON, body=json.dumps(body).encode())
    assert error.message == "Country is odd."


def test_a_proxys_html_is_not_shown_as_xeros_words() -> None:
    error = errors.from_status(502, headers={"Content-Type": "text/html"}, body=b"<p>secret</p>")
    assert error.message == catalogue.explain("server_error").what


@pytest.mark.parametrize(
    ("problem", "code"),
    [("minute", "limit_minute"), ("day", "limit_day"), ("Concurrent", "limit_concurrent")],
)
def test_a_limit_is_told_by_its_header(problem: str, code: str) -> None:
    headers = {"X-Rate-Limit-Problem": problem, "Retry-After": "17"}
    error = errors.from_status(429, headers=headers, body=b"Rate Limit Exceeded")
    assert (error.error_class, error.code, error.retry_after) == ("rate_limited", code, 17.0)


POOL = urllib3.HTTPConnectionPool("localhost")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NewConnectionError(None, "refused"), Outcome.NOT_SENT),
        (ConnectTimeoutError("slow"), Outcome.NOT_SENT),
        (MaxRetryError(POOL, "/", NewConnectionError(None, "refused")), Outcome.NOT_SENT),
        (ReadTimeoutError(POOL, "/", "slow"), Outcome.UNCLEAR),
        (ProtocolError("cut"), Outcome.UNCLEAR),
    ],
)
def test_only_what_never_left_is_known_not_sent(error: Exception, outcome: Outcome) -> None:
    found = errors.from_network(error)
    assert (found.error_class, found.outcome) == (ErrorClass.TEMPORARY, outcome)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (
            "The contact name Rosa is already assigned to another contact. The contact name must "
            "be unique across all active contacts.",
            "name_taken",
        ),
        ("Invoice # must be unique.", "number_taken"),
        ("Account code '999' is not a valid code for this document.", "account_invalid"),
        (
            "Account code '200' has been archived, or has been deleted. Each line item must "
            "reference a valid account.",
            "account_archived",
        ),
        ("The TaxType code 'INPUT' cannot be used with account code '200'.", "tax_not_for_account"),
        (
            "The document date cannot be before the period lock date, currently set at 1 May 2026",
            "period_locked",
        ),
        ("You have reached the limit of invoices you can approve", "plan_limit"),
        ("Organisation is not subscribed to currency EUR", "currency"),
        ("Something nobody has seen", "unknown_message"),
    ],
)
def test_xeros_messages_are_known_by_pattern(message: str, code: str) -> None:
    assert catalogue.code_of(message) == code


def test_every_code_has_an_explanation() -> None:
    codes = {one.code for one in catalogue.MESSAGES}
    assert codes <= set(catalogue.EXPLANATIONS)
    assert errors.explain("no such code") == catalogue.EXPLANATIONS["unknown"]
