"""Pools: the list, one pool's page with its contacts, and its form."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from contacts import services
from contacts.forms.filters import PoolFilter
from contacts.forms.pool import PoolContactForm, PoolForm
from contacts.models import Contact, Pool, PoolContact, PoolRole
from contacts.views.lookups import MOST
from pooltrackr.lib.htmx import page, wants_part
from pooltrackr.lib.tables import Sort, Table

SORTS: dict[str, Sort] = {"name": Lower("name"), "city": Lower("city"), "updated": "-updated_at"}


@for_members
def pool_list(request: BusinessRequest) -> HttpResponse:
    filters = PoolFilter(request.GET)
    links = Prefetch("pool_contacts", PoolContact.objects.select_related("contact"))
    pools = filters.apply(request.business.pools.all()).prefetch_related(links)
    table = Table(request, pools, sorts=SORTS, default="name")
    context = {
        "filters": filters,
        "table": table,
        "any_pool": table.count or request.business.pools.exists(),
    }
    return page(request, "contacts/pools/list.html", "contacts/pools/_table.html", context)


@for_members
def pool_detail(request: BusinessRequest, pk: UUID) -> HttpResponse:
    pool = get_object_or_404(request.business.pools, pk=pk)
    if wants_part(request, "found-contacts"):
        return render(request, "contacts/pools/_found.html", _people(request, pool))
    return render(request, "contacts/pools/detail.html", _people(request, pool))


def _people(request: BusinessRequest, pool: Pool) -> dict[str, object]:
    """The pool's contacts, and those that a search for another one found."""
    query = request.GET.get("find", "").strip()
    found = request.business.contacts.active().search(query)[:MOST] if query else []
    return {
        "pool": pool,
        "links": pool.pool_contacts.select_related("contact").order_by("role", "contact__name"),
        "query": query,
        "found": found,
        "roles": PoolRole.choices,
    }


@for_members
@require_POST
def pool_contact_add(request: BusinessRequest, pk: UUID) -> HttpResponse:
    pool = get_object_or_404(request.business.pools, pk=pk)
    form = PoolContactForm(request.POST, business=request.business)
    error = ""
    if form.is_valid():
        services.link_pool(pool, **form.cleaned_data)
    else:
        error = " ".join(str(text) for texts in form.errors.values() for text in texts)
    return _changed_people(request, pool, error=error)


@for_members
@require_POST
def pool_contact_remove(request: BusinessRequest, pk: UUID, link: int) -> HttpResponse:
    pool = get_object_or_404(request.business.pools, pk=pk)
    pool.pool_contacts.filter(pk=link).delete()
    return _changed_people(request, pool)


def _changed_people(request: BusinessRequest, pool: Pool, *, error: str = "") -> HttpResponse:
    if wants_part(request):
        context = {**_people(request, pool), "error": error}
        return render(request, "contacts/pools/_people.html", context)
    if error:
        messages.error(request, error)
    return redirect(pool)


@for_members
def pool_create(request: BusinessRequest) -> HttpResponse:
    """Add a pool; ?contact= links it to that contact and starts with its address."""
    contact = _contact_asked_for(request)
    pool = Pool(business=request.business)
    form = PoolForm(request.POST or None, instance=pool, initial=_address_of(contact))
    if request.method == "POST" and form.is_valid():
        role = request.POST.get("role", "")
        known = role if role in PoolRole.values else PoolRole.OWNER
        services.create_pool(form.instance, contact=contact, role=known)
        messages.success(request, f"{pool} has been added.")
        return redirect(contact or pool)
    context = {"form": form, "contact": contact, "roles": PoolRole.choices}
    return render(request, "contacts/pools/form.html", context)


def _contact_asked_for(request: BusinessRequest) -> Contact | None:
    try:
        pk = UUID(request.GET.get("contact", ""))
    except ValueError:
        return None
    return get_object_or_404(request.business.contacts.active(), pk=pk)


def _address_of(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {}
    kind = "street" if contact.street_line1 or contact.street_city else "postal"
    parts = {"line1": "line1", "line2": "line2", "city": "city", "region": "region"}
    parts |= {"postal_code": "code", "country": "country"}
    return {field: getattr(contact, f"{kind}_{part}") for field, part in parts.items()}


@for_members
def pool_edit(request: BusinessRequest, pk: UUID) -> HttpResponse:
    pool = get_object_or_404(request.business.pools, pk=pk)
    if primary := pool.merged_into:
        messages.info(request, f"{pool} has been merged into {primary}. Nothing was saved.")
        return redirect(primary)
    form = PoolForm(request.POST or None, instance=pool)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"{pool} has been saved.")
        return redirect(pool)
    standing = request.business.pools.get(pk=pk)
    return render(request, "contacts/pools/form.html", {"form": form, "pool": standing})


@for_members
def pool_archive(request: BusinessRequest, pk: UUID) -> HttpResponse:
    pool = get_object_or_404(request.business.pools, pk=pk)
    if pool.is_archived:
        return redirect(pool)  # a second click: what was asked for is done
    if request.method == "POST":
        pool.archive()
        messages.success(request, f"{pool} has been archived.")
        return redirect(pool)
    return render(request, "contacts/pools/archive.html", {"pool": pool})


@for_members
@require_POST
def pool_restore(request: BusinessRequest, pk: UUID) -> HttpResponse:
    pool = get_object_or_404(request.business.pools.filter(merged_into=None), pk=pk)
    pool.restore()
    messages.success(request, f"{pool} is active again.")
    return redirect(pool)
