"""Webhooks: what is posted for which change, how it is signed, and when it comes again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from simulators.common.tests.hooks import eventually
from simulators.xero.tests.caller import Api, Simulator, invoice
from simulators.xero.tests.receiver import KEY, Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def told(xero: Simulator, api: Api, receiver: Receiver) -> Api:
    """Return the API of an organisation whose changes are told to the receiver."""
    subscribe(xero, url=receiver.url, key=KEY)
    return api


def subscribe(xero: Simulator, **settings: object) -> None:
    answer = xero.control("webhooks", **settings)
    assert answer.status_code == 200, answer.text


def state(xero: Simulator) -> dict[str, object]:
    return xero.state("webhooks")["webhooks"]


def test_the_apps_own_writes_come_back_signed(told: Api, receiver: Receiver) -> None:
    contact = told.contact()["ContactID"]
    told.post(f"Contacts/{contact}", {"FirstName": "Dana"})
    made = told.invoice(contact)["InvoiceID"]
    expected = [
        ("CONTACT", "CREATE", contact),
        ("CONTACT", "UPDATE", contact),
        ("INVOICE", "CREATE", made),
    ]
    eventually(lambda: len(receiver.events()) >= 3)
    assert receiver.events() == expected
    assert all(one.is_signed for one in receiver.got)
    assert receiver.got[0].headers["content-type"] == "application/json"


def test_an_event_says_what_xeros_says(told: Api, receiver: Receiver) -> None:
    contact = told.contact()
    (delivery,) = eventually(lambda: receiver.got)
    (event,) = delivery.sent["events"]
    assert event["tenantId"] == told.tenant_id
    assert event["tenantType"] == "ORGANISATION"
    assert event["resourceUrl"].endswith(f"/api.xro/2.0/Contacts/{contact['ContactID']}")
    assert "+" not in event["eventDateUtc"]
    sequences = (delivery.sent["firstEventSequence"], delivery.sent["lastEventSequence"])
    assert (sequences, bool(delivery.sent["entropy"])) == ((1, 1), True)


def test_whose_date_an_event_has_is_a_switch(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    contact = told.contact()["ContactID"]
    dates = []
    for count, dated in enumerate(("record", "second", "told"), start=2):
        xero.control("switches", event_date=dated)
        told.post(f"Contacts/{contact}", {"FirstName": dated})
        eventually(lambda: len(receiver.events()) >= count)  # noqa: B023 - asked at once
        dates.append(datetime.fromisoformat(receiver.got[-1].sent["events"][-1]["eventDateUtc"]))
    record, second, later = dates
    assert second.microsecond == 0
    held = told.get(f"Contacts/{contact}").json()["Contacts"][0]["UpdatedDateUTC"]
    updated = datetime.fromtimestamp(int(held[6:19]) / 1000, UTC).replace(tzinfo=None)
    assert later == updated + timedelta(seconds=1)
    assert record <= updated


def test_what_a_person_does_in_xero_is_told(xero: Simulator, told: Api, receiver: Receiver) -> None:
    loser, winner = told.contact("Dana")["ContactID"], told.contact("Erin")["ContactID"]
    moved = told.invoice(loser)["InvoiceID"]
    eventually(lambda: len(receiver.events()) == 3)
    xero.act("merge_contacts", **{"from": loser, "into": winner})
    eventually(lambda: len(receiver.events()) == 5)
    assert set(receiver.events()[3:]) == {
        ("CONTACT", "UPDATE", loser),
        ("INVOICE", "UPDATE", moved),
    }


def test_other_categories_are_told_once_they_are_asked_for(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    contact = told.contact()["ContactID"]
    note = invoice(contact, Type="ACCRECCREDIT")
    told.put("CreditNotes", note)
    subscribe(xero, categories=["CONTACT", "CREDITNOTE", "OVERPAYMENT", "PREPAYMENT"])
    made = told.put("CreditNotes", note).json()["CreditNotes"][0]["CreditNoteID"]
    for kind in ("overpayment", "prepayment"):
        xero.act("receive_credit", contact=contact, kind=kind, amount=5)
    told.invoice(contact)
    eventually(lambda: len(receiver.events()) >= 4)
    assert [event[0] for event in receiver.events()] == [
        "CONTACT",
        "CREDITNOTE",
        "OVERPAYMENT",
        "PREPAYMENT",
    ]
    told_of = [one for delivery in receiver.got for one in delivery.sent["events"]][1]
    assert told_of["resourceId"] == made
    assert told_of["resourceUrl"].endswith(f"/CreditNotes/{made}")
    assert told_of["data"] == {"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}
    assert xero.control("webhooks", categories=["PAYMENT"]).status_code == 400


@pytest.mark.parametrize(("tells", "count"), [(True, 1), (False, 0)])
def test_whether_money_tells_of_its_invoice_is_a_switch(
    xero: Simulator, told: Api, receiver: Receiver, *, tells: bool, count: int
) -> None:
    xero.control("switches", money_tells_invoice=tells)
    held = told.invoice(told.contact()["ContactID"], InvoiceNumber="PT-1")
    xero.act("pay_invoice", invoice="PT-1")
    told.contact("Last")
    eventually(lambda: ("CONTACT", "CREATE") in [one[:2] for one in receiver.events()[2:]])
    assert receiver.events().count(("INVOICE", "UPDATE", held["InvoiceID"])) == count


def test_an_event_is_dated_when_it_happened_though_the_record_is_not(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    held = told.invoice(told.contact()["ContactID"], InvoiceNumber="PT-1")
    xero.act("pay_invoice", invoice="PT-1", amount=5)
    xero.control("clock", advance=600)
    # Moved on a part-paid invoice, a due date leaves UpdatedDateUTC as it was.
    told.post(f"Invoices/{held['InvoiceID']}", {"DueDate": "2026-12-24"})
    eventually(lambda: len(receiver.events()) == 4)
    dates = [one["eventDateUtc"] for delivery in receiver.got for one in delivery.sent["events"]]
    paid, moved = (datetime.fromisoformat(one) for one in dates[-2:])
    assert (moved - paid).total_seconds() >= 600


def test_reading_and_refused_writes_are_not_told(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    told.rows("Contacts")
    sent = {"Contacts": [{"Name": "Dana"}, {"Name": ""}]}
    assert told.put("Contacts", sent, summarizeErrors="true").status_code == 400
    told.contact("Erin")
    eventually(lambda: receiver.events())
    assert state(xero)["sequence"] == 1


def test_an_organisation_that_is_not_connected_tells_nothing(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    xero.act("add_contact", organisation="Blue Lagoon Spas Pty Ltd", fields={"Name": "Far"})
    xero.act("add_contact", fields={"Name": "Near"})
    eventually(lambda: receiver.events())
    assert state(xero)["sequence"] == 1


def test_what_is_not_taken_comes_again_at_once_and_then_after_the_wait_in_order(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    receiver.statuses += [500, 302]
    first = told.contact("Dana")["ContactID"]
    eventually(lambda: len(receiver.got) == 2)
    second = told.contact("Erin")["ContactID"]
    xero.control("clock", advance=901)
    eventually(lambda: len(receiver.got) >= 3)
    eventually(lambda: state(xero)["pending"] == 0)
    taken = [event[2] for delivery in receiver.got[2:] for event in delivery.events]
    assert taken == [first, second]


def test_after_a_day_in_vain_the_webhook_is_off_until_it_is_set_again(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    receiver.statuses += [500] * 3
    told.contact("Dana")
    eventually(lambda: len(receiver.got) == 2)
    xero.control("clock", advance=86_401)
    eventually(lambda: state(xero)["disabled"])
    subscribe(xero, url=receiver.url)
    eventually(lambda: state(xero)["pending"] == 0)


def test_a_receiver_that_is_down_gets_everything_once_it_is_back(xero: Simulator, api: Api) -> None:
    with Receiver() as receiver:
        url = receiver.url
    subscribe(xero, url=url, key=KEY, retry_seconds=0.1)
    api.contact()
    eventually(lambda: state(xero)["tries"])
    with Receiver() as back:
        subscribe(xero, url=back.url)
        eventually(lambda: back.events())


def test_batches_are_no_longer_than_asked_for(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    subscribe(xero, batch=2)
    told.put("Contacts", {"Contacts": [{"Name": f"C{number}"} for number in range(5)]})
    eventually(lambda: len(receiver.events()) == 5)
    assert [len(one.events) for one in receiver.got] == [2, 2, 1]


def test_events_are_doubled_turned_round_and_lost_on_demand(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    subscribe(xero, duplicate=True, reorder=True)
    told.put("Contacts", {"Contacts": [{"Name": "A"}, {"Name": "B"}]})
    eventually(lambda: len(receiver.got) == 2)
    assert receiver.got[0].body == receiver.got[1].body
    ids = [one["ContactID"] for one in told.rows("Contacts", order="Name")]
    assert [event[2] for event in receiver.got[0].events] == ids[::-1]
    subscribe(xero, duplicate=False, lose=True)
    told.contact("Lost")
    subscribe(xero, lose=False)
    told.contact("Found")
    eventually(lambda: len(receiver.got) == 3)
    assert state(xero)["lost"] == 1


def test_the_intent_to_receive_wants_both_answers(
    xero: Simulator, told: Api, receiver: Receiver
) -> None:
    subscribe(xero, intent=True)
    eventually(lambda: state(xero)["intent"])
    assert state(xero)["intent"]["status"] == "ok"
    assert [one.is_signed for one in receiver.got] == [True, False, True, False]
    assert receiver.got[0].sent["events"] == []
    assert receiver.got[0].sent["firstEventSequence"] == 0
    receiver.statuses += [200] * 4
    subscribe(xero, intent=True)
    eventually(lambda: state(xero)["intent"]["status"] == "failed")


def test_a_setting_that_is_none_is_refused(xero: Simulator) -> None:
    answer = xero.control("webhooks", uri="http://localhost/")
    assert answer.status_code == 400
    assert "unknown uri" in answer.json()["error"]
