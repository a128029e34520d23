"""Connections and webhooks against Xero's own descriptions of them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from simulators.common.tests.hooks import eventually
from simulators.xero.tests.caller import Api, Simulator, invoice
from simulators.xero.tests.description import description
from simulators.xero.tests.receiver import KEY, Delivery, Receiver

pytestmark = pytest.mark.skipif(description() is None, reason="no folder of shared data")


def faults(file: str, name: str, payload: Any) -> list[str]:
    described = description(file)
    assert described is not None
    return described.faults(name, payload)


@pytest.fixture
def heard(xero: Simulator, api: Api) -> Iterator[Callable[[str], Any]]:
    """Return a function that gives the next delivery about a category, or of the intent."""
    with Receiver() as receiver:
        categories = ["CONTACT", "INVOICE", "CREDITNOTE", "OVERPAYMENT", "PREPAYMENT"]
        xero.control("webhooks", url=receiver.url, key=KEY, categories=categories, batch=1)

        def delivery(category: str) -> Any:
            def is_wanted(one: Delivery) -> bool:
                told = [event[0] for event in one.events]
                return category in told if category else not told

            got = receiver.got
            return eventually(lambda: next((one.sent for one in got if is_wanted(one)), None))

        yield delivery


def test_a_connection_is_as_described(api: Api) -> None:
    assert [faults("xero-identity.yaml", "Connection", one) for one in api.connections()] == [[]]


def test_webhooks_are_as_described(api: Api, heard: Callable[[str], Any]) -> None:
    contact = api.contact()["ContactID"]
    api.invoice(contact)
    api.put("CreditNotes", invoice(contact, Type="ACCRECCREDIT"))
    for category in ("CONTACT", "INVOICE", "CREDITNOTE"):
        assert faults("xero-webhooks.yaml", "WebhookEvent", heard(category)) == []
    assert faults("xero-webhooks.yaml", "CreditNoteWebhookEvent", heard("CREDITNOTE")) == []


@pytest.mark.parametrize("kind", ["OVERPAYMENT", "PREPAYMENT"])
def test_the_description_lacks_the_categories_of_autumn_2026(
    xero: Simulator, api: Api, heard: Callable[[str], Any], kind: str
) -> None:
    """Xero's changelog of 14 August and 3 September 2026 has them, the file is of July."""
    xero.act("receive_credit", contact=api.contact()["ContactID"], kind=kind.lower(), amount=5)
    found = faults("xero-webhooks.yaml", "WebhookEvent", heard(kind))
    assert [one.split(":")[0] for one in found] == ["events/0/eventCategory"]


def test_the_description_has_no_intent_to_receive(
    xero: Simulator, heard: Callable[[str], Any]
) -> None:
    """Xero's page on webhooks gives its body with sequences of 0; the file wants 1 and more."""
    xero.control("webhooks", intent=True)
    found = faults("xero-webhooks.yaml", "WebhookEvent", heard(""))
    places = sorted(one.split(":")[0] for one in found)
    assert places == ["firstEventSequence", "lastEventSequence"]
