"""Which product of ours is which item of Xero's price list: proposed, linked, taken back, sent.

A proposal is shown and never stored. Whatever is done here lets invoices go that waited for it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from businesses.models import User
from invoices.models import Product
from xero_integration import outbox
from xero_integration.linking import links
from xero_integration.mapping import items
from xero_integration.models import Connection, Kind, Lane, Link, OutboxRow, OutboxStatus, XeroItem
from xero_integration.sending import waking

By = Literal["code", "name"]
Row = TypeVar("Row", Product, XeroItem)


@dataclass(frozen=True)
class Proposal:
    """An item that a product may be, and what the two have in common."""

    item: XeroItem
    by: By

    @property
    def why(self) -> str:
        return "Same code" if self.by == "code" else "Same name, another code"


def free_items(connection: Connection) -> QuerySet[XeroItem]:
    """Return the items that can stand on invoices and that no product is linked to."""
    taken = Link.objects.current().filter(connection=connection, kind=Kind.ITEM)
    usable = connection.items.filter(status="ACTIVE", is_sold=True)
    return usable.exclude(xero_id__in=taken.values("xero_id"))


def proposals(connection: Connection, products: Iterable[Product]) -> Mapping[UUID, Proposal]:
    """Return a proposal for each unlinked product that has one: by code, or else by name.

    One to one: no item is proposed twice, and a name decides only where it is there once on
    either side.
    """
    products, free = list(products), free_items(connection)
    by_code = {item.code.casefold(): item for item in free}
    found = {
        product.pk: Proposal(by_code[product.code.casefold()], "code")
        for product in products
        if product.code.casefold() in by_code
    }
    used = {proposal.item.pk for proposal in found.values()}
    ours = _by_single_name(product for product in products if product.pk not in found)
    theirs = _by_single_name(item for item in free if item.pk not in used)
    return found | {
        product.pk: Proposal(theirs[name], "name")
        for name, product in ours.items()
        if name in theirs
    }


def _by_single_name(rows: Iterable[Row]) -> dict[str, Row]:
    """Return rows by their name in small letters, those alone whose name is there once."""
    rows = list(rows)
    counts = Counter(row.name.casefold() for row in rows)
    names = {row.name.casefold(): row for row in rows}
    return {name: row for name, row in names.items() if name and counts[name] == 1}


def unlinked(connection: Connection) -> list[Product]:
    """Return the products in use that are no item yet."""
    linked = Link.objects.current().filter(connection=connection, kind=Kind.ITEM)
    products = Product.objects.active().filter(business_id=connection.business_id)
    return list(products.exclude(pk__in=linked.values("object_id")))


def accept(connection: Connection, found: Mapping[UUID, Proposal], *, by: User) -> int:
    """Link products to what is proposed for them; return how many were free on both sides."""
    pairs = found.items()
    made = sum(_link(connection, product, one.item, by=by) for product, one in pairs)
    _let_go_on(connection)
    return made


def _link(connection: Connection, product_id: UUID, item: XeroItem, *, by: User) -> bool:
    try:
        links.link(connection, Kind.ITEM, product_id, item.xero_id, by=by, in_step=True)
    except links.LinkConflict:
        # Somebody else linked one of the two just now: that stands.
        return False
    return True


def choose(connection: Connection, product: Product, item: XeroItem, *, by: User) -> None:
    """Link `product` to `item`, whatever it was before. Raises LinkConflict."""
    with transaction.atomic():
        held = links.link_for(connection, Kind.ITEM, product.pk)
        if held is not None and held.xero_id != item.xero_id:
            links.unlink(held, by=by)
        links.link(connection, Kind.ITEM, product.pk, item.xero_id, by=by, in_step=True)
        _let_go_on(connection)


def unlink(connection: Connection, product_ids: Collection[UUID], *, by: User) -> int:
    """Take links back: lines of these products carry no code from now on."""
    found = Link.objects.current().filter(
        connection=connection, kind=Kind.ITEM, object_id__in=product_ids
    )
    held = list(found.select_related("connection__business"))
    for link in held:
        links.unlink(link, by=by)
    _let_go_on(connection)
    return len(held)


def send(connection: Connection, product_ids: Collection[UUID], *, by: User | None) -> int:
    """Queue products as new items; those that are linked already are left out."""
    labels = {one.pk: one.name for one in unlinked(connection) if one.pk in product_ids}
    lane = Lane.BULK if len(labels) > 1 else Lane.INTERACTIVE
    outbox.put(connection, Kind.ITEM, labels, lane=lane)
    # Left out once, and now wanted after all.
    aside = connection.outbox.filter(kind=Kind.ITEM, object_id__in=labels)
    outbox.retry(aside.filter(status=OutboxStatus.EXCLUDED), by=by)
    return len(labels)


def rows_of(connection: Connection, product_ids: Collection[UUID]) -> Mapping[UUID, OutboxRow]:
    """Return the rows of products that are on their way, or that need a person."""
    rows = connection.outbox.filter(kind=Kind.ITEM, object_id__in=product_ids)
    open_ones = rows.filter(status__in=outbox.OPEN)
    return {row.object_id: row for row in open_ones}


def waits(row: OutboxRow | None) -> bool:
    return row is not None and row.status != OutboxStatus.PARKED


def _let_go_on(connection: Connection) -> None:
    waking.not_ready(connection, items.CODES)
