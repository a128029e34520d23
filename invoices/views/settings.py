"""What products and invoices rest on: categories, tax rates, and how invoices are numbered."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, ProtectedError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from invoices import services
from invoices.errors import InvoiceRefused
from invoices.forms.numbering import NumberingForm
from invoices.forms.product import CategoryForm, TaxRateForm
from invoices.models import ProductCategory, TaxRate
from invoices.views.editing import only_for_editing


@for_members
def category_list(request: BusinessRequest) -> HttpResponse:
    """All categories, with a form that adds one."""
    form = CategoryForm(request.POST or None, instance=ProductCategory(business=request.business))
    if request.method == "POST" and form.is_valid():
        category = form.save()
        messages.success(request, f"{category} has been added.")
        return redirect("invoices:category_list", request.business.slug)
    return _categories(request, form=form)


@for_members
def category_rename(request: BusinessRequest, pk: int) -> HttpResponse:
    """The row as a form (GET), and what it sends (POST)."""
    only_for_editing(request)
    category = get_object_or_404(request.business.categories, pk=pk)
    form = CategoryForm(request.POST or None, instance=category, prefix="rename")
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"The category is now called {category}.")
        return redirect("invoices:category_list", request.business.slug)
    return _categories(request, form=_new_category(request), renaming=form)


@require_POST
@for_members
def category_delete(request: BusinessRequest, pk: int) -> HttpResponse:
    category = get_object_or_404(request.business.categories, pk=pk)
    try:
        category.delete()
    except ProtectedError:
        messages.error(request, f"{category} is in use. Give its products another category first.")
    else:
        messages.success(request, f"{category} has been deleted.")
    return redirect("invoices:category_list", request.business.slug)


def _new_category(request: BusinessRequest) -> CategoryForm:
    return CategoryForm(instance=ProductCategory(business=request.business))


def _categories(
    request: BusinessRequest, *, form: CategoryForm, renaming: CategoryForm | None = None
) -> HttpResponse:
    context = {
        "categories": request.business.categories.annotate(used=Count("products")),
        "form": form,
        "renaming": renaming,
    }
    wrong = form.is_bound or (renaming is not None and renaming.is_bound)
    return render(request, "invoices/categories.html", context, status=422 if wrong else 200)


@for_members
def tax_rate_list(request: BusinessRequest) -> HttpResponse:
    form = TaxRateForm(request.POST or None, instance=TaxRate(business=request.business))
    if request.method == "POST" and form.is_valid():
        rate = form.save()
        messages.success(request, f"{rate} has been added.")
        return redirect("invoices:tax_rate_list", request.business.slug)
    return _rates(request, form=form)


@for_members
def tax_rate_edit(request: BusinessRequest, pk: int) -> HttpResponse:
    only_for_editing(request)
    rate = get_object_or_404(request.business.tax_rates, pk=pk)
    form = TaxRateForm(request.POST or None, instance=rate, prefix="edit")
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"{rate} has been saved.")
        return redirect("invoices:tax_rate_list", request.business.slug)
    empty = TaxRateForm(instance=TaxRate(business=request.business))
    return _rates(request, form=empty, editing=form)


@require_POST
@for_members
def tax_rate_default(request: BusinessRequest, pk: int) -> HttpResponse:
    rate = get_object_or_404(request.business.tax_rates, pk=pk)
    services.make_default(rate)
    messages.success(request, f"New lines and products start with {rate}.")
    return redirect("invoices:tax_rate_list", request.business.slug)


@require_POST
@for_members
def tax_rate_delete(request: BusinessRequest, pk: int) -> HttpResponse:
    rate = get_object_or_404(request.business.tax_rates, pk=pk)
    try:
        services.delete_tax_rate(rate)
    except InvoiceRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{rate} has been deleted.")
    return redirect("invoices:tax_rate_list", request.business.slug)


def _rates(
    request: BusinessRequest, *, form: TaxRateForm, editing: TaxRateForm | None = None
) -> HttpResponse:
    used = Count("products", distinct=True) + Count("lines", distinct=True)
    context: dict[str, Any] = {
        "rates": request.business.tax_rates.annotate(used=used),
        "form": form,
        "editing": editing,
    }
    wrong = form.is_bound or (editing is not None and editing.is_bound)
    return render(request, "invoices/tax_rates.html", context, status=422 if wrong else 200)


@for_members
def numbering(request: BusinessRequest) -> HttpResponse:
    sequence = request.business.invoice_sequence
    standing = str(sequence)  # the form changes its instance, wrong values included
    form = NumberingForm(request.POST or None, instance=sequence)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"The next invoice gets the number {sequence}.")
        return redirect("invoices:numbering", request.business.slug)
    context = {"form": form, "standing": standing}
    status = 422 if form.is_bound else 200
    return render(request, "invoices/numbering.html", context, status=status)
