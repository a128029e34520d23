"""Scripted trouble: what the client sees, and what the simulator holds afterwards."""

import time

import pytest
import requests

from simulators.xero.tests.caller import Api, Json, Simulator, query_of


def held(xero: Simulator) -> int:
    return xero.organisation()["counts"]["contacts"]


@pytest.mark.parametrize(("kind", "kept"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_before_or_after_the_work(
    xero: Simulator, api: Api, kind: str, kept: int
) -> None:
    xero.fault(kind, method="PUT", path="Contacts")
    with pytest.raises(requests.ConnectionError):
        api.put("Contacts", {"Name": "A"}, key="k-1")
    assert held(xero) == kept
    write = xero.state("writes")["writes"][0]
    assert (write["fault"], write["status"]) == (kind, 200 if kept else None)
    assert api.put("Contacts", {"Name": "A"}, key="k-1").status_code == 200
    assert held(xero) == 1


@pytest.mark.parametrize(("kind", "kept"), [("timeout_before", 0), ("timeout_after", 1)])
def test_silence_before_or_after_the_work(xero: Simulator, api: Api, kind: str, kept: int) -> None:
    xero.fault(kind, method="PUT", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        api.call("PUT", "Contacts", json={"Name": "A"}, timeout=0.3)
    assert held(xero) == kept
    deadline = time.monotonic() + 5
    while xero.state("limits")["limits"]["tenants"][api.tenant_id]["inFlight"]:
        assert time.monotonic() < deadline, "a call whose client has gone stays in flight"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("kind", "problem", "waits"),
    [
        ("429_minute", "minute", True),
        ("429_day", "day", True),
        ("429_concurrent", "concurrent", False),
        ("429_appminute", "appminute", True),
    ],
)
def test_each_kind_of_refusal_by_a_limit(
    xero: Simulator, api: Api, kind: str, problem: str, *, waits: bool
) -> None:
    xero.fault(kind)
    answer = api.put("Contacts", {"Name": "A"})
    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Problem"] == problem
    assert ("Retry-After" in answer.headers) is waits
    assert "X-MinLimit-Remaining" in answer.headers
    assert held(xero) == 0


@pytest.mark.parametrize(("kind", "kept"), [("500", 0), ("500_after", 1)])
def test_an_internal_error_is_no_json(xero: Simulator, api: Api, kind: str, kept: int) -> None:
    xero.fault(kind, method="PUT")
    answer = api.put("Contacts", {"Name": "A"})
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/html")
    assert held(xero) == kept


def test_an_error_may_be_kept_under_its_key(xero: Simulator, api: Api) -> None:
    xero.fault("500", method="PUT", cached=True)
    answers = [api.put("Contacts", {"Name": "A"}, key=key).status_code for key in "aab"]
    assert answers == [500, 500, 200]


def test_offline_says_so_in_xeros_words(xero: Simulator, api: Api) -> None:
    xero.fault("503")
    xero.fault("503", text="The Xero API is currently offline for maintenance")
    answers = [api.get("Contacts") for _ in range(3)]
    assert [one.text for one in answers[:2]] == [
        "The Organisation is offline",
        "The Xero API is currently offline for maintenance",
    ]
    assert [one.status_code for one in answers] == [503, 503, 200]


def test_half_an_answer_and_an_answer_that_is_no_json(xero: Simulator, api: Api) -> None:
    xero.fault("truncate", method="PUT")
    with pytest.raises(requests.RequestException):
        api.put("Contacts", {"Name": "A"})
    assert held(xero) == 1
    xero.fault("not_json", method="PUT")
    answer = api.put("Contacts", {"Name": "B"})
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert held(xero) == 2


def test_slowness_before_or_after_the_work(xero: Simulator, api: Api) -> None:
    for kind in ("slow", "slow_after"):
        xero.fault(kind, seconds=0.4)
        started = time.monotonic()
        assert api.get("Contacts").status_code == 200
        assert time.monotonic() - started >= 0.4


def test_a_token_may_be_told_expired_and_an_organisation_cut_off(xero: Simulator, api: Api) -> None:
    xero.fault("401_expired")
    assert api.get("Contacts").json()["Detail"].startswith("TokenExpired")
    xero.fault("disconnect", method="PUT")
    answer = api.put("Contacts", {"Name": "A"})
    assert (answer.status_code, held(xero)) == (403, 0)


def test_a_consent_may_be_revoked_at_a_call(xero: Simulator, api: Api) -> None:
    xero.fault("revoke", method="PUT")
    answer = api.put("Contacts", {"Name": "A"})
    assert (answer.status_code, held(xero)) == (403, 0)
    assert api.connections() == []
    assert xero.refresh(api.tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert xero.connect().put("Contacts", {"Name": "A"}).status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("revoke", 400), ("disconnect", 200)])
def test_a_refresh_may_meet_a_revocation_or_a_disconnection(
    xero: Simulator, api: Api, kind: str, status: int
) -> None:
    sam = xero.connect(user="sam@bluelagoon.example")
    xero.fault(kind, path="/connect/token")
    refreshed = xero.refresh(api.tokens["refresh_token"])
    # A disconnected organisation's tokens refresh happily; its calls are refused.
    assert refreshed.status_code == status
    assert api.get("Contacts").status_code == 403
    assert sam.get("Contacts").status_code == 200


def test_a_list_of_connections_may_meet_a_disconnection(xero: Simulator, api: Api) -> None:
    xero.fault("disconnect", path="/connections")
    assert api.connections() == []


def test_trouble_waits_for_its_turn_and_ends(xero: Simulator, api: Api) -> None:
    xero.fault("500", path="Contacts", after=1, count=2)
    statuses = [api.get("Contacts").status_code for _ in range(5)]
    assert statuses == [200, 500, 500, 200, 200]
    fault = xero.state("faults")["faults"][0]
    assert (fault["matched"], fault["fired"]) == (3, 2)


def test_trouble_can_be_aimed_at_a_body(xero: Simulator, api: Api) -> None:
    xero.fault("500", body="Poison", count=None)
    assert api.put("Contacts", {"Name": "Fine"}).status_code == 200
    for _ in range(2):
        assert api.put("Contacts", {"Name": "Poison"}).status_code == 500


def test_random_trouble_repeats_with_its_seed(xero: Simulator, api: Api) -> None:
    def run() -> list[int]:
        fault = {"kind": "500", "count": None, "probability": 0.4}
        xero.control("faults", faults=[fault], replace=True, seed=7)
        return [api.get("Organisation").status_code for _ in range(12)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


def test_the_kind_of_trouble_may_be_drawn_too(xero: Simulator, api: Api) -> None:
    statuses = {"500": 500, "503": 503, "429_minute": 429, "401_expired": 401}

    def run() -> list[int]:
        fault = {"kind": "random", "kinds": list(statuses), "count": None, "probability": 0.7}
        xero.control("faults", faults=[fault], replace=True, seed=3)
        return [api.get("Organisation").status_code for _ in range(30)]

    first = run()
    assert set(first) == {200, *statuses.values()}
    assert run() == first


def test_a_drawn_503_has_any_of_xeros_words(xero: Simulator, api: Api) -> None:
    xero.fault("random", kinds=["503"], count=None)
    texts = {api.get("Organisation").text for _ in range(20)}
    assert texts == {
        "The Organisation is offline",
        "The Xero API is currently offline for maintenance",
        "The Xero API is temporarily unavailable",
    }


def test_any_kind_may_be_drawn(xero: Simulator, api: Api) -> None:
    xero.fault("random", count=None, probability=0)
    assert api.get("Organisation").status_code == 200
    kinds = xero.state("faults")["faults"][0]["kinds"]
    assert {"revoke", "disconnect", "clock_jump", "drop_after", "429_day", "truncate"} <= set(kinds)


CALLS = [
    ("PUT", "Payments"),
    ("POST", "Payments/x"),
    ("GET", "BatchPayments"),
    ("PUT", "CreditNotes"),
    ("PUT", "CreditNotes/x/Allocations"),
    ("DELETE", "CreditNotes/x/Allocations/x"),
    ("PUT", "BankTransactions"),
    ("PUT", "BankTransfers"),
    ("GET", "Overpayments"),
    ("GET", "Prepayments"),
    ("PUT", "Invoices/x/History"),
    ("PUT", "Invoices/x/Attachments/a.txt"),
    ("GET", "Invoices/x/OnlineInvoice"),
    ("POST", "Invoices/x/Email"),
    ("PUT", "ContactGroups"),
    ("DELETE", "ContactGroups/x/Contacts"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_meets_trouble(xero: Simulator, api: Api, method: str, path: str) -> None:
    fault = {"kind": "random", "kinds": ["500", "503"], "count": None, "probability": 0.5}
    xero.control("faults", faults=[fault], seed=1)
    statuses = [api.call(method, path, json={}).status_code for _ in range(12)]
    assert statuses.count(500) and statuses.count(503)
    assert set(statuses) - {500, 503}


def test_a_payment_whose_answer_was_lost_is_entered_once(xero: Simulator, api: Api) -> None:
    held = api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")
    body = {"InvoiceNumber": "PT-1", "Code": "090", "Date": "2026-11-09", "Amount": 4.5}
    for kind in ("drop_after", "truncate"):
        xero.fault(kind, path="Payments")
        with pytest.raises(requests.RequestException):
            api.put("Payments", body, key="k-1")
    assert api.put("Payments", body, key="k-1").status_code == 200
    assert api.rows(f"Invoices/{held['InvoiceID']}")[0]["AmountPaid"] == 4.5


def test_the_identity_side_has_trouble_too(xero: Simulator, api: Api) -> None:
    first = api.tokens["refresh_token"]
    xero.fault("drop_after", path="/connect/token")
    with pytest.raises(requests.ConnectionError):
        xero.refresh(first)
    assert xero.state("identity")["identity"]["counts"]["refreshes"] == 1
    assert xero.refresh(first).status_code == 200
    xero.fault("503", path="/connections")
    answer = api.session.get(f"{xero.url}/connections", timeout=5)
    assert answer.status_code == 503


def test_no_faults_at_all_by_an_empty_list(xero: Simulator, api: Api) -> None:
    xero.fault("500", count=None)
    xero.control("faults", faults=[])
    assert api.get("Contacts").status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "random", "kinds": ["flood"]},
        {"kind": "random", "kinds": []},
        {"kind": "random", "kinds": ["random"]},
        {"kind": "flood"},
        {"kind": "500", "path": "("},
        {"kind": "500", "colour": "red"},
    ],
)
def test_faults_that_make_no_sense_are_refused(xero: Simulator, fault: Json) -> None:
    answer = xero.control("faults", **fault)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_match_may_be_nested(xero: Simulator, api: Api) -> None:
    xero.control("faults", faults=[{"match": {"method": "GET", "path": "Items"}, "kind": "500"}])
    assert api.get("Contacts").status_code == 200
    assert api.get("Items").status_code == 500


def test_consent_can_be_denied_by_control(xero: Simulator) -> None:
    answer = xero.control("authorise", url=xero.authorise_url(), decision="deny").json()
    assert query_of(answer["redirect"])["error"] == "access_denied"


def test_the_clock_jumps_at_a_request_and_the_request_goes_on(xero: Simulator, api: Api) -> None:
    before = xero.state("clock")["clock"]["secondsAhead"]
    xero.fault("clock_jump", path="Contacts", seconds=400)
    assert api.put("Contacts", {"Name": "Dana"}).status_code == 200
    assert xero.state("clock")["clock"]["secondsAhead"] == before + 400
