"""How each refusal of Xero's comes about, what the pages show beside it, and what mends it.

Sources of the words: Xero's OpenAPI examples (`oas`), its pages (`docs`), help pages of vendors
(`help`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, Payment
from invoices.services import InvoiceData
from xero_integration.models import Connection, TaxMapping
from xero_integration.tests import making
from xero_integration.tests.scene import ACCOUNTS, Record, Scene


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


def money_for_an_archived_bank_account(scene: Scene) -> Payment:
    invoice = scene.sent_invoice()
    bank = scene.connection.payment_accounts.get(method="bank_transfer").account
    scene.xero.act("archive_account", account=bank.xero_id)
    payment = scene.pay(invoice)
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


def remove_the_money(scene: Scene, record: Record) -> None:
    assert isinstance(record, Invoice)
    scene.xero.act("remove_payments", invoice=record.number)


def raise_the_plan(scene: Scene, record: Record) -> None:
    scene.xero.act("set_plan")


def choose_another_bank(scene: Scene, record: Record) -> None:
    assert "no longer usable" in scene.page(ACCOUNTS)
    banks = scene.connection.accounts.filter(type="BANK", status="ACTIVE")
    methods = scene.connection.payment_accounts.values_list("method", flat=True)
    fields = [f"payment-{one}" for one in methods if one != "credit"]
    scene.save_form(ACCOUNTS, **dict.fromkeys(fields, banks[0].pk))


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
        "a bank account that was archived",
        message="The payment must name an active account of this organisation.",
        source="rule only; the words are the simulator's",
        code="unknown_message",
        upset=money_for_an_archived_bank_account,
        way="Retry",
        mend=choose_another_bank,
        by_itself=False,
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
