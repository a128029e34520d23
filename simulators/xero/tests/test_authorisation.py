"""Log-in and consent as a browser meets them."""

import re

import pytest
import requests

from simulators.xero.tests.caller import CALLBACK, TIMEOUT, Simulator, query_of


@pytest.fixture
def browser() -> requests.Session:
    return requests.Session()


def log_in(
    browser: requests.Session, url: str, email: str = "alex@bluelagoon.example"
) -> requests.Response:
    form = {"decision": "log in", "email": email, "password": "password"}
    return browser.post(url, data=form, timeout=TIMEOUT)


def test_a_person_logs_in_chooses_an_organisation_and_returns_with_a_code(
    xero: Simulator, browser: requests.Session
) -> None:
    url = xero.authorise_url()
    assert "Log in to Xero" in browser.get(url, timeout=TIMEOUT).text
    consent = log_in(browser, url)
    assert "Pooltrackr wants access to:" in consent.text
    choices = re.findall(r'name="organisation" value="([^"]+)"', consent.text)
    assert len(choices) == 2
    form = {"decision": "allow", "organisation": choices[1]}
    answer = browser.post(url, data=form, allow_redirects=False, timeout=TIMEOUT)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(CALLBACK)
    returned = query_of(answer.headers["Location"])
    assert returned["state"] == "the-state"
    assert xero.exchange(returned["code"]).status_code == 200
    connections = xero.state("identity")["identity"]["connections"]
    assert [one["tenantId"] for one in connections] == [choices[1]]


def test_cancel_returns_the_person_without_a_code(
    xero: Simulator, browser: requests.Session
) -> None:
    url = xero.authorise_url()
    log_in(browser, url)
    answer = browser.post(url, data={"decision": "cancel"}, allow_redirects=False, timeout=TIMEOUT)
    assert query_of(answer.headers["Location"]) == {
        "error": "access_denied",
        "error_description": "TenantConsent status DENIED",
        "state": "the-state",
    }
    assert xero.state("identity")["identity"]["connections"] == []


def test_a_wrong_password_is_told_and_nobody_is_logged_in(
    xero: Simulator, browser: requests.Session
) -> None:
    url = xero.authorise_url()
    form = {"decision": "log in", "email": "alex@bluelagoon.example", "password": "guess"}
    answer = browser.post(url, data=form, timeout=TIMEOUT)
    assert answer.status_code == 400
    assert "is not right" in answer.text
    assert "Log in to Xero" in browser.get(url, timeout=TIMEOUT).text


def test_a_person_cannot_choose_an_organisation_that_is_not_theirs(
    xero: Simulator, browser: requests.Session
) -> None:
    url = xero.authorise_url()
    second = xero.state("organisations")["organisations"][1]["id"]
    log_in(browser, url, "sam@bluelagoon.example")
    answer = browser.post(
        url,
        data={"decision": "allow", "organisation": second},
        allow_redirects=False,
        timeout=TIMEOUT,
    )
    assert answer.status_code == 400
    assert xero.state("identity")["identity"]["connections"] == []


def test_the_consent_page_cannot_be_framed(xero: Simulator) -> None:
    answer = requests.get(xero.authorise_url(), timeout=TIMEOUT)
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "somebody"}, "unauthorized_client"),
        ({"redirect_uri": "http://127.0.0.1:8000/xero/callback/"}, "unauthorized_client"),
        ({"redirect_uri": "http://pool.example/callback/"}, "unauthorized_client"),
        ({"scope": "openid accounting.everything"}, "invalid_scope"),
        ({"scope": "openid accounting.transactions"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_faulty_request_ends_on_a_page_and_never_at_the_app(
    xero: Simulator, changes: dict[str, str], error: str
) -> None:
    answer = requests.get(xero.authorise_url(**changes), allow_redirects=False, timeout=TIMEOUT)
    assert answer.status_code == 400
    assert f"Error: {error}" in answer.text


def test_switches_let_loopback_addresses_and_broad_scopes_in(xero: Simulator) -> None:
    xero.control("switches", loopback_redirect=True, broad_scopes=True)
    url = xero.authorise_url(
        redirect_uri="http://127.0.0.1:8000/back/", scope="openid accounting.transactions"
    )
    assert requests.get(url, timeout=TIMEOUT).status_code == 200


def test_consent_for_a_log_in_alone_connects_no_organisation(xero: Simulator) -> None:
    code = xero.code(scope="openid profile email")
    tokens = xero.exchange(code).json()
    assert "refresh_token" not in tokens
    assert xero.state("identity")["identity"]["connections"] == []
