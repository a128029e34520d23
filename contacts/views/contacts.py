"""The list of contacts, one contact's page, and its form."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from businesses.access import BusinessRequest, for_members
from contacts import registry, services
from contacts.forms.contact import ContactForm
from contacts.forms.filters import ContactFilter
from contacts.models import Contact
from contacts.similar import similar_contacts
from pooltrackr.lib.htmx import page, redirect_to
from pooltrackr.lib.tables import Sort, Table

SORTS: dict[str, Sort] = {
    "name": Lower("name"),
    "email": Lower("email"),
    "city": Lower("street_city"),
    "updated": "-updated_at",
}


@for_members
def contact_list(request: BusinessRequest) -> HttpResponse:
    filters = ContactFilter(request.GET, business=request.business)
    active_pools = Count("pools", filter=Q(pools__archived_at=None), distinct=True)
    table = Table(
        request,
        filters.apply(request.business.contacts.all()),
        sorts=SORTS,
        default="name",
    )
    rows = request.business.contacts.filter(pk__in=[row.pk for row in table.rows])
    counted = rows.annotate(pool_count=active_pools).prefetch_related("tags").in_bulk()
    context = {
        "filters": filters,
        "table": table,
        "rows": [counted[row.pk] for row in table.rows],
        "any_contact": table.count or request.business.contacts.exists(),
    }
    return page(request, "contacts/list.html", "contacts/_table.html", context)


@for_members
def contact_detail(request: BusinessRequest, pk: UUID) -> HttpResponse:
    contacts = request.business.contacts.select_related("business", "merged_into")
    contact = get_object_or_404(contacts.prefetch_related("tags"), pk=pk)
    context = {
        "contact": contact,
        "pool_links": contact.pool_contacts.select_related("pool").order_by("pool__name"),
        "merges": contact.merges_received.filter(undone_at=None).select_related("duplicate"),
        "panels": _panels(request, contact),
    }
    return render(request, "contacts/detail.html", context)


def _panels(request: BusinessRequest, contact: Contact) -> list[SafeString]:
    shown = []
    for panel in registry.panels.values():
        context = panel.context(contact)
        if context is not None:
            context = {"contact": contact, **context}
            shown.append(render_to_string(panel.template, context, request))
    return shown


@for_members
def contact_create(request: BusinessRequest) -> HttpResponse:
    contact = Contact(business=request.business)
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        similar = [] if "anyway" in request.POST else similar_contacts(form.instance)
        if not similar:
            services.save_contact(form.instance, tags=form.cleaned_data["tags"])
            messages.success(request, f"{contact} has been added.")
            return redirect_to(request, contact.get_absolute_url())
        return render(request, "contacts/form.html", {"form": form, "similar": similar})
    return render(request, "contacts/form.html", {"form": form})


@for_members
def contact_edit(request: BusinessRequest, pk: UUID) -> HttpResponse:
    contact = get_object_or_404(request.business.contacts, pk=pk)
    if primary := contact.merged_into:
        # By way of an old tab or the browser's back button.
        messages.info(request, f"{contact} has been merged into {primary}. Nothing was saved.")
        return redirect(primary)
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        services.save_contact(form.instance, tags=form.cleaned_data["tags"])
        messages.success(request, f"{contact} has been saved.")
        return redirect(contact)
    # The form's instance holds what was typed: the heading keeps the name that stands.
    standing = request.business.contacts.get(pk=pk)
    return render(request, "contacts/form.html", {"form": form, "contact": standing})


@for_members
def contact_archive(request: BusinessRequest, pk: UUID) -> HttpResponse:
    contact = get_object_or_404(request.business.contacts, pk=pk)
    if contact.is_archived:
        return redirect(contact)  # a second click: what was asked for is done
    if request.method == "POST":
        contact.archive()
        messages.success(request, f"{contact} has been archived.")
        return redirect(contact)
    context = {
        "contact": contact,
        "pools": request.business.pools.filter(pool_contacts__contact=contact).active().distinct(),
        "held": registry.described(contact),
        "consequences": registry.consequences_of_archiving(contact),
    }
    return render(request, "contacts/archive.html", context)


@for_members
def contact_restore(request: BusinessRequest, pk: UUID) -> HttpResponse:
    contact = get_object_or_404(request.business.contacts.filter(merged_into=None), pk=pk)
    if not contact.is_archived:
        return redirect(contact)  # a second click: what was asked for is done
    if request.method == "POST":
        contact.restore()
        messages.success(request, f"{contact} is active again.")
        return redirect(contact)
    return render(request, "contacts/restore.html", {"contact": contact})
