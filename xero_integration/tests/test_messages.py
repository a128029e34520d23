"""Every message of Xero's that a call of ours can meet: met in earnest, told, mended, gone through.

A case brings the message about by the state of the simulated organisation, never by a scripted
answer. The record then waits for a person with Xero's own words; the page of problems and the
record's own page say what they mean and show the way; and after the mend, made as the page says,
the record goes by itself or by Retry.

Sources of the words: Xero's OpenAPI examples (`oas`), help pages of vendors (`help`).

Messages that no call of ours can meet, and why:

| message | why |
| --- | --- |
| Contact Name cannot be empty. / must contain at least 1 of the following | `PREVENTED`: said here before |
| Account must be valid. | every line names an account by its id; `PREVENTED` says when none is chosen |
| Organisation is not subscribed to currency | `PREVENTED`: only the base currency is sent |
| The quantity value is invalid / total less than zero | `PREVENTED`: refused when it is entered |
| Invoice not of valid status for creation | only DRAFT, SUBMITTED and AUTHORISED are ever created |
| Price List Item with Code already exists | no item is written |
| Please enter a unique Name. / limit of 100 contact groups | neither accounts nor groups are written |
| QueryParseException, HighVolumeException | reads go by ids, numbers, dates and pages of 1,000 |
| Insufficient stock | lines name no item |
| The resource is not implemented (501), precondition failed (412) | no such call; closed default, test_errors |

Not about one record, so proven where calls are: TokenExpired, AuthenticationUnsuccessful, limits, keys
and 5xx in test_unclear, test_limits and test_tokens; the words of a 503 and a lacking scope below.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.models import Invoice, Payment
from invoices.services import InvoiceData
from xero_integration import connect
from xero_integration.client.errors import explain
from xero_integration.models import (
    BatchMember,
    Connection,
    ConnectionStatus,
    ErrorClass,
    Link,
    OutboxStatus,
    TaxMapping,
)
from xero_integration.tests import making
from xero_integration.tests.scene import ACCOUNTS, Record, Scene, finish_wizard
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(xero: Xero, connection: Connection, blue: Business, alice: User, as_bob: Client) -> Scene:
    finish_wizard(connection)
    return Scene(xero, connection, blue, alice, as_bob)


@dataclass(frozen=True)
class Case:
    """How a message comes about, what the pages show beside it, and what mends it."""

    message: str
    source: str
    code: str
    upset: Callable[[Scene], Record]
    # What stands on both pages: the words of a button or a link.
    way: str
    mend: Callable[[Scene, Record], None]
    # Whether the record goes by the mend alone; else its Retry is pressed.
    by_itself: bool = True


def case(name: str, **parts: Any) -> Any:
    return pytest.param(Case(**parts), id=name)


# --- how they come about -----------------------------------------------------------------------


def a_namesake(scene: Scene) -> Contact:
    scene.xero.act("add_contact", fields={"Name": "Rosa Reyes"})
    return scene.customer("Rosa Reyes", street_city="Byron Bay")


def an_account_number_of_another(scene: Scene) -> Contact:
    scene.xero.act("add_contact", fields={"Name": "Other", "AccountNumber": "A-7"})
    return scene.customer("Rosa Reyes", account_number="A-7")


def an_address_that_django_takes(scene: Scene) -> Contact:
    return scene.customer("Rosa Reyes", email="pool@localhost")


def an_archived_contact(scene: Scene) -> Invoice:
    contact = scene.customer()
    scene.xero.act("archive_contact", contact="Rosa Reyes")
    return issue(scene, contact)


def issue(scene: Scene, contact: Contact | None = None) -> Invoice:
    invoice = making.invoice(contact or scene.customer())
    scene.go()
    return invoice


def sales_code(scene: Scene) -> str:
    return str(scene.connection.category_accounts.get().account.code)


def an_archived_account(scene: Scene) -> Invoice:
    scene.xero.act("archive_account", account=sales_code(scene))
    return issue(scene)


def a_deleted_account(scene: Scene) -> Invoice:
    scene.xero.act("delete_account", account=sales_code(scene))
    return issue(scene)


def a_deleted_account_on_a_draft(scene: Scene) -> Invoice:
    Connection.objects.update(invoice_status="DRAFT")
    return a_deleted_account(scene)


def an_account_of_another_class(scene: Scene) -> Invoice:
    scene.xero.act("edit_account", account=sales_code(scene), type="EXPENSE")
    return issue(scene)


def a_rate_out_of_use(scene: Scene) -> Invoice:
    scene.xero.act("edit_tax_rate", rate="OUTPUT", status="ARCHIVED")
    return issue(scene)


def a_locked_period(scene: Scene) -> Invoice:
    scene.xero.act("set_lock_dates", period="2099-12-31")
    return issue(scene)


def a_locked_year(scene: Scene) -> Invoice:
    scene.xero.act("set_lock_dates", year="2099-12-31")
    return issue(scene)


def a_number_of_another(scene: Scene) -> Invoice:
    """Another app used the number that ours gets next."""
    first = scene.sent_invoice()
    theirs = "TAKEN-1"
    scene.xero.act("edit_invoice", invoice=first.number, fields={"InvoiceNumber": theirs})
    second = making.draft(first.contact)
    services.issue(second, by=None)
    Invoice.objects.filter(pk=second.pk).update(number=theirs)
    scene.go()
    return Invoice.objects.get(pk=second.pk)


def an_edit_of_a_voided_one(scene: Scene) -> Invoice:
    invoice = scene.sent_invoice()
    scene.xero.act("void_invoice", invoice=invoice.number)
    return edit(scene, invoice)


def an_edit_of_a_paid_one(scene: Scene) -> Invoice:
    invoice = scene.sent_invoice()
    scene.xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    return edit(scene, invoice)


def edit(scene: Scene, invoice: Invoice) -> Invoice:
    lines = (making.line(scene.business, "120"),)
    data = InvoiceData(contact=invoice.contact, date=invoice.date, lines=lines)
    services.update(invoice, data=data)
    scene.go()
    return invoice


def a_void_of_a_paid_one(scene: Scene) -> Invoice:
    invoice = scene.sent_invoice()
    scene.xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    services.void(invoice, by=scene.alice)
    scene.go()
    return invoice


def a_month_that_is_full(scene: Scene) -> Invoice:
    scene.xero.act("set_plan", invoices=0)
    return issue(scene)


def more_money_than_is_due(scene: Scene) -> Payment:
    invoice = scene.sent_invoice()
    scene.xero.act("pay_invoice", invoice=invoice.number, amount="60.00")
    payment = scene.pay(invoice, str(invoice.total))
    scene.go()
    return payment


def money_on_a_void_one(scene: Scene) -> Payment:
    invoice = scene.sent_invoice()
    scene.xero.act("void_invoice", invoice=invoice.number)
    payment = scene.pay(invoice)
    scene.go()
    return payment


def a_reconciled_payment(scene: Scene) -> Payment:
    invoice = scene.sent_invoice()
    payment = scene.pay(invoice)
    scene.go()
    scene.xero.act("reconcile_payments", invoice=invoice.number)
    services.reverse_payment(payment, by=scene.alice)
    scene.go()
    return payment


# --- how they are mended -----------------------------------------------------------------------


def accept_the_name(scene: Scene, record: Record) -> None:
    scene.press("rename", record)


def clear_the_number(scene: Scene, record: Record) -> None:
    scene.save_form(f"{record.get_absolute_url()}edit/", account_number="")


def correct_the_address(scene: Scene, record: Record) -> None:
    scene.save_form(f"{record.get_absolute_url()}edit/", email="pool@example.com")


def restore_the_contact(scene: Scene, record: Record) -> None:
    scene.xero.act("restore_contact", contact="Rosa Reyes")
    scene.read()


def choose_another_account(scene: Scene, record: Record) -> None:
    """Choose on the page, which knows by then what became of the account in Xero."""
    assert "no longer usable" in scene.page(ACCOUNTS)
    usable = scene.connection.accounts.for_sales().exclude(code=sales_code(scene))
    scene.save_form(ACCOUNTS, **{"category-none": usable.order_by("code")[0].pk})


def choose_another_rate(scene: Scene, record: Record) -> None:
    rate = TaxMapping.objects.get(tax_rate__percent=10)
    scene.xero.act("add_tax_rate", percent="10", name="GST of our own")
    scene.browser.post(f"{ACCOUNTS}refresh/")
    own = scene.connection.xero_tax_rates.get(name="GST of our own")
    scene.save_form(ACCOUNTS, **{f"rate-{rate.tax_rate_id}": own.pk})


def move_the_lock(scene: Scene, record: Record) -> None:
    scene.xero.act("set_lock_dates", period=None, year=None)


def change_theirs(scene: Scene, record: Record) -> None:
    scene.xero.act("edit_invoice", invoice="TAKEN-1", fields={"InvoiceNumber": "OTHER-1"})


def void_ours(scene: Scene, record: Record) -> None:
    assert isinstance(record, Invoice)
    scene.browser.post(f"{record.get_absolute_url()}void/")
    assert Invoice.objects.get(pk=record.pk).is_void


def remove_the_money(scene: Scene, record: Record) -> None:
    assert isinstance(record, Invoice)
    scene.xero.act("remove_payments", invoice=record.number)


def raise_the_plan(scene: Scene, record: Record) -> None:
    scene.xero.act("set_plan")


def reverse_ours(scene: Scene, record: Record) -> None:
    assert isinstance(record, Payment)
    invoice = record.invoice
    scene.browser.post(f"{invoice.get_absolute_url()}payments/{record.pk}/reverse/")


def unreconcile(scene: Scene, record: Record) -> None:
    assert isinstance(record, Payment)
    scene.xero.act("unreconcile_payments", invoice=record.invoice.number)


CASES = [
    case(
        "a name that is taken",
        message="The contact name Rosa Reyes is already assigned to another contact. The contact "
        "name must be unique across all active contacts.",
        source="oas",
        code="name_taken",
        upset=a_namesake,
        way="Accept name",
        mend=accept_the_name,
    ),
    case(
        "an account number that is taken",
        message="The Account Number already exists. Please enter a different Account Number.",
        source="help: github.com/calcinai/xero-php/issues/880",
        code="account_number_taken",
        upset=an_account_number_of_another,
        way="Edit contact",
        mend=clear_the_number,
    ),
    case(
        "an address that is none for Xero",
        message="Email address must be valid.",
        source="docs: api/accounting/contacts",
        code="email_invalid",
        upset=an_address_that_django_takes,
        way="Edit contact",
        mend=correct_the_address,
    ),
    case(
        "an archived contact",
        message="The contact with the specified contact details has been archived. The contact "
        "must be un-archived before creating new invoices or credit notes.",
        source="help: re-leased, yourtradebase",
        code="contact_archived",
        upset=an_archived_contact,
        way="Open contact",
        mend=restore_the_contact,
    ),
    case(
        "an archived account",
        message="Account code '200' has been archived, or has been deleted. Each line item must "
        "reference a valid account.",
        source="help: yourtradebase",
        code="account_archived",
        upset=an_archived_account,
        way="Open the account mapping",
        mend=choose_another_account,
    ),
    case(
        "an account that is gone",
        message="Account code '{account}' is not a valid code for this document.",
        source="help: many",
        code="account_invalid",
        upset=a_deleted_account,
        way="Open the account mapping",
        mend=choose_another_account,
    ),
    case(
        "an account that is gone, on a draft",
        message="Account code '{account}' has been removed as it does not match a recognised "
        "account.",
        source="oas",
        code="account_invalid",
        upset=a_deleted_account_on_a_draft,
        way="Open the account mapping",
        mend=choose_another_account,
    ),
    case(
        "an account of another class",
        message="The TaxType code 'OUTPUT' cannot be used with account code '200'.",
        source="help, docs",
        code="tax_not_for_account",
        upset=an_account_of_another_class,
        way="Open the account mapping",
        mend=choose_another_account,
    ),
    case(
        "a tax rate out of use",
        message="Tax rate must be valid.",
        source="help: github.com/XeroAPI/Xero-Java/issues/353",
        code="tax_invalid",
        upset=a_rate_out_of_use,
        way="Open the account mapping",
        mend=choose_another_rate,
    ),
    case(
        "a locked period",
        message="The document date cannot be before the period lock date, currently set at 31 "
        "December 2099",
        source="help: dext",
        code="period_locked",
        upset=a_locked_period,
        way="Edit invoice",
        mend=move_the_lock,
        by_itself=False,
    ),
    case(
        "a locked year",
        message="The document date cannot be before the end of year lock date, currently set at 31 "
        "December 2099",
        source="help: dext",
        code="period_locked",
        upset=a_locked_year,
        way="Edit invoice",
        mend=move_the_lock,
        by_itself=False,
    ),
    case(
        "a number that is taken",
        message="Invoice # must be unique.",
        source="oas",
        code="number_taken",
        upset=a_number_of_another,
        way="Retry",
        mend=change_theirs,
        by_itself=False,
    ),
    case(
        "an edit of one that was voided in Xero",
        message="Invoice not of valid status for modification",
        source="help: workguru, yourtradebase",
        code="wrong_status",
        upset=an_edit_of_a_voided_one,
        way="Open the reconciliation",
        mend=void_ours,
    ),
    case(
        "an edit of one that was paid in Xero",
        message="This document cannot be edited as it has a payment or credit note allocated to "
        "it.",
        source="help: workguru",
        code="has_payments",
        upset=an_edit_of_a_paid_one,
        way="Open the reconciliation",
        mend=remove_the_money,
        by_itself=False,
    ),
    case(
        "a void of one that was paid in Xero",
        message="The status VOIDED cannot be applied to the invoice because it has payments or "
        "credit notes allocated to it.",
        source="docs: api/accounting/invoices",
        code="has_payments",
        upset=a_void_of_a_paid_one,
        way="Open the reconciliation",
        mend=remove_the_money,
        by_itself=False,
    ),
    case(
        "a month that is full",
        message="You have reached the limit of invoices you can approve",
        source="help: yourtradebase",
        code="plan_limit",
        upset=a_month_that_is_full,
        way="Retry",
        mend=raise_the_plan,
        by_itself=False,
    ),
    case(
        "more money than is due",
        message="Payment amount exceeds the amount outstanding on this document",
        source="oas",
        code="payment_too_large",
        upset=more_money_than_is_due,
        way="Open the reconciliation",
        mend=reverse_ours,
    ),
    case(
        "money on one that was voided in Xero",
        message="Payments can only be made against Authorised documents",
        source="help: ezo.io",
        code="payment_not_approved",
        upset=money_on_a_void_one,
        way="Retry",
        mend=reverse_ours,
    ),
    case(
        "a payment that is reconciled",
        message="A reconciled payment cannot be deleted.",
        source="rule only; the words are the simulator's",
        code="payment_reconciled",
        upset=a_reconciled_payment,
        way="Retry",
        mend=unreconcile,
        by_itself=False,
    ),
]


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

    for page in (scene.problems(case.code), scene.record_page(record)):
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
def test_xero_being_away_is_waited_for_and_needs_nobody(scene: Scene, words: str) -> None:
    """The words of a 503 (Xero, "Response codes"); a person has nothing to do."""
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


# --- what our own checks say first -------------------------------------------------------------


def no_name(scene: Scene) -> Record:
    contact = making.contact(scene.business, "Rosa Reyes")
    Contact.objects.filter(pk=contact.pk).update(name=" ")
    return contact


def a_name_with_brackets(scene: Scene) -> Record:
    return making.contact(scene.business, "Rosa <Reyes>")


def an_accented_address(scene: Scene) -> Record:
    return making.contact(scene.business, "Rosa Reyes", email="rosé@example.com")


def a_number_too_long(scene: Scene) -> Record:
    return making.contact(scene.business, "Rosa Reyes", phone="1" * 51)


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
    ("too_long", a_number_too_long, "Edit contact"),
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
    """“The quantity value is invalid” (help: workguru); a total below zero (help: yourtradebase)."""
    draft = making.draft(scene.customer(), making.line(scene.business, "-5"))
    with pytest.raises(InvoiceRefused, match="below zero"):
        services.issue(draft, by=None)
    with pytest.raises(Exception, match=r"(?i)quantity"):
        making.draft(scene.customer("Second"), making.line(scene.business, quantity=Decimal(-1)))
    assert timezone.now()
