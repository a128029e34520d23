"""Products as new items of Xero's price list: what is sent, and how one is found again.

An item is created once, because a person said so, and never changed from here: the price list is
the organisation's own. Nothing here makes the call; that is `push`, as for every record.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from invoices.models import Product
from xero_integration.client.api import Client
from xero_integration.mapping import mappings
from xero_integration.mapping.mappings import Mappings, Problem
from xero_integration.models import Batch, BatchMember, BatchOperation, Connection, Kind, OutboxRow
from xero_integration.payloads import Payload, digest_of
from xero_integration.sending import batches
from xero_integration.sending.batches import Ready
from xero_integration.sending.judging import Judgement, Nothing, links_of
from xero_integration.sending.verdicts import Verdict

Json = dict[str, Any]

TAKEN = "item_code_taken"


def payload(product: Product, known: Mappings) -> Payload:
    """Return the payload that creates `product`, with what stands against sending it."""
    account = known.account_of(product)
    tax_type = known.tax_type_for(product.tax_rate)
    sales = {
        "UnitPrice": float(product.price),
        # Items name accounts by code; an account without one is left for Xero's own default.
        **({"AccountCode": account.code} if account and account.code else {}),
        **({"TaxType": tax_type} if tax_type else {}),
    }
    content: Json = {
        "Code": product.code.strip(),
        "Name": product.name.strip(),
        **({"Description": product.description.strip()} if product.description.strip() else {}),
    }
    body = {**content, "IsSold": True, "SalesDetails": sales}
    digest = digest_of({**content, "Price": str(product.price)})
    return Payload(body, digest, {"object": str(product.pk)}, _problems(product, known))


def _problems(product: Product, known: Mappings) -> list[Problem]:
    found = [known.product_problem(product), known.rate_problem(product.tax_rate)]
    return [problem for problem in found if problem]


class ItemJudge:
    """Judges rows of products; loads what all of them need in a constant number of queries."""

    def __init__(self, connection: Connection, rows: Iterable[OutboxRow]) -> None:
        products = Product.objects.filter(business_id=connection.business_id)
        ids = [row.object_id for row in rows]
        self.products = products.select_related("category", "tax_rate").in_bulk(ids)
        self.links = links_of(connection, Kind.ITEM, ids)
        self.mappings = mappings.resolve(connection)

    def of(self, row: OutboxRow) -> Judgement:
        product = self.products.get(row.object_id)
        if product is None or product.is_archived or product.pk in self.links:
            return Nothing()
        made = payload(product, self.mappings)
        if made.problems:
            return made.problems[0]
        return Ready(row, BatchOperation.CREATE, made, product.updated_at)


def look_up(
    client: Client, batch: Batch, members: Sequence[BatchMember]
) -> Iterator[list[Verdict]]:
    """Find items by their code, which Xero has once in any case.

    One of the same name and price is ours, of a call whose answer was lost; another one with the
    code is for a person to link.
    """
    answer = client.call("get_items", unitdp=4)
    there = {str(one.get("Code", "")).lower(): one for one in answer.elements("Items")}
    sent = batches.elements_of(batch)
    for member in members:
        mine = sent[member.position]
        found = there.get(mine["Code"].lower())
        if found is None:
            yield [Verdict(member, code=member.error_code, message=member.error_message)]
        elif _is_ours(found, mine):
            yield [Verdict(member, element=found, adopted=True)]
        else:
            message = f"Price List Item with Code '{mine['Code']}' already exists"
            yield [Verdict(member, code=TAKEN, message=message)]


def _is_ours(there: Json, mine: Json) -> bool:
    price = (there.get("SalesDetails") or {}).get("UnitPrice")
    return there.get("Name") == mine["Name"] and price is not None and _same(price, mine)


def _same(price: object, mine: Json) -> bool:
    return Decimal(str(price)) == Decimal(str(mine["SalesDetails"]["UnitPrice"]))
