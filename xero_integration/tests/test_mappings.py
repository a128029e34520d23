"""Which account and tax rate a line goes to, what stands against it, and the accounts page."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Business
from contacts.models import Contact
from invoices.models import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    PaymentMethod,
    Product,
    ProductCategory,
    TaxMode,
    TaxRate,
)
from xero_integration import outbox
from xero_integration.forms.accounts import PAID_BY
from xero_integration.mapping import mappings
from xero_integration.models import (
    CategoryAccount,
    Connection,
    Job,
    JobKind,
    JobStatus,
    Kind,
    OutboxRow,
    OutboxStatus,
    ProductAccount,
    Step,
    TaxMapping,
    WizardRun,
    XeroAccount,
    XeroTaxRate,
)
from xero_integration.tests.factories import (
    ConnectionFactory,
    ContactFactory,
    XeroAccountFactory,
    XeroTaxRateFactory,
)
from xero_integration.wizard import accounts


@pytest.fixture
def connection(blue: Business) -> Connection:
    """Synced, and at the accounts step."""
    connection = ConnectionFactory(business=blue, contacts_open_at=timezone.now())
    for kind in (JobKind.READ, JobKind.SYNC):
        Job.objects.create(business=blue, connection=connection, kind=kind, status=JobStatus.DONE)
    WizardRun.objects.create(business=blue, step=Step.ACCOUNTS)
    return connection


@pytest.fixture
def gst(blue: Business) -> TaxRate:
    return TaxRate.objects.get(business=blue, percent=10)


def product(business: Business, name: str, category: ProductCategory | None = None) -> Product:
    return Product.objects.create(
        business=business,
        code=name.upper(),
        name=name,
        price=10,
        tax_rate=TaxRate.objects.get(business=business, percent=10),
        category=category,
    )


def line(of: Product | None, business: Business) -> InvoiceLine:
    rate = TaxRate.objects.get(business=business, percent=10)
    return InvoiceLine(business=business, product=of, tax_rate=rate, description="Work")


def account(connection: Connection, name: str, **fields: Any) -> XeroAccount:
    return XeroAccountFactory(connection=connection, name=name, **fields)


def map_category(category: ProductCategory | None, to: XeroAccount) -> None:
    CategoryAccount.objects.create(
        business=to.business, connection=to.connection, category=category, account=to
    )


# --- where a line goes


def test_a_line_goes_to_its_products_own_account_then_its_categorys_then_nones(
    connection: Connection, blue: Business
) -> None:
    chemicals = ProductCategory.objects.create(business=blue, name="Chemicals")
    for_chemicals, for_salt = account(connection, "Chemicals"), account(connection, "Salt")
    for_rest = account(connection, "Sales")
    salt, acid, hose = (
        product(blue, "Salt", chemicals),
        product(blue, "Acid", chemicals),
        product(blue, "Hose"),
    )
    map_category(chemicals, for_chemicals)
    map_category(None, for_rest)
    accounts.set_product_account(salt, for_salt)
    known = mappings.resolve(connection)
    found = [known.account_id_for(line(one, blue)) for one in (salt, acid, hose, None)]
    assert found == [
        for_salt.xero_id,
        for_chemicals.xero_id,
        for_rest.xero_id,
        for_rest.xero_id,
    ]


def test_a_category_that_is_not_mapped_never_falls_to_another_account(
    connection: Connection, blue: Business
) -> None:
    pumps = ProductCategory.objects.create(business=blue, name="Pumps")
    map_category(None, account(connection, "Sales"))
    known = mappings.resolve(connection)
    assert known.account_id_for(line(product(blue, "Pump", pumps), blue)) is None


@pytest.mark.parametrize(
    "trouble", [{"status": "ARCHIVED"}, {"account_class": "EXPENSE"}, {"system_account": "DEBTORS"}]
)
def test_an_account_that_takes_no_sales_is_not_used(
    connection: Connection, blue: Business, trouble: dict[str, str]
) -> None:
    map_category(None, account(connection, "Sales", **trouble))
    assert mappings.resolve(connection).account_id_for(line(None, blue)) is None
    assert [one.code for one in mappings.unusable(connection)] == ["account_unusable"]


def invoice_of(business: Business, tax_mode: str = TaxMode.EXCLUSIVE) -> Invoice:
    contact: Contact = ContactFactory(business=business)
    today = dt.date(2026, 11, 22)
    invoice = Invoice.objects.create(
        business=business, contact=contact, date=today, due_date=today, tax_mode=tax_mode
    )
    rate = TaxRate.objects.get(business=business, percent=10)
    InvoiceLine.objects.create(
        business=business, invoice=invoice, description="Work", tax_rate=rate
    )
    return invoice


def test_each_missing_mapping_is_told_once(connection: Connection, blue: Business) -> None:
    found = mappings.resolve(connection).problems(invoice_of(blue))
    assert [problem.code for problem in found] == ["account_not_mapped", "tax_not_mapped"]


def test_an_invoice_without_tax_needs_no_tax_rate(connection: Connection, blue: Business) -> None:
    map_category(None, account(connection, "Sales"))
    assert mappings.resolve(connection).problems(invoice_of(blue, TaxMode.NO_TAX)) == []


def test_mappings_load_in_eight_queries(
    connection: Connection, blue: Business, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        category = ProductCategory.objects.create(business=blue, name=f"Category {number}")
        map_category(category, account(connection, f"Account {number}"))
    with django_assert_num_queries(8):
        mappings.resolve(connection)


# --- proposals


def test_a_category_is_proposed_the_account_of_a_like_name(connection: Connection) -> None:
    sales, chemicals = account(connection, "Sales"), account(connection, "Chemical Sales")
    both = [sales, chemicals]
    assert accounts.proposed_account("Chemicals", both) == chemicals
    assert accounts.proposed_account("Labour", both) == sales


def test_each_payment_method_is_proposed_a_bank_account(connection: Connection) -> None:
    bank = account(connection, "Business Bank Account", type="BANK")
    assert accounts.proposed_payment_account("Cash", [bank]) == bank
    clearing = account(connection, "Card Clearing Account", type="BANK")
    both = [bank, clearing, account(connection, "Card fees")]
    assert accounts.proposed_payment_account("Card", both) == clearing
    assert accounts.proposed_payment_account("Direct debit", both) == bank
    strangers = [account(connection, name, type="BANK") for name in ("Xyz", "Qqq")]
    assert accounts.proposed_payment_account("Cash", strangers) is None


def test_cards_paid_online_are_proposed_an_account_of_stripe_or_none(
    connection: Connection,
) -> None:
    """The bank gets less than the invoices say: its own account would never be in step."""
    bank = account(connection, "Business Bank Account", type="BANK")
    online = str(PaymentMethod.CARD_ONLINE.label)
    assert accounts.proposed_payment_account(online, [bank]) is None
    clearing = account(connection, "Stripe clearing", type="BANK")
    assert accounts.proposed_payment_account(online, [bank, clearing]) == clearing


def test_the_page_proposes_a_bank_account_for_every_other_payment_method(
    connection: Connection, as_bob: Client
) -> None:
    bank = account(connection, "Business Bank Account", type="BANK", account_class="ASSET")
    account(connection, "Sales")
    page = as_bob.get(URL).content.decode()
    assert page.count(f'<option value="{bank.pk}" selected>') == len(PAID_BY) - 1


def test_without_any_likeness_nothing_is_proposed(connection: Connection) -> None:
    assert accounts.proposed_account("Labour", [account(connection, "Interest received")]) is None


def test_a_zero_rate_is_never_proposed_by_its_percent_alone(
    connection: Connection, blue: Business
) -> None:
    free = TaxRate.objects.get(business=blue, percent=0)
    other = XeroTaxRateFactory(connection=connection, name="BAS Excluded", percent=0)
    assert accounts.proposed_rate(free, [other]) is None
    standard = XeroTaxRateFactory(
        connection=connection, name="GST Free Income", percent=0, tax_type="EXEMPTOUTPUT"
    )
    assert accounts.proposed_rate(free, [other, standard]) == standard


# --- the page


@pytest.fixture
def sales(connection: Connection) -> XeroAccount:
    return account(connection, "Sales")


@pytest.fixture
def output(connection: Connection) -> XeroTaxRate:
    return XeroTaxRateFactory(connection=connection, tax_type="OUTPUT")


@pytest.fixture
def free(connection: Connection) -> XeroTaxRate:
    return XeroTaxRateFactory(
        connection=connection, tax_type="EXEMPTOUTPUT", name="GST Free Income", percent=0
    )


def posted(
    blue: Business, sales: XeroAccount, output: XeroTaxRate, free: XeroTaxRate, **changes: object
) -> dict[str, object]:
    rates = {rate.percent: rate.pk for rate in TaxRate.objects.filter(business=blue)}
    return {
        "category-none": sales.pk,
        f"rate-{rates[Decimal(10)]}": output.pk,
        f"rate-{rates[Decimal(0)]}": free.pk,
        "invoice_status": "AUTHORISED",
        "send_from": "2026-11-01",
        **changes,
    }


URL = "/b/blue/xero/setup/accounts/"


def test_a_proposal_is_shown_and_nothing_is_stored(
    connection: Connection, as_bob: Client, sales: XeroAccount
) -> None:
    page = as_bob.get(URL).content.decode()
    assert "Proposed; stored when you save." in page
    assert not CategoryAccount.objects.exists()


def test_saving_stores_the_mappings_and_opens_the_way_for_invoices(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
) -> None:
    answer = as_bob.post(URL, posted(blue, sales, output, free, invoice_status="DRAFT"))
    assert answer.url == reverse("xero:home", args=["blue"])
    connection.refresh_from_db()
    assert connection.invoices_open_at is not None
    assert (connection.invoice_status, connection.send_from) == ("DRAFT", dt.date(2026, 11, 1))
    assert mappings.resolve(connection).account_id_for(line(None, blue)) == sales.xero_id
    assert TaxMapping.objects.count() == 2
    assert WizardRun.objects.get().step == Step.DONE


def test_payment_accounts_are_stored_refused_where_xero_would_and_cleared(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
) -> None:
    bank = account(connection, "Bank", type="BANK", account_class="ASSET")
    as_bob.post(URL, posted(blue, sales, output, free, **{"payment-card": bank.pk}))
    assert mappings.resolve(connection).payments == {"card": bank}
    for wrong in (sales, account(connection, "Old", type="BANK", status="ARCHIVED")):
        body = posted(blue, sales, output, free, **{"payment-card": wrong.pk})
        assert as_bob.post(URL, body).status_code == 422
    assert mappings.resolve(connection).payments == {"card": bank}
    as_bob.post(URL, posted(blue, sales, output, free))
    assert mappings.resolve(connection).payments == {}


def test_a_rate_of_another_percent_is_refused(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    gst: TaxRate,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
) -> None:
    answer = as_bob.post(URL, posted(blue, sales, output, free, **{f"rate-{gst.pk}": free.pk}))
    assert answer.status_code == 422
    assert "the totals would differ" in answer.content.decode()
    assert not TaxMapping.objects.exists()


def test_an_account_archived_since_the_page_was_opened_is_refused(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
) -> None:
    map_category(None, sales)
    XeroAccount.objects.filter(pk=sales.pk).update(status="ARCHIVED")
    answer = as_bob.post(URL, posted(blue, sales, output, free))
    assert answer.status_code == 422
    assert "is archived in Xero" in answer.content.decode()


def test_invoices_are_not_sent_from_a_day_in_a_locked_period(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
) -> None:
    Connection.objects.update(period_lock_date=dt.date(2026, 11, 5))
    answer = as_bob.post(URL, posted(blue, sales, output, free))
    assert "locked up to 5 November 2026" in answer.content.decode()
    assert CategoryAccount.objects.count() == 0


def test_an_invoice_that_waited_for_a_mapping_goes_by_itself(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
) -> None:
    invoice = invoice_of(blue)
    Invoice.objects.filter(pk=invoice.pk).update(status=InvoiceStatus.ISSUED, number="INV-0001")
    outbox.enqueue(Kind.INVOICE, invoice.pk, business=blue, label="INV-0001")
    OutboxRow.objects.update(status=OutboxStatus.PARKED, error_code="account_not_mapped")
    as_bob.post(URL, posted(blue, sales, output, free))
    assert OutboxRow.objects.get().status == OutboxStatus.WAITING


def test_a_product_gets_an_account_of_its_own_and_loses_it(
    connection: Connection, blue: Business, as_bob: Client, sales: XeroAccount
) -> None:
    salt = product(blue, "Salt")
    as_bob.post(
        reverse("xero:product_account_add", args=["blue"]),
        {"product": salt.pk, "account": sales.pk},
    )
    own = ProductAccount.objects.get()
    assert (own.product, own.account) == (salt, sales)
    as_bob.post(reverse("xero:product_account_remove", args=["blue", own.pk]))
    assert not ProductAccount.objects.exists()


def test_the_page_makes_the_same_queries_however_many_categories(
    connection: Connection, blue: Business, as_bob: Client, django_assert_num_queries: Any
) -> None:
    account(connection, "Sales")
    as_bob.get(URL)
    for number in range(20):
        ProductCategory.objects.create(business=blue, name=f"Category {number}")
        account(connection, f"Account {number}")
    with django_assert_num_queries(QUERIES):
        as_bob.get(URL)


# Session, user, membership, notice, run, connection, five for the steps, and the mappings, the
# chart, the rates, the products, the themes and tracking (by category and by suburb), and the
# invoices that wait.
QUERIES = 35


def test_a_stranger_finds_nothing(connection: Connection, as_charlie: Client) -> None:
    assert as_charlie.get(URL).status_code == 404
    assert as_charlie.post(URL, {}).status_code == 404


# --- rounding lines


def test_rounding_lines_are_allowed_where_there_is_an_account_for_them(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
) -> None:
    account(connection, "Rounding", system_account="ROUNDING", tax_type=free.tax_type)
    invoice = OutboxRow.objects.create(
        business=blue,
        connection=connection,
        kind=Kind.INVOICE,
        object_id=uuid.uuid4(),
        queued_at=timezone.now(),
        not_before=timezone.now(),
        status=OutboxStatus.PARKED,
        error_code="total_differs",
    )
    as_bob.post(URL, posted(blue, sales, output, free, rounding_line="on"))
    connection.refresh_from_db()
    invoice.refresh_from_db()
    assert (connection.rounding_line, invoice.status) == (True, OutboxStatus.WAITING)


def test_without_such_an_account_the_page_says_so_and_stays_off(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
) -> None:
    assert "no rounding account" in as_bob.get(URL).content.decode()
    as_bob.post(URL, posted(blue, sales, output, free, rounding_line="on"))
    connection.refresh_from_db()
    assert connection.rounding_line is False


@pytest.mark.parametrize(
    ("fields", "possible"),
    [
        ({"tax_type": "NONE", "percent": 0}, True),
        ({"tax_type": "BASEXCLUDED", "percent": 0}, True),
        ({"tax_type": "BASEXCLUDED", "percent": 0, "status": "DELETED"}, False),
        ({"tax_type": "NONE", "percent": 10}, False),
        # Of no tax too, but told to the tax office as a sale.
        ({"tax_type": "INPUTTAXED", "percent": 0}, False),
    ],
)
def test_where_every_rate_would_tax_the_line_the_page_says_so(
    connection: Connection,
    blue: Business,
    as_bob: Client,
    sales: XeroAccount,
    output: XeroTaxRate,
    free: XeroTaxRate,
    fields: dict[str, Any],
    possible: bool,
) -> None:
    account(connection, "Rounding", system_account="ROUNDING", tax_type="OUTPUT")
    # What was possible when it was chosen.
    connection.rounding_line = True
    connection.save()
    XeroTaxRateFactory(connection=connection, **fields)
    shown = as_bob.get(URL).content.decode()
    assert ("Xero would tax a line on the rounding account" in shown) != possible
    as_bob.post(URL, posted(blue, sales, output, free, rounding_line="on"))
    connection.refresh_from_db()
    assert connection.rounding_line == possible
