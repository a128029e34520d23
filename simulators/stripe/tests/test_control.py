"""The rest of /_control/: state, summary, reset, clock, switches, acts."""

import datetime

import requests

from simulators.stripe.tests.caller import CONNECTED, PLATFORM, SECRET_KEY, TIMEOUT, Simulator


def test_state_tells_everything_and_no_secret(simulator: Simulator) -> None:
    simulator.set("webhooks", url="http://127.0.0.1:9/", secret="whsec_hidden")
    simulator.charge()
    text = requests.get(f"{simulator.url}/_control/state", timeout=TIMEOUT).text
    assert SECRET_KEY not in text
    assert "whsec_hidden" not in text
    state = simulator.state()
    assert [one["id"] for one in state["accounts"]] == [PLATFORM, CONNECTED]
    assert state["accounts"][0]["charge"][0]["amount"] == 10_000
    assert state["calls"]["byResource"]["POST payment_intents"] == 1
    assert state["writes"][0]["body"]["payment_method"] == "pm_card_au"


def test_state_can_be_asked_for_in_parts(simulator: Simulator) -> None:
    simulator.charge()
    part = simulator.state("charge", account=CONNECTED)
    assert (list(part), part["accounts"][0]["charge"]) == (["accounts"], [])
    assert "body" not in simulator.state("writes", bodies="false")["writes"][0]
    url = f"{simulator.url}/_control/state?account=none"
    assert requests.get(url, timeout=TIMEOUT).status_code == 400


def test_the_summary_adds_up(simulator: Simulator) -> None:
    charge = simulator.charge()
    simulator.api.v1.refunds.create({"charge": charge.id, "amount": 1_000})
    simulator.charge(card="pm_card_createDispute")
    sums = simulator.summary()
    assert sums["gross"] == {
        "charges": 20_000,
        "refunds": -1_000,
        "disputes": -10_000,
        "payouts": 0,
    }
    fees = sums["fees"]["stripe_fee"] + sums["fees"]["tax"]
    assert sums["net"] == sum(sums["gross"].values()) - fees
    assert (fees, sums["available"] + sums["pending"]) == (200 + 380 + 2_500, sums["net"])


def test_reset_makes_a_new_world_with_the_same_ids(simulator: Simulator) -> None:
    simulator.charge()
    simulator.advance(86_400)
    simulator.reset(accounts=3, country="GB")
    state = simulator.state("charge", "clock")
    assert state["accounts"][0]["charge"] == []
    assert state["clock"]["secondsAhead"] == 0
    assert [one["country"] for one in state["accounts"]] == ["GB"] * 4
    assert state["accounts"][1]["id"] == CONNECTED
    assert simulator.control("reset", country="XX").status_code == 400


def test_the_clock_goes_to_a_moment(simulator: Simulator) -> None:
    wanted = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3)
    simulator.set("clock", to=wanted.timestamp())
    assert abs(simulator.session().created - wanted.timestamp()) < 60


def test_what_is_unknown_is_named(simulator: Simulator) -> None:
    assert "POST act" in simulator.control("nonsense").json()["error"]
    for name, body in (
        ("switches", {"colour": True}),
        ("switches", {"fee_rounding": "up"}),
        ("switches", {"nz_fee_tax": "yes"}),
        ("limits", {"per_day": 1}),
        ("webhooks", {"colour": "red"}),
        ("fees", {"country": "AU"}),
        ("clock", {"advance": "soon"}),
        ("act", {"do": "dance"}),
        ("act", {"do": "pay_session", "session": "cs_none"}),
        ("act", {"do": "fail_payout", "payout": "po_none"}),
        ("act", {"do": "set_schedule", "interval": "hourly"}),
        ("act", {"do": "add_account", "country": "XX"}),
        ("keys", {"account": "nobody"}),
        ("revoke_key", {"secret": "x"}),
    ):
        assert simulator.control(name, **body).status_code == 400, (name, body)


def test_the_pages_show_what_there_is(simulator: Simulator) -> None:
    simulator.charge(description="Invoice PT-1")
    home = requests.get(f"{simulator.url}/", timeout=TIMEOUT).text
    assert "Blue Lagoon Pool Care Pty Ltd" in home
    page = requests.get(f"{simulator.url}/a/{PLATFORM}", timeout=TIMEOUT).text
    assert "Invoice PT-1" in page
    assert "A$98.00" in page
    for path in ("a/none", "setup/none", "c/pay/none", "c/authenticate/none/none"):
        assert requests.get(f"{simulator.url}/{path}", timeout=TIMEOUT).status_code == 404
