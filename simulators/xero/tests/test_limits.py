"""The four limits, their headers, and their refusals."""

import threading
from concurrent.futures import ThreadPoolExecutor

import requests

from simulators.xero.tests.caller import Api, Simulator


def test_every_answer_tells_what_is_left(api: Api) -> None:
    first, second = api.get("Organisation"), api.get("Contacts/nothing")
    assert first.headers["X-MinLimit-Remaining"] == "59"
    assert second.headers["X-MinLimit-Remaining"] == "58"
    assert second.headers["X-DayLimit-Remaining"] == "4998"
    assert second.headers["X-AppMinLimit-Remaining"] == "9998"


def test_the_sixty_first_call_of_a_minute_is_refused_with_the_time_to_wait(
    xero: Simulator, api: Api
) -> None:
    xero.control("limits", minute=3)
    answers = [api.get("Organisation") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.headers["X-Rate-Limit-Problem"] == "minute"
    assert 50 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["X-MinLimit-Remaining"] == "0"
    assert not refused.headers["Content-Type"].startswith("application/json")
    xero.control("clock", advance=60)
    assert api.get("Organisation").status_code == 200


def test_a_day_can_be_used_up_and_passes(xero: Simulator, api: Api) -> None:
    xero.control("limits", day=2)
    answers = [api.get("Organisation") for _ in range(3)]
    assert answers[-1].headers["X-Rate-Limit-Problem"] == "day"
    assert int(answers[-1].headers["Retry-After"]) > 80_000
    xero.control("clock", advance=86_400)
    # The token has died meanwhile too, and a refused token costs no call.
    assert api.get("Organisation").status_code == 401


def test_the_starter_tier_has_a_thousand_a_day(xero: Simulator, api: Api) -> None:
    assert xero.control("limits", tier="starter").json()["day"] == 1000
    assert api.get("Organisation").headers["X-DayLimit-Remaining"] == "999"


def test_one_organisations_limit_does_not_touch_another(xero: Simulator, api: Api) -> None:
    xero.control("limits", minute=1)
    other = xero.connect(organisation="Blue Lagoon Spas Pty Ltd")
    other.choose(next(o["tenantId"] for o in other.connections() if "Spas" in o["tenantName"]))
    assert [api.get("Organisation").status_code for _ in range(2)] == [200, 429]
    assert other.get("Organisation").status_code == 200


def test_the_app_has_a_limit_of_its_own(xero: Simulator, api: Api) -> None:
    xero.control("limits", app_minute=1)
    answers = [api.get("Organisation") for _ in range(2)]
    assert answers[1].headers["X-Rate-Limit-Problem"] == "appminute"


def test_the_apps_limit_may_not_say_when(xero: Simulator, api: Api) -> None:
    xero.control("switches", app_minute_waits=False)
    xero.control("limits", app_minute=1)
    answers = [api.get("Organisation") for _ in range(2)]
    assert answers[1].headers["X-Rate-Limit-Problem"] == "appminute"
    assert "Retry-After" not in answers[1].headers


def test_at_most_five_calls_are_in_flight_and_the_sixth_is_not_told_when(
    xero: Simulator, api: Api
) -> None:
    xero.control("limits", latency_ms=400)
    start = threading.Barrier(8)

    def one_call(_: int) -> requests.Response:
        start.wait()
        headers = dict(api.session.headers)
        url = f"{xero.url}/api.xro/2.0/Organisation"
        return requests.get(url, headers=headers, timeout=10)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one_call, range(8)))
    xero.control("limits", latency_ms=0)
    assert sorted(one.status_code for one in answers) == [200] * 5 + [429] * 3
    refused = [one for one in answers if one.status_code == 429]
    assert {one.headers["X-Rate-Limit-Problem"] for one in refused} == {"concurrent"}
    assert all("Retry-After" not in one.headers for one in refused)
    tenant = xero.state("limits")["limits"]["tenants"][api.tenant_id]
    assert (tenant["mostInFlight"], tenant["inFlight"]) == (5, 0)
    assert tenant["refused"] == {"concurrent": 3}


def test_a_replayed_key_still_costs_a_call(api: Api) -> None:
    first = api.put("Contacts", {"Name": "A"}, key="k")
    again = api.put("Contacts", {"Name": "A"}, key="k")
    left = [int(one.headers["X-MinLimit-Remaining"]) for one in (first, again)]
    assert left[1] == left[0] - 1


def test_limits_that_make_no_sense_are_refused(xero: Simulator) -> None:
    for body in ({"minute": -1}, {"minute_seconds": 0}, {"week": 3}, {"minute": "many"}):
        assert xero.control("limits", **body).status_code == 400


def test_a_request_above_ten_megabytes_is_refused(api: Api) -> None:
    answer = api.call("PUT", "Contacts", data=b" " * (10 * 1024 * 1024 + 1))
    assert answer.status_code == 413


def test_large_answers_are_compressed_for_whoever_asks(xero: Simulator) -> None:
    xero.reset(seed="demo")
    api = xero.connect()
    squeezed = api.get("Contacts", page=1)
    assert squeezed.headers["Content-Encoding"] == "gzip"
    plain = api.get("Contacts", page=1, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert int(squeezed.headers["Content-Length"]) < len(plain.content) / 4
