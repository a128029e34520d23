"""Theme, mark as sent and tracking: on which invoices they stand in Xero, and what stops them."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from businesses.models import Business
from contacts.models import Contact, Pool
from invoices import services
from invoices.models import Invoice, Product, ProductCategory, TaxRate
from xero_integration import pull
from xero_integration.mapping import mappings, themes, tracking
from xero_integration.models import (
    CategoryAccount,
    CategoryTracking,
    Connection,
    InvoiceTheme,
    OutboxStatus,
    Step,
    WizardRun,
    XeroBrandingTheme,
    XeroTrackingOption,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

URL = "/b/blue/xero/setup/accounts/"
REFRESH = "/b/blue/xero/setup/accounts/refresh/"


@pytest.fixture
def chemicals(connection: Connection) -> ProductCategory:
    """Return a category that is mapped to the account of everything else."""
    category = ProductCategory.objects.create(business=connection.business, name="South side")
    everything = connection.category_accounts.get()
    CategoryAccount.objects.create(
        business=connection.business,
        connection=connection,
        category=category,
        account=everything.account,
    )
    return category


@pytest.fixture
def salt(chemicals: ProductCategory) -> Product:
    rate = TaxRate.objects.get(business=chemicals.business, percent=10)
    return Product.objects.create(
        business=chemicals.business,
        code="SALT20",
        name="Salt",
        price=10,
        tax_rate=rate,
        category=chemicals,
    )


@pytest.fixture
def finished(connection: Connection) -> Connection:
    """Return the connection with its wizard done, so that the page can be opened."""
    WizardRun.objects.update_or_create(business=connection.business, defaults={"step": Step.DONE})
    for kind in ("read", "sync"):
        connection.jobs.create(business=connection.business, kind=kind, status="done")
    return connection


def theme(connection: Connection, name: str) -> XeroBrandingTheme:
    return connection.themes.get(name=name)


def option(connection: Connection, name: str) -> XeroTrackingOption:
    return XeroTrackingOption.objects.get(tracking__connection=connection, name=name)


def track(connection: Connection, category: ProductCategory | None, name: str) -> None:
    chosen = option(connection, name)
    tracking.choose(connection, {(chosen.tracking, category): chosen})


def sold(of: Product, **fields: Any) -> Invoice:
    business = of.business
    own = making.line(business, "40", product=of, **fields)
    return making.invoice(making.contact(business), own, making.line(business))


def in_xero(xero: Xero, of: Invoice) -> dict[str, Any]:
    return next(one for one in xero.invoices() if one["InvoiceNumber"] == of.number)


def answers(connection: Connection) -> dict[str, object]:
    """Return what the page would post as it stands, with all that it needs."""
    sales = connection.category_accounts.first()
    assert sales is not None
    rates = connection.tax_mappings.all()
    categories = ProductCategory.objects.filter(business=connection.business)
    return {
        "category-none": sales.account_id,
        **{f"category-{one.pk}": sales.account_id for one in categories},
        **{f"rate-{one.tax_rate_id}": one.xero_tax_rate_id for one in rates},
        "invoice_status": connection.invoice_status,
        "send_from": "2026-11-01",
    }


# --- what stands in Xero


def test_without_a_choice_nothing_is_said_and_the_organisations_own_theme_stands(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    sent = in_xero(xero, invoice)
    own = connection.themes.get(sort_order=0)
    assert (sent["BrandingThemeID"], sent["SentToContact"]) == (own.xero_id, False)
    (body,) = xero.writes("Invoices")
    assert not {"BrandingThemeID", "SentToContact"} & set(body["body"]["Invoices"][0])


def test_new_invoices_have_the_chosen_theme_and_sent_ones_keep_theirs(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    before = making.invoice(making.contact(blue))
    making.drain(connection)
    other = theme(connection, "Body corporate")
    themes.choose(connection, other)
    after = making.invoice(making.contact(blue))
    before.reference = "Changed since"
    before.save()
    making.drain(connection)
    assert in_xero(xero, before)["Reference"] == "Changed since"
    assert in_xero(xero, before)["BrandingThemeID"] == connection.themes.get(sort_order=0).xero_id
    assert in_xero(xero, after)["BrandingThemeID"] == other.xero_id


@pytest.mark.parametrize(("status", "said"), [("DRAFT", None), ("AUTHORISED", True)])
def test_invoices_are_marked_as_sent_unless_they_are_drafts(
    xero: Xero, connection: Connection, blue: Business, status: str, said: bool | None
) -> None:
    connection.mark_as_sent, connection.invoice_status = True, status
    connection.save()
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    (body,) = xero.writes("Invoices")
    assert body["body"]["Invoices"][0].get("SentToContact") is said
    assert in_xero(xero, invoice)["SentToContact"] is bool(said)


def test_lines_carry_the_options_of_their_product_category(
    xero: Xero, connection: Connection, chemicals: ProductCategory, salt: Product
) -> None:
    xero.act("add_tracking", category="Crew", options=["Red", "Blue"])
    pull.read_settings(connection)
    track(connection, chemicals, "South")
    track(connection, chemicals, "Red")
    track(connection, None, "North")
    invoice = sold(salt)
    making.drain(connection)
    sent = in_xero(xero, invoice)
    found = [[(one["Name"], one["Option"]) for one in x["Tracking"]] for x in sent["LineItems"]]
    assert found == [[("Crew", "Red"), ("Region", "South")], [("Region", "North")]]
    assert sent["Total"] == float(invoice.total)


def test_an_option_that_was_renamed_in_xero_is_still_the_one(
    xero: Xero, connection: Connection, chemicals: ProductCategory, salt: Product
) -> None:
    track(connection, chemicals, "South")
    xero.act("rename_tracking", category="Region", option="South", name="Southern")
    invoice = sold(salt)
    making.drain(connection)
    (line, _) = in_xero(xero, invoice)["LineItems"]
    assert line["Tracking"][0]["Option"] == "Southern"


# --- what stops them, and what mends it


def parked(of: Invoice) -> tuple[str, str]:
    row = making.row(of)
    assert row.status == OutboxStatus.PARKED
    return row.error_code, row.error_message


def test_a_theme_deleted_in_xero_stops_new_invoices_until_another_is_chosen(
    xero: Xero, finished: Connection, blue: Business, as_bob: Client
) -> None:
    connection = finished
    sent = making.invoice(making.contact(blue))
    making.drain(connection)
    other = theme(connection, "Body corporate")
    themes.choose(connection, other)
    xero.act("delete_theme", theme=other.xero_id)
    as_bob.post(REFRESH)
    waits = making.invoice(making.contact(blue))
    sent.reference = "An update needs no theme"
    sent.save()
    making.drain(connection)
    words = "The branding theme “Body corporate” was deleted in Xero."
    assert parked(waits) == ("theme_unusable", words)
    assert in_xero(xero, sent)["Reference"] == "An update needs no theme"
    page = as_bob.get(URL).content.decode()
    assert words in page and "Body corporate (no longer usable)" in page
    refused = as_bob.post(URL, {**answers(connection), "theme": other.pk})
    assert (refused.status_code, words in refused.content.decode()) == (422, True)
    assert as_bob.post(URL, answers(connection)).status_code == 302
    making.drain(connection)
    assert in_xero(xero, waits)["Status"] == "AUTHORISED"


def test_a_theme_deleted_since_we_read_it_is_xeros_refusal_with_the_same_page(
    xero: Xero, finished: Connection, blue: Business, as_bob: Client
) -> None:
    connection = finished
    other = theme(connection, "Body corporate")
    themes.choose(connection, other)
    xero.act("delete_theme", theme=other.xero_id)
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    assert parked(invoice)[0] == "theme_invalid"
    # Xero was read anew for it, and the page says what is wrong.
    assert "was deleted in Xero" in as_bob.get(URL).content.decode()
    as_bob.post(URL, answers(connection))
    making.drain(connection)
    assert making.row(invoice).status == OutboxStatus.DONE


def test_an_archived_option_stops_the_lines_of_its_category_and_no_others(
    xero: Xero,
    finished: Connection,
    blue: Business,
    as_bob: Client,
    chemicals: ProductCategory,
    salt: Product,
) -> None:
    connection = finished
    track(connection, chemicals, "South")
    xero.act("archive_tracking", category="Region", option="South")
    as_bob.post(REFRESH)
    waits, goes = sold(salt), making.invoice(making.contact(blue))
    making.drain(connection)
    words = "The tracking option “South” of “Region” is archived in Xero."
    assert parked(waits) == ("tracking_unusable", words)
    assert making.row(goes).status == OutboxStatus.DONE
    name = f"tracking-{option(connection, 'South').tracking_id}-{chemicals.pk}"
    stale = {**answers(connection), name: option(connection, "South").pk}
    assert as_bob.post(URL, stale).status_code == 422
    north = {**answers(connection), name: option(connection, "North").pk}
    assert as_bob.post(URL, north).status_code == 302
    making.drain(connection)
    assert in_xero(xero, waits)["LineItems"][0]["Tracking"][0]["Option"] == "North"


def test_what_is_restored_in_xero_goes_after_a_refresh(
    xero: Xero,
    finished: Connection,
    as_bob: Client,
    chemicals: ProductCategory,
    salt: Product,
) -> None:
    connection = finished
    track(connection, chemicals, "South")
    xero.act("archive_tracking", category="Region")
    invoice = sold(salt)
    making.drain(connection)
    assert parked(invoice)[0] == "tracking_invalid"
    xero.act("restore_tracking", category="Region")
    as_bob.post(REFRESH)
    making.drain(connection)
    assert making.row(invoice).status == OutboxStatus.DONE


def test_a_category_archived_in_xero_stays_on_the_page_until_nothing_of_it_is_chosen(
    xero: Xero, finished: Connection, as_bob: Client, chemicals: ProductCategory
) -> None:
    track(finished, chemicals, "South")
    xero.act("archive_tracking", category="Region")
    as_bob.post(REFRESH)
    page = as_bob.get(URL).content.decode()
    assert "The tracking category “Region” is archived in Xero." in page
    assert "Tracking: Region" in page
    assert as_bob.post(URL, answers(finished)).status_code == 302
    assert mappings.unusable(finished) == []
    assert "Tracking: Region" not in as_bob.get(URL).content.decode()


def test_a_deleted_option_is_gone_like_an_archived_one(
    xero: Xero, connection: Connection, chemicals: ProductCategory, salt: Product
) -> None:
    track(connection, chemicals, "South")
    xero.act("delete_tracking_option", category="Region", option="South")
    pull.read_settings(connection)
    assert [one.code for one in mappings.unusable(connection)] == ["tracking_unusable"]


# --- the page


def test_the_page_offers_what_the_organisation_has_and_proposes_a_like_option(
    finished: Connection, as_bob: Client, chemicals: ProductCategory
) -> None:
    page = as_bob.get(URL).content.decode()
    assert "The organisation&#x27;s own (Standard)" in page
    assert "Body corporate" in page
    south = option(finished, "South")
    assert f'<option value="{south.pk}" selected>South</option>' in page
    assert not CategoryTracking.objects.exists()
    assert not InvoiceTheme.objects.exists()


def test_saving_stores_the_choices_and_a_none_that_no_proposal_overrules(
    finished: Connection, as_bob: Client, chemicals: ProductCategory
) -> None:
    region = option(finished, "South").tracking
    other = theme(finished, "Body corporate")
    bare = f"tracking-{region.pk}-category-none"
    body = {"theme": other.pk, "mark_as_sent": "on", bare: option(finished, "North").pk}
    assert as_bob.post(URL, {**answers(finished), **body}).status_code == 302
    finished.refresh_from_db()
    known = mappings.resolve(finished)
    assert (known.theme, known.mark_as_sent) == (other, True)
    assert {key: [str(x) for x in one] for key, one in known.options.items()} == {None: ["North"]}
    assert "Proposed; stored" not in as_bob.get(URL).content.decode().split("Tracking: Region")[1]


def test_nothing_of_another_organisation_can_be_chosen(
    finished: Connection, as_bob: Client, chemicals: ProductCategory
) -> None:
    body = {**answers(finished), "theme": "999999"}
    answer = as_bob.post(URL, body)
    assert answer.status_code == 422
    assert not InvoiceTheme.objects.exists()


def test_a_draft_that_is_approved_from_here_is_marked_then(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    connection.mark_as_sent, connection.invoice_status = True, "DRAFT"
    connection.save()
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    connection.invoice_status = "AUTHORISED"
    connection.save()
    link = connection.links.get(kind="invoice")
    link.remote, link.pushed_digest = {**link.remote, "with_status": True}, ""
    link.save()
    invoice.reference = "Approved now"
    invoice.save()
    making.drain(connection)
    assert in_xero(xero, invoice)["SentToContact"] is True


# --- by the pool's suburb -------------------------------------------------------------------------


def pool_in(invoice_of: Contact, city: str) -> Pool:
    pool = Pool.objects.create(business=invoice_of.business, name="Back yard", city=city)
    pool.pool_contacts.create(business=invoice_of.business, contact=invoice_of)
    return pool


def options_there(xero: Xero, of: Invoice) -> list[list[str]]:
    lines = in_xero(xero, of)["LineItems"]
    return [[one["Option"] for one in line["Tracking"]] for line in lines]


@pytest.fixture
def by_area(finished: Connection, blue: Business, as_bob: Client) -> Connection:
    """Region follows suburbs: Coolum is North, and what has none is South."""
    tracked = option(finished, "North").tracking
    pool_in(making.contact(blue), "Coolum Beach")
    as_bob.post(URL, {**answers(finished), f"follows-{tracked.pk}": "area"})
    page = as_bob.get(URL).content.decode()
    assert "Coolum Beach" in page
    names = re.findall(rf'name="(area-{tracked.pk}-[0-9a-f]+)"', page)
    north, south = (str(option(finished, name).pk) for name in ("North", "South"))
    sent = {f"follows-{tracked.pk}": "area", **dict(zip(names, (north, south), strict=True))}
    as_bob.post(URL, {**answers(finished), **sent})
    return Connection.objects.get()


def test_lines_carry_the_option_of_the_pools_suburb(
    xero: Xero, by_area: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    with_pool = making.invoice(contact, pool=pool_in(contact, "coolum beach"))
    without = making.invoice(contact)
    making.drain(by_area)
    assert options_there(xero, with_pool) == [["North"]]
    assert options_there(xero, without) == [["South"]]


def test_what_followed_product_categories_is_kept_and_comes_back(
    xero: Xero, by_area: Connection, chemicals: ProductCategory, salt: Product, as_bob: Client
) -> None:
    track(by_area, chemicals, "North")
    tracked = option(by_area, "North").tracking
    as_bob.post(URL, {**answers(by_area), f"follows-{tracked.pk}": "area"})
    area = sold(salt)
    making.drain(by_area)
    tracking.follow(tracked, by_area=False)
    product = sold(salt)
    making.drain(by_area)
    assert options_there(xero, product) == [["North"], []]
    assert options_there(xero, area)[0] != ["North"]


def test_an_archived_option_of_a_suburb_stops_its_invoices(
    xero: Xero, by_area: Connection, blue: Business
) -> None:
    xero.act("archive_tracking", category="Region", option="North")
    pull.read_settings(by_area)
    contact = making.contact(blue)
    stopped = making.invoice(contact, pool=pool_in(contact, "Coolum Beach"))
    goes = making.invoice(contact)
    making.drain(by_area)
    assert parked(stopped)[0] == "tracking_unusable"
    assert options_there(xero, goes) == [["South"]]


def test_a_credit_note_carries_the_tracking_of_what_it_takes_off(
    xero: Xero, by_area: Connection, blue: Business
) -> None:
    contact = making.contact(blue)
    invoice = making.invoice(contact, pool=pool_in(contact, "Coolum Beach"))
    making.drain(by_area)
    amounts = {line.pk: Decimal(40) for line in invoice.lines.all()}
    services.credit(invoice, amounts=amounts, date=invoice.date)
    making.drain(by_area)
    (note,) = xero.state("creditNotes")["organisations"][0]["creditNotes"]
    assert [one["Option"] for one in note["LineItems"][0]["Tracking"]] == ["North"]


# --- recoded in Xero ----------------------------------------------------------------------------


def line_there(xero: Xero, of: Invoice) -> dict[str, Any]:
    (line,) = in_xero(xero, of)["LineItems"]
    return line


def recode(xero: Xero, of: Invoice, **code: Any) -> None:
    """Change account or tracking of the only line, as a bookkeeper does in Xero."""
    line = line_there(xero, of)
    kept = ("LineItemID", "Description", "Quantity", "UnitAmount", "TaxType", "AccountCode")
    own = {**{name: line[name] for name in kept}, **code}
    xero.act("edit_invoice", invoice=of.number, fields={"LineItems": [own]})


def edited(connection: Connection, of: Invoice, words: str) -> None:
    """Change the invoice here after what was done in Xero was read."""
    making.poll(connection)
    of.refresh_from_db()
    of.reference = words
    of.save()
    making.drain(connection)


def test_what_a_bookkeeper_recoded_stands_when_the_invoice_is_sent_again(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    ours = line_there(xero, invoice)["AccountCode"]
    tracked = {"Tracking": [{"Name": "Region", "Option": "South"}]}
    recode(xero, invoice, AccountCode="260", **tracked)
    for words in ("First", "Second"):
        edited(connection, invoice, words)
        line = line_there(xero, invoice)
        assert in_xero(xero, invoice)["Reference"] == words
        assert (line["AccountCode"], line["Tracking"][0]["Option"]) == ("260", "South")
    assert ours != "260"


def test_another_choice_here_codes_the_line_anew(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    invoice = making.invoice(making.contact(blue))
    making.drain(connection)
    recode(xero, invoice, AccountCode="260")
    other = connection.accounts.for_sales().exclude(code__in=("200", "260")).first()
    connection.category_accounts.update(account=other)
    edited(connection, invoice, "Coded anew")
    assert line_there(xero, invoice)["AccountCode"] == other.code
