"""Scripted trouble, as the official library meets it."""

import time

import pytest
import stripe

from simulators.stripe.tests.caller import CONNECTED, Simulator

KEY = {"idempotency_key": "k1"}


def customers(simulator: Simulator) -> int:
    return len(simulator.state("customer")["accounts"][0]["customer"])


@pytest.mark.parametrize("kind", ["drop_before", "500", "503", "429", "429_lock", "409", "401"])
def test_before_the_work_nothing_happened(simulator: Simulator, kind: str) -> None:
    simulator.fault(kind, method="POST", path="customers")
    with pytest.raises(stripe.StripeError):
        simulator.api.v1.customers.create({"name": "Dana"}, KEY)
    assert customers(simulator) == 0
    [write] = simulator.state("writes")["writes"]
    assert (write["status"], write["fault"], write["idempotencyKey"]) == (None, kind, "k1")
    assert write["body"] == {"name": "Dana"}
    simulator.api.v1.customers.create({"name": "Dana"}, KEY)
    assert customers(simulator) == 1


@pytest.mark.parametrize("kind", ["drop_after", "500_after", "truncate", "not_json"])
def test_after_the_work_it_is_done_and_the_key_tells_of_it(simulator: Simulator, kind: str) -> None:
    simulator.fault(kind, method="POST", path="customers")
    # What is no JSON the library meets as an error of its own kinds.
    with pytest.raises((stripe.StripeError, ValueError)):
        simulator.api.v1.customers.create({"name": "Dana"}, KEY)
    assert customers(simulator) == 1
    again = simulator.api.v1.customers.create({"name": "Dana"}, KEY)
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert customers(simulator) == 1


@pytest.mark.parametrize(("kind", "made"), [("timeout_before", 0), ("timeout_after", 1)])
def test_an_answer_that_never_comes(simulator: Simulator, kind: str, made: int) -> None:
    simulator.fault(kind, seconds=5)
    client = simulator.client(http_client=stripe.RequestsClient(timeout=0.5))
    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.create({"name": "Dana"}, KEY)
    assert customers(simulator) == made


def test_the_errors_have_their_classes(simulator: Simulator) -> None:
    classes = [
        ("429", stripe.RateLimitError),
        ("500", stripe.APIError),
        ("401", stripe.AuthenticationError),
        # The library has no class of its own for this one.
        ("409", stripe.APIError),
    ]
    for kind, error in classes:
        simulator.fault(kind)
        with pytest.raises(error):
            simulator.api.v1.balance.retrieve()


def test_the_library_tries_again_with_the_same_key(simulator: Simulator) -> None:
    simulator.fault("drop_after", method="POST")
    client = simulator.client(max_network_retries=2)
    client.v1.customers.create({"name": "Dana"})
    writes = simulator.state("writes")["writes"]
    assert len(writes) == 2
    assert len({one["idempotencyKey"] for one in writes}) == 1
    assert customers(simulator) == 1


def test_a_kept_500_is_given_again(simulator: Simulator) -> None:
    simulator.fault("500", cached=True)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            simulator.api.v1.customers.create({"name": "Dana"}, KEY)
    assert customers(simulator) == 0


def test_a_fault_knows_its_count_its_place_and_its_body(simulator: Simulator) -> None:
    simulator.fault("500", body="name=Dana", after=1, count=1)
    for name in ("Erin", "Dana"):
        simulator.api.v1.customers.create({"name": name})
    with pytest.raises(stripe.APIError):
        simulator.api.v1.customers.create({"name": "Dana"})
    simulator.api.v1.customers.create({"name": "Dana"})
    assert customers(simulator) == 3


def test_a_slow_call_takes_its_time(simulator: Simulator) -> None:
    simulator.fault("slow", seconds=0.4)
    began = time.monotonic()
    simulator.api.v1.balance.retrieve()
    assert time.monotonic() - began >= 0.4


def test_the_clock_jumps_and_the_account_leaves_in_the_middle_of_a_call(
    simulator: Simulator,
) -> None:
    before = simulator.session().created
    simulator.fault("clock_jump", seconds=86_400)
    assert simulator.session().created - before >= 86_400
    simulator.fault("disconnect", path="balance")
    simulator.connected().v1.balance.retrieve()
    with pytest.raises(stripe.PermissionError):
        simulator.connected(CONNECTED).v1.balance.retrieve()


def test_random_trouble_can_be_repeated(simulator: Simulator) -> None:
    def run() -> list[bool]:
        fault = {"kind": "random", "kinds": ["500", "429"], "probability": 0.5, "count": None}
        simulator.set("faults", faults=[fault], replace=True, seed=7)
        return [failed() for _ in range(12)]

    def failed() -> bool:
        try:
            simulator.api.v1.balance.retrieve()
        except stripe.StripeError:
            return True
        return False

    first = run()
    assert first == run()
    assert True in first
    assert False in first


def test_trouble_reaches_oauth(simulator: Simulator) -> None:
    simulator.fault("500", path="oauth/token")
    with pytest.raises((stripe.StripeError, stripe.oauth_error.OAuthError)):
        simulator.api.oauth.token({"grant_type": "authorization_code", "code": "x"})


def test_unknown_trouble_is_named(simulator: Simulator) -> None:
    assert "random" in simulator.control("faults", kind="503_day").json()["error"]
