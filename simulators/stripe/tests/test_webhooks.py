"""Webhooks, checked by the official library: signed, repeated, lost, turned round."""

from collections.abc import Iterator

import pytest
import stripe

from simulators.common.tests.hooks import eventually
from simulators.stripe.tests.caller import CONNECTED, DAY, Simulator
from simulators.stripe.tests.receiver import Receiver

CUSTOMER = {"name": "Dana"}


@pytest.fixture
def receiver(simulator: Simulator) -> Iterator[Receiver]:
    with Receiver() as made:
        simulator.set("webhooks", url=made.url, secret=made.secret, retry_seconds=0.1)
        yield made
        # Nothing may be posted to a port that another test takes.
        simulator.reset()


def settled(simulator: Simulator) -> bool:
    return simulator.state("webhooks")["webhooks"]["pending"] == 0


def test_events_come_signed_and_name_their_account(
    simulator: Simulator, receiver: Receiver
) -> None:
    simulator.charge(api=simulator.connected())
    simulator.api.v1.customers.create(CUSTOMER)
    eventually(lambda: "customer.created" in receiver.types)
    assert receiver.refused == []
    accounts = {event.type: event.to_dict().get("account") for event in receiver.got}
    assert accounts["charge.succeeded"] == CONNECTED
    assert accounts["customer.created"] is None
    sent = next(event for event in receiver.got if event.type == "charge.succeeded")
    assert sent.data.object.amount == 10_000


def test_what_is_not_taken_comes_again(simulator: Simulator, receiver: Receiver) -> None:
    receiver.statuses = [500, 302]
    simulator.api.v1.customers.create(CUSTOMER)
    eventually(lambda: len(receiver.got) == 3)
    assert len({event.id for event in receiver.got}) == 1
    eventually(lambda: settled(simulator))
    tries = simulator.state("webhooks")["webhooks"]["deliveries"]
    assert [(one["try"], one["status"]) for one in tries] == [(1, 500), (2, 302), (3, 200)]


def test_after_three_days_it_is_given_up(simulator: Simulator, receiver: Receiver) -> None:
    simulator.set("webhooks", retry_seconds=3600)
    receiver.statuses = [500] * 100
    simulator.api.v1.customers.create(CUSTOMER)
    eventually(lambda: receiver.got)
    simulator.advance(4 * DAY)
    eventually(lambda: simulator.state("webhooks")["webhooks"]["givenUp"])
    assert settled(simulator)


def test_one_endpoint_that_fails_does_not_hold_up_others(
    simulator: Simulator, receiver: Receiver
) -> None:
    simulator.set("webhooks", retry_seconds=3600)
    receiver.statuses = [500]
    simulator.api.v1.customers.create(CUSTOMER)
    eventually(lambda: receiver.got)
    simulator.api.v1.customers.create(CUSTOMER)
    eventually(lambda: len(receiver.got) == 2)
    assert simulator.state("webhooks")["webhooks"]["pending"] == 1


def test_events_may_come_twice_or_not_at_all(simulator: Simulator, receiver: Receiver) -> None:
    simulator.set("webhooks", duplicate=True)
    simulator.api.v1.customers.create(CUSTOMER)
    eventually(lambda: len(receiver.got) == 2)
    assert receiver.got[0].id == receiver.got[1].id
    simulator.set("webhooks", duplicate=False, lose=True)
    simulator.api.v1.customers.create(CUSTOMER)
    assert simulator.state("webhooks")["webhooks"]["lost"] == 1
    # A poll of the events finds what the webhook lost.
    assert len(simulator.api.v1.events.list({"type": "customer.created"}).data) == 2


def test_events_may_come_the_newest_first(simulator: Simulator, receiver: Receiver) -> None:
    simulator.set("webhooks", reorder=True)
    simulator.charge()
    eventually(lambda: len(receiver.got) == 4)
    assert receiver.types[-1] != "payment_intent.succeeded"
    assert sorted(receiver.types) == [
        "charge.succeeded",
        "charge.updated",
        "payment_intent.created",
        "payment_intent.succeeded",
    ]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"wrong_signature": True}, "No signatures found"),
        ({"signed_ago": 400}, "Timestamp outside the tolerance zone"),
    ],
)
def test_a_signature_can_be_wrong_or_old(
    simulator: Simulator, receiver: Receiver, trouble: dict, words: str
) -> None:
    simulator.set("webhooks", **trouble)
    simulator.api.v1.customers.create(CUSTOMER)
    eventually(lambda: receiver.refused)
    assert words in receiver.refused[0]
    assert receiver.got == []


def test_endpoints_are_made_by_the_api_and_hear_what_they_asked_for(simulator: Simulator) -> None:
    endpoints = simulator.api.v1.webhook_endpoints
    with Receiver() as own, Receiver() as connect:
        wanted = ["customer.created"]
        made = endpoints.create({"url": own.url, "enabled_events": wanted})
        other = endpoints.create({"url": connect.url, "enabled_events": ["*"], "connect": True})
        own.secret, connect.secret = made.secret, other.secret
        simulator.charge()
        simulator.api.v1.customers.create(CUSTOMER)
        simulator.connected().v1.customers.create(CUSTOMER)
        eventually(lambda: own.got and connect.got)
        assert (own.types, connect.types) == (wanted, wanted)
        assert connect.got[0].account == CONNECTED
        assert "secret" not in endpoints.retrieve(made.id)
        endpoints.update(made.id, {"disabled": True})
        assert endpoints.delete(other.id).deleted
        assert [one.status for one in endpoints.list().data] == ["disabled"]
        simulator.api.v1.customers.create(CUSTOMER)
        eventually(lambda: settled(simulator))
        assert own.types == wanted
    with pytest.raises(stripe.InvalidRequestError, match="No such webhook_endpoint"):
        endpoints.retrieve(other.id)
    with pytest.raises(stripe.InvalidRequestError, match="Invalid URL"):
        endpoints.create({"url": "ftp://x", "enabled_events": ["*"]})


def test_an_account_may_have_an_endpoint_of_its_own(simulator: Simulator) -> None:
    endpoints = simulator.connected().v1.webhook_endpoints
    with Receiver() as own:
        made = endpoints.create({"url": own.url, "enabled_events": ["customer.created"]})
        own.secret = made.secret
        simulator.api.v1.customers.create(CUSTOMER)
        simulator.connected().v1.customers.create({"name": "Erin"})
        eventually(lambda: own.got)
        eventually(lambda: settled(simulator))
        assert [event.data.object.name for event in own.got] == ["Erin"]
    assert [one.id for one in endpoints.list().data] == [made.id]
    assert simulator.api.v1.webhook_endpoints.list().data == []


def test_pending_webhooks_are_counted_down(simulator: Simulator, receiver: Receiver) -> None:
    simulator.api.v1.customers.create(CUSTOMER)
    eventually(lambda: settled(simulator))
    delivered = {"type": "customer.created", "delivery_success": True}
    assert len(simulator.api.v1.events.list(delivered).data) == 1
