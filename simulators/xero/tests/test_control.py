"""The rest of /_control/: state, reset, switches."""

import requests

from simulators.xero.tests.caller import TIMEOUT, Api, Simulator


def test_state_tells_everything_that_arrived(xero: Simulator, api: Api) -> None:
    dana = api.contact("Dana", EmailAddress="d@example.com")["ContactID"]
    api.invoice(dana, InvoiceNumber="PT-1")
    state = xero.state()
    organisation = state["organisations"][0]
    assert [one["Name"] for one in organisation["contacts"]] == ["Dana"]
    assert organisation["invoices"][0]["LineItems"][0]["AccountCode"] == "201"
    assert [(one["method"], one["path"]) for one in state["writes"]] == [
        ("PUT", "/api.xro/2.0/Contacts"),
        ("PUT", "/api.xro/2.0/Invoices"),
    ]
    assert state["calls"]["byResource"]["PUT Contacts"] == 1
    assert state["calls"]["byStatus"]["200"] >= 2
    assert state["identity"]["counts"]["code exchanges"] == 1


def test_state_can_be_asked_for_in_parts(xero: Simulator, api: Api) -> None:
    api.contact()
    part = xero.state("contacts", organisation="Blue Lagoon Spas Pty Ltd")
    assert list(part) == ["organisations"]
    assert part["organisations"][0]["contacts"] == []
    assert "body" not in xero.state("writes", bodies="false")["writes"][0]
    url = f"{xero.url}/_control/state?organisation=none"
    assert requests.get(url, timeout=TIMEOUT).status_code == 400


def test_tokens_and_secrets_are_not_in_the_state(xero: Simulator, api: Api) -> None:
    text = requests.get(f"{xero.url}/_control/state", timeout=TIMEOUT).text
    for secret in (api.tokens["access_token"], api.tokens["refresh_token"]):
        assert secret not in text


def test_reset_makes_a_new_world_with_the_same_ids(xero: Simulator, api: Api) -> None:
    before = xero.organisation()["id"]
    api.contact()
    xero.reset(seed="demo")
    after = xero.organisation()
    assert after["id"] == before
    assert after["counts"]["contacts"] == 260
    assert api.get("Contacts").status_code == 401
    assert xero.state("writes")["writes"] == []


def test_unknown_switches_and_calls_are_named(xero: Simulator) -> None:
    assert xero.control("switches", colour=True).status_code == 400
    assert xero.control("switches", rounding="up").status_code == 400
    assert xero.control("switches", refresh_grace="yes").status_code == 400
    assert "POST act" in xero.control("nonsense").json()["error"]


def test_bad_json_is_told(xero: Simulator) -> None:
    for body in (b"{", b"[]"):
        answer = requests.post(f"{xero.url}/_control/clock", data=body, timeout=TIMEOUT)
        assert answer.status_code == 400


def test_authorise_refuses_what_the_consent_page_would(xero: Simulator) -> None:
    url = xero.authorise_url(client_id="x")
    assert xero.control("authorise", url=url).json()["error"] == "unauthorized_client"
    url = xero.authorise_url()
    assert xero.control("authorise", url=url, user="nobody@x.example").status_code == 400
    second = {"user": "sam@bluelagoon.example", "organisation": "Blue Lagoon Spas Pty Ltd"}
    assert xero.control("authorise", url=url, **second).status_code == 400
