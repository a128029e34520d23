"""Items of the price list: reading, creating, changing."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call, NotFound, PostDataInvalid
from simulators.xero.accounting.contact_write import text_of
from simulators.xero.accounting.listing import filtered, in_order, modified, wanted_filter
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.settings_model import Item
from simulators.xero.accounting.settings_render import render_item
from simulators.xero.accounting.where import Fields
from simulators.xero.answers import Answer, envelope
from simulators.xero.wire import Json, new_id, parse_decimal

LIMITS = {"Code": 30, "Name": 50, "Description": 4000, "PurchaseDescription": 4000}
# "By default UnitPrice is rounded to two decimal places" (OpenAPI: Purchase).
UNIT_STEPS = {2: Decimal("0.01"), 4: Decimal("0.0001")}
# Xero: "API limits", the most items in one call.
MOST_ITEMS = 500
FIELDS: Fields = {
    "ItemID": lambda item: item.id,
    "Code": lambda item: item.code,
    "Name": lambda item: item.name,
    "IsSold": lambda item: item.is_sold,
    "IsPurchased": lambda item: item.is_purchased,
    "UpdatedDateUTC": lambda item: item.updated,
}


def list_items(call: Call) -> Answer:
    items = sorted(call.organisation.items, key=lambda item: item.code)
    rows = filtered(wanted_filter(call, FIELDS), modified(call, items))
    rendered = [render_item(item) for item in in_order(call, rows, FIELDS)]
    return envelope("Items", rendered, call.now)


def read_item(call: Call) -> Answer:
    return envelope("Items", [render_item(named_item(call))], call.now)


def named_item(call: Call) -> Item:
    """Return the item whose id or code stands in the address."""
    items = call.organisation.items
    item = items.get(call.path[1]) or items.find("code", call.path[1].casefold())
    if item is None:
        raise NotFound
    return item


def create_item(call: Call, sent: Json, problems: Problems) -> Item | None:
    return save_item(call, None, sent, problems)


def upsert_item(call: Call, sent: Json, problems: Problems) -> Item | None:
    items = call.organisation.items
    item_id = text_of(sent, "ItemID")
    by_code = items.find("code", text_of(sent, "Code").casefold())
    return save_item(call, items.get(item_id) if item_id else by_code, sent, problems)


def save_item(call: Call, before: Item | None, sent: Json, problems: Problems) -> Item | None:
    items = call.organisation.items
    item = with_text(before or Item(new_id(), "", "", call.now), sent, problems)
    item = with_prices(call, replace(item, updated=call.now), sent, problems)
    item = without_what_is_not(item)
    if not item.code:
        problems.add(messages.ITEM_NEEDS_CODE)
    same_code = items.find("code", item.code.casefold())
    if same_code and same_code.id != item.id:
        problems.add(messages.item_code_taken(item.code))
    if problems:
        return None
    items.save(item)
    return item


def with_text(item: Item, sent: Json, problems: Problems) -> Item:
    for member, limit in LIMITS.items():
        if len(text_of(sent, member)) > limit:
            problems.add(messages.too_long(member, limit))
    return replace(
        item,
        code=text_of(sent, "Code") or item.code,
        name=text_of(sent, "Name") or item.name,
        description=text_of(sent, "Description") or item.description,
        purchase_description=text_of(sent, "PurchaseDescription") or item.purchase_description,
        is_sold=bool(sent.get("IsSold", item.is_sold)),
        is_purchased=bool(sent.get("IsPurchased", item.is_purchased)),
    )


def with_prices(call: Call, item: Item, sent: Json, problems: Problems) -> Item:
    sales, purchases = details(sent, "SalesDetails"), details(sent, "PurchaseDetails")
    for part in (sales, purchases):
        check_details(call, part, problems)
    return replace(
        item,
        unit_price=price(call, sales, item.unit_price),
        account_code=text_of(sales, "AccountCode") or item.account_code,
        tax_type=text_of(sales, "TaxType") or item.tax_type,
        purchase_price=price(call, purchases, item.purchase_price),
        purchase_account_code=text_of(purchases, "AccountCode") or item.purchase_account_code,
        purchase_tax_type=text_of(purchases, "TaxType") or item.purchase_tax_type,
    )


def without_what_is_not(item: Item) -> Item:
    """Empty the side that the item is not for, as Xero does (OpenAPI: IsSold, IsPurchased)."""
    if not item.is_sold:
        item = replace(item, description="", unit_price=None, account_code="", tax_type="")
    if not item.is_purchased:
        item = replace(
            item,
            purchase_description="",
            purchase_price=None,
            purchase_account_code="",
            purchase_tax_type="",
        )
    return item


def delete_item(call: Call) -> Answer:
    """Take an item off the price list; documents keep its code."""
    call.organisation.items.remove(named_item(call).id)
    return Answer(204)


def not_too_many(elements: list[Json]) -> list[Json]:
    if len(elements) > MOST_ITEMS:
        raise PostDataInvalid(f"One call takes at most {MOST_ITEMS} items.")
    return elements


def details(sent: Json, member: str) -> Json:
    part = sent.get(member)
    return part if isinstance(part, dict) else {}


def price(call: Call, part: Json, before: Decimal | None) -> Decimal | None:
    sent = parse_decimal(part.get("UnitPrice"))
    if sent is None:
        return before
    return sent.quantize(UNIT_STEPS[call.unit_decimals], ROUND_HALF_UP)


def check_details(call: Call, part: Json, problems: Problems) -> None:
    organisation = call.organisation
    code, tax_type = text_of(part, "AccountCode"), text_of(part, "TaxType")
    if code and organisation.accounts.find("code", code.casefold()) is None:
        problems.add(messages.account_not_for_document(code))
    if tax_type and organisation.tax_rates.find("code", tax_type) is None:
        problems.add(messages.TAX_RATE_INVALID)
