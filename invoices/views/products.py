"""The products of a business: list, form, archive."""

from uuid import UUID

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from invoices.forms.product import ProductFilter, ProductForm
from invoices.models import Product
from invoices.views.editing import only_for_editing
from pooltrackr.lib.htmx import page
from pooltrackr.lib.tables import Sort, Table

SORTS: dict[str, Sort] = {
    "code": Lower("code"),
    "name": Lower("name"),
    "category": Lower("category__name"),
    "price": "price",
}


@for_members
def product_list(request: BusinessRequest) -> HttpResponse:
    filters = ProductFilter(request.GET, business=request.business)
    products = filters.apply(request.business.products.select_related("category", "tax_rate"))
    table = Table(request, products, sorts=SORTS, default="code")
    context = {
        "filters": filters,
        "table": table,
        "any_product": table.count or request.business.products.exists(),
    }
    return page(request, "invoices/products/list.html", "invoices/products/_table.html", context)


@for_members
def product_create(request: BusinessRequest) -> HttpResponse:
    only_for_editing(request)
    form = ProductForm(request.POST or None, instance=Product(business=request.business))
    return _save_or_show(request, form)


@for_members
def product_edit(request: BusinessRequest, pk: UUID) -> HttpResponse:
    product = get_object_or_404(request.business.products, pk=pk)
    form = ProductForm(request.POST or None, instance=product)
    return _save_or_show(request, form, standing=str(product))


def _save_or_show(
    request: BusinessRequest, form: ProductForm, *, standing: str = ""
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        product = form.save()
        messages.success(request, f"{product} has been saved.")
        return redirect("invoices:product_list", request.business.slug)
    context = {"form": form, "product": form.instance, "standing": standing}
    status = 422 if form.is_bound else 200
    return render(request, "invoices/products/form.html", context, status=status)


@require_POST
@for_members
def product_archive(request: BusinessRequest, pk: UUID) -> HttpResponse:
    product = get_object_or_404(request.business.products, pk=pk)
    product.archive()
    messages.success(
        request, f"{product} is archived: it stays on its invoices, and no new line offers it."
    )
    return redirect(product)


@require_POST
@for_members
def product_restore(request: BusinessRequest, pk: UUID) -> HttpResponse:
    product = get_object_or_404(request.business.products, pk=pk)
    product.restore()
    messages.success(request, f"{product} is in use again.")
    return redirect(product)
