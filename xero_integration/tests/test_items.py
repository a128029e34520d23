"""Products and Xero's price list: proposed, linked, on lines, in trouble, sent as new items."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, User
from contacts.models import Contact
from invoices.models import Invoice, Product, TaxRate
from xero_integration import outbox, pull
from xero_integration.linking import links
from xero_integration.mapping import items, mappings, product_links
from xero_integration.models import (
    Connection,
    Kind,
    Link,
    LinkStatus,
    OutboxRow,
    OutboxStatus,
    SyncEntry,
    XeroItem,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

LIST = "/b/blue/xero/products/"
ACT = "/b/blue/xero/products/act/"


def product(business: Business, code: str, name: str = "", **fields: Any) -> Product:
    fields.setdefault("tax_rate", TaxRate.objects.get(business=business, percent=10))
    fields.setdefault("price", "12.5")
    return Product.objects.create(business=business, code=code, name=name or code, **fields)


def item(connection: Connection, code: str) -> XeroItem:
    return connection.items.get(code=code)


def linked(connection: Connection) -> dict[str, str]:
    """Return the item's code of each linked product, by the product's."""
    found = items.linked(connection)
    products = Product.objects.in_bulk(found)
    return {products[pk].code: one.code if one else "" for pk, one in found.items()}


def row(of: Product) -> OutboxRow:
    return OutboxRow.objects.get(kind=Kind.ITEM, object_id=of.pk)


def sold(of: Product, price: str = "40", **fields: Any) -> Invoice:
    business = of.business
    return making.invoice(
        making.contact(business), making.line(business, price, product=of, **fields)
    )


def in_xero(xero: Xero, code: str) -> dict[str, Any]:
    found = [one for one in price_list(xero) if one["Code"] == code]
    assert len(found) == 1, f"{len(found)} items have the code {code}"
    return found[0]


def price_list(xero: Xero) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = xero.state("items")["organisations"][0]["items"]
    return found


def line_of(xero: Xero, of: Invoice) -> dict[str, Any]:
    found = next(one for one in xero.invoices() if one["InvoiceNumber"] == of.number)
    line: dict[str, Any] = found["LineItems"][0]
    return line


# --- proposals


def test_an_item_is_proposed_by_its_code_in_any_case_then_by_a_single_name(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.act("add_item", fields={"Code": "X1", "Name": "Leaf net"})
    xero.act("add_item", fields={"Code": "X2", "Name": "Hose"})
    xero.act("add_item", fields={"Code": "X3", "Name": "Hose"})
    xero.act("add_item", fields={"Code": "BUY", "Name": "Bought alone", "IsSold": False})
    pull.read_settings(connection)
    salt, net = product(blue, "salt20", "Salt"), product(blue, "NET", "LEAF NET")
    ours = [salt, net, product(blue, "H", "Hose"), product(blue, "BUY"), product(blue, "NEW")]
    found = product_links.proposals(connection, ours)
    assert {key: (one.item.code, one.by) for key, one in found.items()} == {
        salt.pk: ("SALT20", "code"),
        net.pk: ("X1", "name"),
    }


def test_an_item_with_the_code_of_one_product_is_not_proposed_to_another_by_name(
    connection: Connection, blue: Business
) -> None:
    by_code = product(blue, "SALT20", "Something")
    by_name = product(blue, "OTHER", "Pool salt 20 kg")
    found = product_links.proposals(connection, [by_name, by_code])
    assert set(found) == {by_code.pk}


def test_proposals_are_shown_and_nothing_is_linked_before_they_are_accepted(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    product(blue, "SALT20")
    page = as_bob.get(LIST).content.decode()
    assert "Same code" in page and "SALT20 Pool salt 20 kg" in page
    assert not Link.objects.filter(kind=Kind.ITEM).exists()


# --- linking


def test_proposals_are_accepted_one_by_one_or_all_of_the_same_code(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    salt, chlorine = product(blue, "salt20"), product(blue, "CHLOR10")
    product(blue, "P", "Regular pool service")
    as_bob.post(ACT, {"act": "link", "row": [salt.pk]})
    assert linked(connection) == {"salt20": "SALT20"}
    as_bob.post(ACT, {"act": "link_same"})
    assert linked(connection) == {"salt20": "SALT20", "CHLOR10": "CHLOR10"}
    as_bob.post(ACT, {"act": "link_all"})
    assert linked(connection)["P"] == "SERVICE"
    assert SyncEntry.objects.filter(kind=Kind.ITEM, action="link").count() == 3
    # Linking sends nothing: the price list is the organisation's own.
    making.drain(connection)
    assert not OutboxRow.objects.filter(kind=Kind.ITEM).exists()
    assert chlorine.pk in items.linked(connection)


def test_a_product_is_linked_to_another_item_from_a_list_of_those_that_are_free(
    connection: Connection, blue: Business, as_bob: Client
) -> None:
    salt, pump = product(blue, "SALT20"), product(blue, "PUMP")
    as_bob.post(ACT, {"act": "link_same"})
    url = reverse("xero:item_edit", args=["blue", pump.pk])
    page = as_bob.get(url).content.decode()
    assert "PUMP-VS" in page and "SALT20 Pool" not in page
    as_bob.post(url, {"item": item(connection, "PUMP-VS").pk})
    as_bob.post(
        reverse("xero:item_edit", args=["blue", salt.pk]), {"item": item(connection, "CHLOR10").pk}
    )
    assert linked(connection) == {"SALT20": "CHLOR10", "PUMP": "PUMP-VS"}
    taken = as_bob.post(url, {"item": item(connection, "CHLOR10").pk})
    assert taken.status_code == 422
    assert Link.objects.filter(kind=Kind.ITEM, status=LinkStatus.FORMER).count() == 1


def test_unlinking_changes_nothing_in_xero_and_leaves_the_product_free(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    salt = product(blue, "SALT20")
    as_bob.post(ACT, {"act": "link_same"})
    before = price_list(xero)
    as_bob.post(ACT, {"act": "unlink", "row": [salt.pk]})
    invoice = sold(salt)
    making.drain(connection)
    assert (linked(connection), price_list(xero)) == ({}, before)
    assert "ItemCode" not in line_of(xero, invoice)


def test_the_list_makes_the_same_queries_however_many_products(
    connection: Connection, blue: Business, as_bob: Client, django_assert_max_num_queries: Any
) -> None:
    product(blue, "SALT20")
    as_bob.post(ACT, {"act": "link_same"})
    for number in range(30):
        product(blue, f"P{number}")
    with django_assert_max_num_queries(30):
        as_bob.get(LIST)


def test_the_tabs_hold_what_they_say(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    salt, loose = product(blue, "SALT20", "Salt"), product(blue, "LOOSE", "Loose")
    product(blue, "OLD", "Old").archive()
    as_bob.post(ACT, {"act": "link_same"})
    xero.act("delete_item", item="SALT20")
    pull.read_settings(connection)

    def shown(tab: str) -> set[str]:
        page = as_bob.get(LIST, {"show": tab}).content.decode()
        return {one.name for one in (salt, loose) if f">{one.name}</a>" in page}

    assert shown("all") == {"Salt", "Loose"}
    assert (shown("unlinked"), shown("linked"), shown("trouble")) == ({"Loose"}, {"Salt"}, {"Salt"})
    assert ">Old</a>" not in as_bob.get(LIST).content.decode()
    found = as_bob.get(LIST, {"q": "loo"}).content.decode()
    assert ">Loose</a>" in found and ">Salt</a>" not in found


def test_a_stranger_finds_nothing(
    connection: Connection, blue: Business, as_charlie: Client
) -> None:
    salt = product(blue, "SALT20")
    assert as_charlie.get(LIST).status_code == 404
    assert as_charlie.post(ACT, {"act": "link_same"}).status_code == 404
    assert as_charlie.get(reverse("xero:item_edit", args=["blue", salt.pk])).status_code == 404


# --- on lines


def test_a_linked_products_code_stands_on_lines_and_changes_nothing_of_ours(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    salt = product(blue, "SALT20", "Salt")
    product_links.choose(connection, salt, item(connection, "PUMP-VS"), by=alice)
    free = TaxRate.objects.get(business=blue, percent=0)
    own = making.line(
        blue, "13.3333", product=salt, tax_rate=free, description="Two bags", quantity=Decimal(2)
    )
    invoice = making.invoice(making.contact(blue), own, making.line(blue))
    making.drain(connection)
    there = line_of(xero, invoice)
    ours = connection.category_accounts.get().account
    assert (there["ItemCode"], there["UnitAmount"], there["Quantity"]) == ("PUMP-VS", 13.3333, 2)
    assert (there["AccountID"], there["TaxType"]) == (ours.xero_id, "EXEMPTOUTPUT")
    assert there["Description"] == "Two bags"
    assert making.row(invoice).status == OutboxStatus.DONE


def test_an_item_that_got_another_code_in_xero_is_named_by_it(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    salt = product(blue, "SALT20")
    as_bob.post(ACT, {"act": "link_same"})
    xero.act("edit_item", item="SALT20", fields={"Code": "SALT-20KG"})
    as_bob.post(ACT, {"act": "refresh"})
    invoice = sold(salt)
    making.drain(connection)
    assert line_of(xero, invoice)["ItemCode"] == "SALT-20KG"


# --- in trouble


@pytest.mark.parametrize(
    ("act", "more", "words"),
    [
        ("delete_item", {}, "was deleted in Xero."),
        ("edit_item", {"fields": {"IsSold": False}}, "is not sold in Xero"),
    ],
)
@pytest.mark.parametrize("mend", ["unlink", "other", "restored"])
def test_an_item_that_cannot_be_used_stops_its_lines_until_it_is_mended(
    xero: Xero,
    connection: Connection,
    blue: Business,
    as_bob: Client,
    act: str,
    more: dict[str, Any],
    words: str,
    mend: str,
) -> None:
    salt = product(blue, "SALT20")
    as_bob.post(ACT, {"act": "link_same"})
    xero.act(act, item="SALT20", **more)
    as_bob.post(ACT, {"act": "refresh"})
    invoice, other = sold(salt), making.invoice(making.contact(blue))
    making.drain(connection)
    parked = making.row(invoice)
    assert (parked.status, parked.error_code) == (OutboxStatus.PARKED, "item_unusable")
    assert words in parked.error_message
    assert making.row(other).status == OutboxStatus.DONE
    assert words in as_bob.get(LIST, {"show": "trouble"}).content.decode()
    assert "1 product needs you" in as_bob.get("/b/blue/xero/").content.decode()
    _mend(mend, xero, connection, salt, as_bob, was_deleted=act == "delete_item")
    making.drain(connection)
    assert making.row(invoice).status == OutboxStatus.DONE
    assert line_of(xero, invoice)["UnitAmount"] == 40


def _mend(
    how: str, xero: Xero, connection: Connection, of: Product, as_bob: Client, *, was_deleted: bool
) -> None:
    if how == "unlink":
        as_bob.post(ACT, {"act": "unlink", "row": [of.pk]})
    elif how == "other" or was_deleted:
        xero.act("add_item", fields={"Code": "SALT-NEW", "Name": "Salt"})
        as_bob.post(ACT, {"act": "refresh"})
        url = reverse("xero:item_edit", args=["blue", of.pk])
        as_bob.post(url, {"item": item(connection, "SALT-NEW").pk})
    else:
        xero.act("edit_item", item="SALT20", fields={"IsSold": True})
        as_bob.post(ACT, {"act": "refresh"})


def test_an_item_deleted_since_we_read_it_is_xeros_refusal(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    salt = product(blue, "SALT20")
    as_bob.post(ACT, {"act": "link_same"})
    xero.act("delete_item", item="SALT20")
    invoice = sold(salt)
    making.drain(connection)
    parked = making.row(invoice)
    assert (parked.error_code, parked.error_message) == (
        "item_invalid",
        "Item code 'SALT20' is not valid",
    )
    as_bob.post(ACT, {"act": "unlink", "row": [salt.pk]})
    making.drain(connection)
    assert making.row(invoice).status == OutboxStatus.DONE


def test_too_little_stock_is_told_and_the_invoice_goes_without_the_code(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    salt = product(blue, "SALT20")
    as_bob.post(ACT, {"act": "link_same"})
    xero.act("count_stock", item="SALT20", on_hand=1)
    invoice = sold(salt, quantity=Decimal(2))
    making.drain(connection)
    assert making.row(invoice).error_code == "item_stock"
    as_bob.post(ACT, {"act": "unlink", "row": [salt.pk]})
    making.drain(connection)
    assert making.row(invoice).status == OutboxStatus.DONE


# --- sent as new items


def test_a_product_is_sent_as_a_new_item_with_its_account_tax_and_exact_price(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    hose = product(blue, "HOSE", "Vacuum hose", price="3.1415", description="By the metre")
    as_bob.post(ACT, {"act": "send", "row": [hose.pk]})
    making.drain(connection)
    there = in_xero(xero, "HOSE")
    account = connection.category_accounts.get().account
    assert (there["Name"], there["Description"], there["IsSold"]) == (
        "Vacuum hose",
        "By the metre",
        True,
    )
    assert there["SalesDetails"] == {
        "UnitPrice": 3.1415,
        "AccountCode": account.code,
        "TaxType": "OUTPUT",
    }
    assert (row(hose).status, linked(connection)) == (OutboxStatus.DONE, {"HOSE": "HOSE"})
    invoice = sold(hose)
    making.drain(connection)
    assert line_of(xero, invoice)["ItemCode"] == "HOSE"


def test_many_products_go_in_one_call_and_one_that_is_refused_stops_no_other(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    new = [product(blue, f"NEW{number}") for number in range(5)]
    xero.act("add_item", fields={"Code": "new3", "Name": "Somebody else's"})
    as_bob.post(ACT, {"act": "send", "row": [one.pk for one in new]})
    making.drain(connection)
    assert len(xero.writes("Items")) == 1
    assert set(linked(connection)) == {"NEW0", "NEW1", "NEW2", "NEW4"}
    parked = row(new[3])
    assert (parked.status, parked.error_code) == (OutboxStatus.PARKED, "item_code_taken")
    assert in_xero(xero, "new3")["Name"] == "Somebody else's"
    page = as_bob.get(LIST, {"show": "trouble"}).content.decode()
    assert "another item with this code" in page
    # The list was read before that item was made.
    as_bob.post(ACT, {"act": "refresh"})
    as_bob.post(ACT, {"act": "link", "row": [new[3].pk]})
    assert (linked(connection)["NEW3"], row(new[3]).status) == ("new3", OutboxStatus.DONE)


@pytest.mark.parametrize(
    "kind",
    [
        *("drop_before", "drop_after", "500", "503", "500_after", "truncate", "not_json"),
        *("timeout_before", "timeout_after"),
    ],
)
@pytest.mark.parametrize("key", ["lives", "dies"])
def test_an_unclear_call_ends_in_one_item(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client, kind: str, key: str
) -> None:
    xero.fault(kind, method="PUT", path="Items")
    hose = product(blue, "HOSE", price="3.1415")
    as_bob.post(ACT, {"act": "send", "row": [hose.pk]})
    making.drain(connection)
    if key == "dies":
        xero.control("clock", advance=600)
        connection.batches.update(first_sent_at="2026-01-01T00:00:00Z")
    making.make_due(connection)
    making.drain(connection)
    making.drain(connection)
    assert in_xero(xero, "HOSE")["SalesDetails"]["UnitPrice"] == 3.1415
    assert (row(hose).status, linked(connection)) == (OutboxStatus.DONE, {"HOSE": "HOSE"})


def test_sending_twice_or_what_is_linked_makes_no_second_item(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    hose, salt = product(blue, "HOSE"), product(blue, "SALT20")
    as_bob.post(ACT, {"act": "link_same"})
    for _ in range(2):
        as_bob.post(ACT, {"act": "send", "row": [hose.pk, salt.pk]})
        making.drain(connection)
    assert len(xero.writes("Items")) == 1
    assert len(price_list(xero)) == 5


def test_a_product_that_was_left_out_is_sent_when_a_person_says_so(
    xero: Xero, connection: Connection, blue: Business, bob: User, as_bob: Client
) -> None:
    hose = product(blue, "HOSE")
    as_bob.post(ACT, {"act": "send", "row": [hose.pk]})
    outbox.exclude([row(hose)], by=bob)
    making.drain(connection)
    assert row(hose).status == OutboxStatus.EXCLUDED
    as_bob.post(ACT, {"act": "send", "row": [hose.pk]})
    making.drain(connection)
    assert linked(connection) == {"HOSE": "HOSE"}


def test_a_product_without_a_mapped_account_waits_for_it(
    xero: Xero, connection: Connection, blue: Business, as_bob: Client
) -> None:
    category = blue.categories.create(name="Pumps")
    hose = product(blue, "HOSE", category=category)
    as_bob.post(ACT, {"act": "send", "row": [hose.pk]})
    making.drain(connection)
    assert row(hose).error_code == "account_not_mapped"
    assert mappings.resolve(connection).product_problem(hose) is not None
    assert not xero.writes("Items")


def test_before_accounts_are_mapped_nothing_is_sent_and_the_page_says_why(
    just_connected: Connection, blue: Business, as_bob: Client
) -> None:
    hose = product(blue, "HOSE")
    answer = as_bob.post(ACT, {"act": "send", "row": [hose.pk]}, follow=True)
    assert "Link your product categories to Xero accounts first" in answer.content.decode()
    assert not OutboxRow.objects.filter(kind=Kind.ITEM).exists()


def test_a_product_of_another_business_is_neither_linked_nor_sent(
    connection: Connection, blue: Business, dry: Business, as_bob: Client
) -> None:
    theirs = product(dry, "SALT20")
    for act in ("link", "send", "unlink"):
        as_bob.post(ACT, {"act": act, "row": [theirs.pk]})
    assert not Link.objects.filter(kind=Kind.ITEM).exists()
    assert not OutboxRow.objects.filter(kind=Kind.ITEM).exists()


def test_linking_a_product_that_waits_for_its_own_item_lets_it_go_nowhere(
    xero: Xero, connection: Connection, blue: Business, alice: User
) -> None:
    hose = product(blue, "HOSE")
    product_links.send(connection, [hose.pk], by=None)
    product_links.choose(connection, hose, item(connection, "SALT20"), by=alice)
    making.drain(connection)
    assert not xero.writes("Items")
    assert links.link_for(connection, Kind.ITEM, hose.pk) is not None


def test_contacts_and_invoices_go_as_before_beside_items(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    hose = product(blue, "HOSE")
    customer: Contact = making.contact(blue)
    invoice = making.invoice(customer, making.line(blue, product=hose))
    product_links.send(connection, [hose.pk], by=None)
    making.drain(connection)
    # Items go before invoices, so this one names it already.
    assert line_of(xero, invoice)["ItemCode"] == "HOSE"
