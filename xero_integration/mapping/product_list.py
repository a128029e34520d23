"""The list of products beside the price list in Xero: which are shown, and what each says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from invoices.models import Product
from invoices.models.product import ProductQuerySet
from xero_integration.client.errors import Explanation, explain
from xero_integration.mapping import items, product_links
from xero_integration.mapping.product_links import Proposal
from xero_integration.models import Connection, Kind, Link, OutboxRow, OutboxStatus, XeroItem


class Show(models.TextChoices):
    """The tabs over the list."""

    ALL = "all", "All"
    UNLINKED = "unlinked", "Not linked"
    LINKED = "linked", "Linked"
    TROUBLE = "trouble", "Needs you"


@dataclass(frozen=True)
class Row:
    """One product, and what it is in Xero, may be, or is about to be."""

    product: Product
    is_linked: bool
    item: XeroItem | None
    trouble: str
    proposal: Proposal | None
    row: OutboxRow | None

    @property
    def waits(self) -> bool:
        return product_links.waits(self.row)

    @property
    def refusal(self) -> Explanation | None:
        """Why it could not be sent as a new item."""
        is_parked = self.row is not None and self.row.status == OutboxStatus.PARKED
        return explain(self.row.error_code) if self.row and is_parked else None

    @property
    def can_be_sent(self) -> bool:
        return not (self.is_linked or self.waits or self.product.is_archived)


def listed(connection: Connection, show: Show) -> ProductQuerySet:
    """Return the products of a tab: those in use, and archived ones that are still linked."""
    linked = Link.objects.current().filter(
        connection=connection, kind=Kind.ITEM, object_id=OuterRef("pk")
    )
    products = Product.objects.filter(business_id=connection.business_id)
    known = products.annotate(is_item=Exists(linked)).filter(
        models.Q(is_item=True) | models.Q(archived_at=None)
    )
    if show == Show.ALL:
        return known
    if show == Show.TROUBLE:
        return known.filter(pk__in=troubled(connection))
    return known.filter(is_item=show == Show.LINKED)


def troubled(connection: Connection) -> set[UUID]:
    """Return the products whose item cannot be used, or that Xero did not take as one."""
    linked = items.linked(connection)
    parked = connection.outbox.filter(kind=Kind.ITEM, status=OutboxStatus.PARKED)
    return {product for product, item in linked.items() if items.trouble(item)} | set(
        parked.values_list("object_id", flat=True)
    )


def counts(connection: Connection) -> dict[Show, int]:
    return {show: listed(connection, show).count() for show in Show}


def proposed(connection: Connection) -> Mapping[UUID, Proposal]:
    """Return the proposals for all products that are no item yet."""
    return product_links.proposals(connection, product_links.unlinked(connection))


def rows(
    connection: Connection, products: Collection[Product], found: Mapping[UUID, Proposal]
) -> list[Row]:
    """Return what the list says of `products`; the queries do not grow with them."""
    linked = items.linked(connection)
    going = product_links.rows_of(connection, [one.pk for one in products])
    return [_row(one, linked, found, going) for one in products]


def _row(
    product: Product,
    linked: Mapping[UUID, XeroItem | None],
    found: Mapping[UUID, Proposal],
    going: Mapping[UUID, OutboxRow],
) -> Row:
    is_linked, item = product.pk in linked, linked.get(product.pk)
    trouble = items.trouble(item) if is_linked else ""
    return Row(product, is_linked, item, trouble, found.get(product.pk), going.get(product.pk))
