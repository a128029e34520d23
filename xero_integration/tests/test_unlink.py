"""A link made wrongly: taken back, with what it overwrote put back on either side."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business
from contacts.models import Contact
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    Keep,
    Kind,
    Link,
    OutboxStatus,
    Step,
    SyncEntry,
    WizardRun,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_edits import is_at_rest, settle
from xero_integration.tests.test_inbox import add
from xero_integration.wizard import inbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nia(connection: Connection, blue: Business) -> Contact:
    WizardRun.objects.create(business=blue, step=Step.DONE)
    contact = making.contact(
        blue, "Nia Okafor", email="nia@okafor.example", mobile="0491 570 156", notes="Dog"
    )
    connection.outbox.update(status=OutboxStatus.EXCLUDED)
    return contact


def link(xero: Xero, connection: Connection, nia: Contact, alice: Any, keep: Keep) -> Link:
    """Link Nia to somebody else in Xero, as a slip of the hand does."""
    WizardRun.objects.update(keep=keep)
    there = add(
        xero,
        connection,
        "Dana Reef",
        EmailAddress="dana@reef.example",
        AccountNumber="D1",
    )
    inbox.link(connection, there, nia, by=alice)
    settle(connection)
    nia.refresh_from_db()
    return Link.objects.current().get()


def page_of(link: Link) -> str:
    return reverse("xero:unlink", args=["blue", link.pk])


def post(browser: Client, link: Link, **sent: Any) -> str:
    seen = browser.get(page_of(link)).context["form"].present
    return browser.post(page_of(link), {"seen": seen, **sent}, follow=True).content.decode()


def there(xero: Xero) -> dict[str, Any]:
    (found,) = xero.contacts()
    return found


def test_what_xeros_data_replaced_here_is_put_back(xero, connection, nia, alice, as_alice) -> None:
    wrong = link(xero, connection, nia, alice, Keep.XERO)
    assert (nia.name, nia.email, nia.account_number) == ("Dana Reef", "dana@reef.example", "D1")
    shown = as_alice.get(page_of(wrong)).content.decode()
    assert "nia@okafor.example" in shown
    post(as_alice, wrong, here=["name", "email", "account_number"])
    nia.refresh_from_db()
    assert (nia.name, nia.email, nia.account_number) == ("Nia Okafor", "nia@okafor.example", "")
    assert nia.notes == "Dog"
    assert links.link_for(connection, Kind.CONTACT, nia.pk) is None
    assert there(xero)["Name"] == "Dana Reef"
    assert is_at_rest(xero, connection)
    messages = SyncEntry.objects.values_list("message", flat=True)
    assert "Put back as before linking: Name, E-mail, Account number." in messages


def test_what_was_changed_since_is_said_and_not_put_back_by_itself(
    xero, connection, nia, alice, as_alice
) -> None:
    wrong = link(xero, connection, nia, alice, Keep.XERO)
    nia.email = "newer@okafor.example"
    nia.save()
    shown = as_alice.get(page_of(wrong)).content.decode()
    assert "Changed since" in shown
    box = next(line for line in shown.splitlines() if 'id="here-email"' in line)
    assert "checked" not in box
    assert "checked" in next(line for line in shown.splitlines() if 'id="here-name"' in line)
    post(as_alice, wrong, here=["name"])
    nia.refresh_from_db()
    assert (nia.name, nia.email) == ("Nia Okafor", "newer@okafor.example")


def test_what_ours_replaced_in_xero_is_sent_back_by_choice(
    xero, connection, nia, alice, as_alice
) -> None:
    wrong = link(xero, connection, nia, alice, Keep.OURS)
    assert there(xero)["EmailAddress"] == "nia@okafor.example"
    post(as_alice, wrong, there=["name", "email"])
    assert there(xero)["Name"] == "Dana Reef"
    assert there(xero)["EmailAddress"] == "dana@reef.example"
    nia.refresh_from_db()
    assert nia.email == "nia@okafor.example"
    assert is_at_rest(xero, connection)


def test_nothing_goes_back_to_xero_unless_it_is_ticked(
    xero, connection, nia, alice, as_alice
) -> None:
    wrong = link(xero, connection, nia, alice, Keep.OURS)
    post(as_alice, wrong)
    assert there(xero)["Name"] == "Nia Okafor"
    assert making.row(nia).status == OutboxStatus.EXCLUDED


def test_an_edit_made_in_xero_meanwhile_is_shown_first(
    xero, connection, nia, alice, as_alice
) -> None:
    wrong = link(xero, connection, nia, alice, Keep.OURS)
    seen = as_alice.get(page_of(wrong)).context["form"].present
    xero.control("clock", advance=1)
    xero.act("edit_contact", contact="Nia Okafor", fields={"EmailAddress": "new@x.example"})
    answer = as_alice.post(page_of(wrong), {"seen": seen, "there": ["email"]})
    shown = answer.content.decode()
    assert "has changed since you opened" in shown
    assert "new@x.example" in shown
    assert links.link_for(connection, Kind.CONTACT, nia.pk) is not None


def test_when_xero_does_not_answer_its_values_can_be_sent_later(
    xero, connection, nia, alice, as_alice
) -> None:
    wrong = link(xero, connection, nia, alice, Keep.OURS)
    xero.fault("503", method="POST", path="Contacts", count=1)
    shown = post(as_alice, wrong, there=["name"])
    assert "Xero did not take its former values back" in shown
    assert "Send back to Xero" in shown
    post(as_alice, wrong, there=["name"])
    assert there(xero)["Name"] == "Dana Reef"


def test_the_contact_in_xero_is_then_offered_to_be_linked_rightly(
    xero, connection, nia, alice, as_alice
) -> None:
    wrong = link(xero, connection, nia, alice, Keep.OURS)
    post(as_alice, wrong, there=["name", "email"])
    assert [one.name for one in inbox.waiting(connection)] == ["Dana Reef"]


def test_a_link_that_overwrote_nothing_says_so(xero, connection, blue, as_alice) -> None:
    contact = making.contact(blue, "Rosa Reyes")
    making.drain(connection)
    assert "Unlink…" in as_alice.get(contact.get_absolute_url()).content.decode()
    shown = as_alice.get(page_of(Link.objects.get())).content.decode()
    assert "overwrote nothing" in shown
    assert "What happens in Xero" in shown
