"""Every message of Xero's that a call of ours can meet: met in earnest, told, mended, gone through.

`refusals.CASES` brings each about by the state of the simulated organisation, never by a scripted
answer. The record then waits for a person with Xero's own words; the page of problems and the
record's own page say what they mean and show the way; and after the mend, made as the page says,
the record goes by itself or by Retry.

What no call of ours can meet, and why:

- Contact Name cannot be empty. / must contain at least 1 of the following elements:
  `PREVENTED` says so before.
- Account must be valid.: every line names one by its id; `PREVENTED` says when none is chosen.
- Organisation is not subscribed to currency EUR: `PREVENTED`, only the base currency is sent.
- The quantity value is invalid. / a total below zero: refused here when it is entered (below).
- Invoice not of valid status for creation: only DRAFT, SUBMITTED and AUTHORISED are created.
- Invoice not of valid status for modification: an update looks first, and what was voided or
  deleted there is a question with both ways out (test_invoice_edits).
- A phone number that is too long: the column here holds no more than Xero takes.
- Price List Item with Code already exists, Insufficient stock: met and mended in test_items.
- Please enter a unique Name. / limit of 100 contact groups: no account and no group is written.
- QueryParseException, HighVolumeException: reads go by ids, numbers, dates and pages of 1,000.
- 501 not implemented, 412 precondition: no such call; closed by default (test_errors).

Not about one record, so proven where calls are: TokenExpired, AuthenticationUnsuccessful, limits,
keys and 5xx in test_unclear, test_limits and test_tokens; the words of a 503 and a lacking scope
below.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from businesses.models import Business, User
from contacts.models import Contact
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice
from xero_integration.client.errors import explain
from xero_integration.connecting import connect
from xero_integration.models import (
    BatchMember,
    Connection,
    ConnectionStatus,
    ErrorClass,
    Link,
    OutboxStatus,
)
from xero_integration.sending.comparing import compare
from xero_integration.sending.verdicts import Verdict
from xero_integration.tests import making
from xero_integration.tests.refusals import CASES, Case
from xero_integration.tests.scene import Record, Scene, finish_wizard
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(xero: Xero, connection: Connection, blue: Business, alice: User, as_bob: Client) -> Scene:
    finish_wizard(connection)
    return Scene(xero, connection, blue, alice, as_bob)


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_is_told_in_xeros_words_and_mended_as_the_page_says(
    case: Case, scene: Scene
) -> None:
    account = scene.connection.category_accounts.get().account
    record = case.upset(scene)
    row = scene.row(record)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, case.code)
    words = case.message.format(account=account.code)
    # An account that is gone has no code any more by which Xero could call it.
    assert row.error_message.replace(account.xero_id, account.code) == words

    log = scene.page("/b/blue/xero/log/?outcome=failed")
    for page in (scene.problems(case.code), scene.record_page(record), log):
        assert row.error_message in page
        assert explain(case.code).meaning in page
        assert case.way in page
        assert "Retry" in page

    case.mend(scene, record)
    if not case.by_itself:
        scene.press("retry", record)
    scene.go()
    assert scene.is_done(record), scene.row(record).error_message


# --- what mends itself -------------------------------------------------------------------------


def test_a_contact_number_that_is_taken_is_our_own_and_adopted(scene: Scene) -> None:
    """“Another contact has this contact number” (help: workguru): also after a merge in Xero."""
    contact = scene.customer()
    winner = scene.xero.act("add_contact", fields={"Name": "Reyes Family"})["ContactID"]
    scene.xero.act("merge_contacts", **{"from": "Rosa Reyes", "into": "Reyes Family"})
    Link.objects.all().delete()
    contact.phone = "07 5555 0101"
    contact.save()
    scene.go()
    assert scene.is_done(contact)
    members = BatchMember.objects.filter(row=scene.row(contact))
    assert "contact_number_taken" in members.values_list("error_code", flat=True)
    assert Link.objects.current().get(object_id=contact.pk).xero_id == winner


@pytest.mark.parametrize(
    "words",
    [
        "The Organisation is offline",
        "The Xero API is currently offline for maintenance",
        "The Xero API is temporarily unavailable",
    ],
)
def test_xero_being_away_is_waited_for_and_needs_nobody(
    scene: Scene, words: str, settings: Any
) -> None:
    """The words of a 503 (Xero, "Response codes"); a person has nothing to do."""
    # On a busy machine a hundredth of a second is over before the drain has looked again.
    settings.XERO_BACKOFF_BASE = 60
    scene.xero.fault("503", method="PUT", path="Contacts", text=words)
    contact = making.contact(scene.business, "Rosa Reyes")
    making.drain(scene.connection)
    row = scene.row(contact)
    assert row.status in (OutboxStatus.WAITING, OutboxStatus.IN_FLIGHT)
    assert scene.connection.batches.get().error_message == words
    scene.go()
    assert scene.is_done(contact)
    assert len(scene.xero.contacts()) == 1


def test_a_permission_that_was_not_given_leads_to_a_new_consent(
    xero: Xero, blue: Business, alice: User, as_bob: Client
) -> None:
    """401 AuthorizationUnsuccessful: shown with the way back; what waits then goes."""
    address = connect.authorise_url(blue, user=alice)
    less = address.replace("accounting.contacts+", "").replace("accounting.contacts%20", "")
    assert less != address
    connection = making.ready(connect.complete(xero.consent(less), user=alice))
    scene = Scene(xero, connection, blue, alice, as_bob)
    contact = making.contact(blue, "Rosa Reyes")
    scene.go()
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.NEEDS_RECONNECT
    home = scene.page("/b/blue/xero/")
    assert "Reconnect to Xero" in home
    assert "permissions" in home
    making.connected(scene.xero, scene.business, scene.alice)
    scene.go()
    assert scene.is_done(contact)


def test_what_is_archived_here_waits_for_nobody_any_more(scene: Scene) -> None:
    """A contact that Xero refused, and that nobody wants any longer, is no problem to solve."""
    scene.xero.act("add_contact", fields={"Name": "Rosa Reyes"})
    contact = scene.customer("Rosa Reyes")
    assert scene.row(contact).status == OutboxStatus.PARKED
    contact.archive()
    scene.go()
    assert scene.is_done(contact)
    assert len(scene.xero.contacts()) == 1


# --- what Xero remarks on what it took ---------------------------------------------------------


def test_a_remark_of_xeros_stands_in_the_log_and_stops_nothing() -> None:
    """Warnings come with what was taken: since April 2026 for odd rates of exchange (changelog)."""
    member = BatchMember(expected={"total": "110.00", "tax": "10.00"})
    element = {"Total": 110, "TotalTax": 10, "Warnings": [{"Message": "The rate is odd."}, "?"]}
    found = compare(Verdict(member, element=element), {}, with_line=False)
    assert (found.needs_person, found.words) == (False, "The rate is odd.")


# --- what our own checks say first -------------------------------------------------------------


def no_name(scene: Scene) -> Record:
    contact = making.contact(scene.business, "Rosa Reyes")
    Contact.objects.filter(pk=contact.pk).update(name=" ")
    return contact


def a_name_with_brackets(scene: Scene) -> Record:
    return making.contact(scene.business, "Rosa <Reyes>")


def an_accented_address(scene: Scene) -> Record:
    return making.contact(scene.business, "Rosa Reyes", email="rosé@example.com")


def a_description_too_long(scene: Scene) -> Record:
    customer = scene.customer()
    return making.invoice(customer, making.line(scene.business, description="x" * 4001))


def no_account(scene: Scene) -> Record:
    scene.connection.category_accounts.all().delete()
    return making.invoice(scene.customer())


def no_tax_rate(scene: Scene) -> Record:
    scene.connection.tax_mappings.all().delete()
    return making.invoice(scene.customer())


def another_currency(scene: Scene) -> Record:
    invoice = making.draft(scene.customer())
    Invoice.objects.filter(pk=invoice.pk).update(currency="EUR")
    return services.issue(Invoice.objects.get(pk=invoice.pk), by=None)


PREVENTED = [
    ("name_missing", no_name, "Edit contact"),
    ("name_characters", a_name_with_brackets, "Edit contact"),
    ("email_invalid", an_accented_address, "Edit contact"),
    ("too_long", a_description_too_long, "Edit invoice"),
    ("account_not_mapped", no_account, "Open the account mapping"),
    ("tax_not_mapped", no_tax_rate, "Open the account mapping"),
    ("currency_differs", another_currency, "Leave out"),
]


@pytest.mark.parametrize(("code", "upset", "way"), PREVENTED)
def test_what_xero_would_refuse_is_said_before_it_is_sent(
    code: str, upset: Callable[[Scene], Record], way: str, scene: Scene
) -> None:
    record = upset(scene)
    kind = "Contacts" if isinstance(record, Contact) else "Invoices"
    before = len(scene.xero.writes(kind))
    scene.go()
    row = scene.row(record)
    assert (row.status, row.error_code) == (OutboxStatus.PARKED, code)
    assert row.error_class == ErrorClass.NOT_READY
    assert len(scene.xero.writes(kind)) == before
    for page in (scene.problems(code), scene.record_page(record)):
        assert row.error_message in page
        assert explain(code).meaning in page
        assert way in page


def test_a_negative_quantity_or_total_is_refused_where_it_is_entered(scene: Scene) -> None:
    """“The quantity value is invalid” (help: workguru); below zero (help: yourtradebase)."""
    customer = scene.customer()
    draft = making.draft(customer, making.line(scene.business, "-5"))
    with pytest.raises(InvoiceRefused, match="below zero"):
        services.issue(draft, by=None)
    with pytest.raises(IntegrityError, match="quantity"):
        making.draft(customer, making.line(scene.business, quantity=Decimal(-1)))
