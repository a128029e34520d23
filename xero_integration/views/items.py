"""Products in Xero: our products beside the organisation's price list."""

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from invoices.models import Product
from pooltrackr.lib.htmx import page
from pooltrackr.lib.tables import Sort, Table
from pooltrackr.lib.widgets import SearchSelect
from xero_integration import outbox, pull
from xero_integration.client.errors import XeroError
from xero_integration.forms.wizard import ListFilterForm, ReturnForm
from xero_integration.linking import links
from xero_integration.mapping import product_links, product_list
from xero_integration.mapping.product_links import Proposal
from xero_integration.mapping.product_list import Show
from xero_integration.models import Connection, Kind, XeroItem
from xero_integration.views.questions import connection_of
from xero_integration.wizard import accounts

SORTS: dict[str, Sort] = {"code": Lower("code"), "name": Lower("name")}
NOT_YET = "Link your product categories to Xero accounts first: an item needs its sales account."


class ItemFilterForm(ListFilterForm):
    tabs = Show

    q = forms.CharField(
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Code or name"}),
    )


class ItemActForm(ReturnForm):
    """An act on products: those ticked, or all that have the same code."""

    act = forms.ChoiceField(
        choices=[
            *(("link", ""), ("link_same", ""), ("link_all", "")),
            *(("unlink", ""), ("send", ""), ("refresh", "")),
        ]
    )
    row = forms.ModelMultipleChoiceField(Product.objects.none(), required=False)

    def __init__(self, data: QueryDict, *, rows: QuerySet[Product]) -> None:
        super().__init__(data)
        self.fields["row"].queryset = rows  # type: ignore[attr-defined]


class ItemForm(ReturnForm):
    """Which item one product is."""

    item = forms.ModelChoiceField(
        XeroItem.objects.none(),
        label="Item in Xero",
        empty_label="Choose an item…",
        widget=SearchSelect(placeholder="Search items by code or name"),
        error_messages={"required": "Choose an item."},
    )

    def __init__(
        self, data: QueryDict | None, *, connection: Connection, proposed: XeroItem | None
    ) -> None:
        super().__init__(data, initial={"item": proposed})
        self.fields["item"].queryset = product_links.free_items(connection)  # type: ignore[attr-defined]


@for_members
def item_list(request: BusinessRequest) -> HttpResponse:
    connection = connection_of(request)
    filters = ItemFilterForm(request.GET)
    found = product_list.listed(connection, filters.shown).search(filters.query)
    table = Table(request, found.select_related("category"), sorts=SORTS, default="code")
    counted = product_list.counts(connection)
    proposed = product_list.proposed(connection)
    context = {
        "connection": connection,
        "filters": filters,
        "table": table,
        "rows": product_list.rows(connection, table.rows, proposed),
        "same": sum(1 for one in proposed.values() if one.by == "code"),
        "proposed": len(proposed),
        "in_xero": connection.items.filter(status="ACTIVE").count(),
        "back": request.get_full_path(),
        "tabs": [(one, counted[one], one == filters.shown) for one in Show],
    }
    whole, part = "xero_integration/items.html", "xero_integration/_items_table.html"
    return page(request, whole, part, context)


@require_POST
@for_members
def items_act(request: BusinessRequest) -> HttpResponse:
    """Link to what is proposed, unlink, send as new items, or read the price list anew."""
    connection = connection_of(request)
    rows = Product.objects.filter(business=request.business)
    form = ItemActForm(request.POST, rows=rows)
    if form.is_valid():
        ids = {product.pk for product in form.cleaned_data["row"]}
        _act(request, connection, form.cleaned_data["act"], ids)
    else:
        messages.error(request, "These products are not here any more. Look at the list again.")
    return redirect(form.return_to or reverse("xero:items", args=[request.business.slug]))


def _act(request: BusinessRequest, connection: Connection, act: str, ids: set[UUID]) -> None:
    if act == "refresh":
        _refresh(request, connection)
    elif act == "send":
        _send(request, connection, ids)
    elif act == "unlink":
        count = product_links.unlink(connection, ids, by=request.user)
        messages.success(request, f"{_products(count)} unlinked. In Xero nothing changes.")
    else:
        wanted = _wanted(product_list.proposed(connection), act, ids)
        count = product_links.accept(connection, wanted, by=request.user)
        messages.success(request, f"{_products(count)} linked.")


def _wanted(found: Mapping[UUID, Proposal], act: str, ids: set[UUID]) -> dict[UUID, Proposal]:
    """Return those of the proposals that an act accepts."""
    return {
        product: one
        for product, one in found.items()
        if act == "link_all" or (one.by == "code" if act == "link_same" else product in ids)
    }


def _refresh(request: BusinessRequest, connection: Connection) -> None:
    try:
        pull.read_settings(connection)
    except XeroError as error:
        messages.error(request, f"Xero could not be read: {error.message}")
        return
    # What was mended in Xero itself needs nothing more from here.
    accounts.send_again(connection)
    messages.success(request, "The price list is as it stands in Xero now.")


def _send(request: BusinessRequest, connection: Connection, ids: set[UUID]) -> None:
    if not outbox.is_open(connection, Kind.ITEM):
        messages.error(request, NOT_YET)
        return
    count = product_links.send(connection, ids, by=request.user)
    messages.success(request, f"{_products(count)} on the way to Xero's price list.")


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count} products"


@for_members
def item_edit(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """One product: link it to any item of the price list."""
    connection = connection_of(request)
    product = get_object_or_404(Product, business=request.business, pk=pk)
    proposal = product_list.proposed(connection).get(product.pk)
    form = ItemForm(
        request.POST or None, connection=connection, proposed=proposal.item if proposal else None
    )
    if request.method == "POST" and form.is_valid():
        item = form.cleaned_data["item"]
        try:
            product_links.choose(connection, product, item, by=request.user)
        except links.LinkConflict as conflict:
            form.add_error("item", str(conflict))
        else:
            messages.success(request, f"{product} is “{item}” in Xero from now on.")
            back = form.return_to or reverse("xero:items", args=[request.business.slug])
            return redirect(back)
    (row,) = product_list.rows(connection, [product], {})
    back = ReturnForm(request.POST or request.GET).return_to
    context = {"row": row, "form": form, "back": back, "proposal": proposal}
    status = 422 if form.is_bound else 200
    return render(request, "xero_integration/item_edit.html", context, status=status)
