"""Contacts that are new in Xero: proposed with who they may be, linked, created here or ignored."""

from typing import Any

import pytest
from django.test import Client

from businesses.models import Business
from contacts.models import Contact
from xero_integration.linking import links
from xero_integration.models import Connection, Kind, Step, SyncEntry, WizardRun, XeroContact
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.wizard import inbox

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/b/blue/xero/new/"
ACT = f"{LIST}act/"


def add(xero: Xero, connection: Connection, name: str, **fields: Any) -> XeroContact:
    """Make a contact in Xero and let it arrive."""
    xero.act("add_contact", fields={"Name": name, **fields})
    making.poll(connection, Kind.CONTACT)
    return connection.xero_contacts.get(name=name)


def act(browser: Client, what: str, *rows: XeroContact, **more: str) -> str:
    sent = {"act": what, "row": [row.pk for row in rows], **more}
    return browser.post(ACT, sent, follow=True).content.decode()


def text(browser: Client, url: str = LIST) -> str:
    return browser.get(url).content.decode()


def link_of(connection: Connection, contact: Contact) -> str:
    link = links.link_for(connection, Kind.CONTACT, contact.pk)
    return link.xero_id if link else ""


@pytest.fixture(autouse=True)
def set_up(blue: Business) -> None:
    """The wizard has been walked: whose data is kept was chosen there."""
    WizardRun.objects.create(business=blue, step=Step.DONE)


@pytest.fixture
def ours(connection, blue) -> Contact:
    """One of ours that Xero has not."""
    contact = making.contact(blue, "Nia Okafor", email="nia@okafor.example", mobile="0491 570 156")
    connection.outbox.update(status="excluded")
    return contact


def test_a_contact_made_in_xero_is_listed_and_counted(xero, connection, as_bob) -> None:
    add(xero, connection, "Dana Reef", EmailAddress="dana@reef.example")
    assert "Dana Reef" in text(as_bob)
    assert "New in Xero" in text(as_bob, "/b/blue/")
    assert "None is like it" in text(as_bob)


def test_what_we_sent_and_suppliers_alone_are_not_listed(xero, connection, blue, as_bob) -> None:
    making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    there = add(xero, connection, "Chlorine Wholesale")
    XeroContact.objects.filter(pk=there.pk).update(is_supplier=True)
    assert "Nothing new in Xero" in text(as_bob)


def test_nothing_is_new_before_the_first_sync(xero, just_connected) -> None:
    add(xero, just_connected, "Dana Reef")
    assert not inbox.waiting(just_connected).exists()


def test_who_it_may_be_is_suggested_with_the_reasons(xero, connection, ours, as_bob) -> None:
    add(xero, connection, "Okafor, Nia", EmailAddress="nia@okafor.example")
    shown = text(as_bob)
    assert "Nia Okafor" in shown
    assert "% alike" in shown


def test_linking_to_the_suggestion(xero, connection, ours, as_bob) -> None:
    there = add(xero, connection, "Okafor, Nia", EmailAddress="nia@okafor.example")
    assert "1 contact linked." in act(as_bob, "link", there)
    assert link_of(connection, ours) == there.xero_id
    assert not inbox.waiting(connection).exists()


def test_linking_to_another_one_by_a_search(xero, connection, ours, as_bob) -> None:
    there = add(xero, connection, "Dana Reef")
    page = f"{LIST}{there.pk}/"
    assert "Nia Okafor" in text(as_bob, f"{page}?find=okafor")
    as_bob.post(page, {"contact": ours.pk})
    assert link_of(connection, ours) == there.xero_id


def test_one_that_is_linked_already_is_not_linked_anew(xero, connection, blue, as_bob) -> None:
    rosa = making.contact(blue, "Rosa Reyes", email="rosa@reyes.example")
    making.drain(connection)
    before = link_of(connection, rosa)
    there = add(xero, connection, "Reyes, Rosa", EmailAddress="rosa@reyes.example")
    assert "Linked to another" in text(as_bob)
    assert "0 contacts linked." in act(as_bob, "link", there)
    answer = as_bob.post(f"{LIST}{there.pk}/", {"contact": rosa.pk}, follow=True)
    assert "is linked to another contact in Xero" in answer.content.decode()
    assert link_of(connection, rosa) == before


def test_creating_here_links_and_sends_nothing(xero, connection, as_bob) -> None:
    there = add(xero, connection, "Dana Reef", EmailAddress="dana@reef.example")
    assert "1 contact created here." in act(as_bob, "create", there)
    made = Contact.objects.get(name="Dana Reef")
    assert made.email == "dana@reef.example"
    assert link_of(connection, made) == there.xero_id
    making.drain(connection)
    assert not xero.writes()
    act(as_bob, "create", there)
    assert Contact.objects.count() == 1


def test_ignored_for_good_with_an_undo(xero, connection, as_bob) -> None:
    there = add(xero, connection, "Dana Reef")
    act(as_bob, "ignore", there)
    xero.act("edit_contact", contact="Dana Reef", fields={"EmailAddress": "dana@reef.example"})
    making.poll(connection, Kind.CONTACT)
    assert "Dana Reef" not in text(as_bob)
    assert "Dana Reef" in text(as_bob, f"{LIST}?show=ignored")
    act(as_bob, "propose", there)
    assert "Dana Reef" in text(as_bob)


def test_all_of_a_list_at_once(xero, connection, as_bob) -> None:
    for name in ("Dana Reef", "Erin Reef", "Finn Lund"):
        add(xero, connection, name)
    act(as_bob, "create", every="on", back=f"{LIST}?q=reef")
    assert sorted(Contact.objects.values_list("name", flat=True)) == ["Dana Reef", "Erin Reef"]
    act(as_bob, "ignore", every="on", back=LIST)
    assert not inbox.waiting(connection).exists()


def test_by_choice_those_like_nobody_are_created_by_themselves(xero, connection, ours) -> None:
    connection.create_new = True
    connection.save()
    add(xero, connection, "Okafor, Nia", EmailAddress="nia@okafor.example")
    add(xero, connection, "Bartholomew Quirke", EmailAddress="bq@quirke.example")
    names = set(Contact.objects.values_list("name", flat=True))
    assert names == {"Nia Okafor", "Bartholomew Quirke"}
    assert [one.name for one in inbox.waiting(connection)] == ["Okafor, Nia"]
    entry = SyncEntry.objects.get(action="create", direction="from_xero")
    assert entry.label == "Bartholomew Quirke"


def test_choosing_so_creates_what_waits(xero, connection, as_bob) -> None:
    add(xero, connection, "Dana Reef")
    answer = as_bob.post(
        "/b/blue/xero/contacts/settings/", {"edit_rule": "ask", "create_new": "on"}, follow=True
    )
    assert "1 contacts that are new in Xero were created" in answer.content.decode()
    assert Contact.objects.get().name == "Dana Reef"


def test_comparing_again_sees_contacts_made_since(xero, connection, blue, as_bob) -> None:
    add(xero, connection, "Okafor, Nia", EmailAddress="nia@okafor.example")
    making.contact(blue, "Nia Okafor", email="nia@okafor.example")
    assert "None is like it" in text(as_bob)
    act(as_bob, "compare", every="on")
    assert "% alike" in text(as_bob)


def test_the_list_asks_for_no_more_with_many_rows(
    xero, connection, as_bob, django_assert_max_num_queries
) -> None:
    for number in range(3):
        add(xero, connection, f"Customer {number}")
    with django_assert_max_num_queries(14):
        as_bob.get(LIST)
