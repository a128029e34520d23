"""Scripted trouble: what the client sees, and what the simulator holds afterwards."""

import time

import pytest
import requests

from simulators.xero.tests.caller import Api, Simulator, query_of


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
    "fault", [{"kind": "flood"}, {"kind": "500", "path": "("}, {"kind": "500", "colour": "red"}]
)
def test_faults_that_make_no_sense_are_refused(xero: Simulator, fault: dict[str, str]) -> None:
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
