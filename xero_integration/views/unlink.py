"""Taking one contact's link back, with what making it overwrote: asked on a page of its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from businesses.access import BusinessRequest, for_members
from contacts.models import Contact
from xero_integration.client.errors import XeroError
from xero_integration.linking import links, unlinking
from xero_integration.linking.unlinking import NotPutBack, Overwritten
from xero_integration.models import Kind, Link, XeroContact
from xero_integration.views.questions import connection_of

CHANGED = "In Xero it has changed since you opened this page. Look again, then press once more."


class UnlinkForm(forms.Form):
    """Which fields are put back, on either side."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        here: list[Overwritten],
        there: list[Overwritten],
    ) -> None:
        super().__init__(data)
        self.here, self.there = here, there
        for side, rows in (("here", here), ("there", there)):
            self.fields[side] = forms.MultipleChoiceField(
                required=False, choices=[(one.key, one.label) for one in rows]
            )
        # What stood in Xero when the page was shown.
        self.fields["seen"] = forms.CharField(required=False)

    @property
    def present(self) -> str:
        return "|".join(one.now for one in self.there)


@for_members
def unlink(request: BusinessRequest, pk: int) -> HttpResponse:
    connection = connection_of(request)
    found = connection.links.filter(kind=Kind.CONTACT).select_related("connection__business")
    link = get_object_or_404(found, pk=pk)
    contact = get_object_or_404(request.business.contacts, pk=link.object_id)
    row = connection.xero_contacts.filter(xero_id=link.xero_id).first()
    if request.method == "POST":
        return _post(request, link, contact, row)
    return _shown(request, link, contact, row)


def _form(link: Link, contact: Contact, row: XeroContact | None, data: Any = None) -> UnlinkForm:
    current = unlinking.is_current(link)
    here = unlinking.here(link, contact) if current else []
    return UnlinkForm(data, here=here, there=unlinking.there(link, row) if row else [])


def _shown(
    request: BusinessRequest, link: Link, contact: Contact, row: XeroContact | None
) -> HttpResponse:
    form = _form(link, contact, row)
    context = {
        "link": link,
        "is_current": unlinking.is_current(link),
        "connection": link.connection,
        "contact": contact,
        "there": row,
        "form": form,
        # By the form's own fields a template would find those instead.
        "rows_here": form.here,
        "rows_there": form.there,
        "xero_url": links.xero_url(link.connection, Kind.CONTACT, link.xero_id),
    }
    return render(request, "xero_integration/unlink.html", context)


def _post(
    request: BusinessRequest, link: Link, contact: Contact, row: XeroContact | None
) -> HttpResponse:
    """Take the link back here, then send Xero's former values: one call, if any are wanted."""
    if request.POST.getlist("there"):
        try:
            row = unlinking.read_again(link)
        except XeroError as error:
            messages.error(request, f"Xero did not answer as it should: {error.message}")
            return _shown(request, link, contact, row)
    form = _form(link, contact, row, request.POST)
    if not form.is_valid():
        messages.error(request, CHANGED)
        return _shown(request, link, contact, row)
    chosen = form.cleaned_data
    if chosen["there"] and chosen["seen"] != form.present:
        messages.error(request, CHANGED)
        return _shown(request, link, contact, row)
    if unlinking.is_current(link):
        unlinking.take_back(link, chosen["here"], by=request.user)
        messages.success(request, f"{contact} is no longer linked to Xero.")
    return _put_back_there(request, link, row, chosen["there"]) or redirect(contact)


def _put_back_there(
    request: BusinessRequest, link: Link, row: XeroContact | None, keys: list[str]
) -> HttpResponse | None:
    """Send the former values; on a failure the page stays, and offers it once more."""
    if not keys or row is None:
        return None
    try:
        unlinking.put_back_there(link, row, keys)
    except NotPutBack as refusal:
        messages.error(request, f"Xero did not take its former values back: {refusal}")
        return redirect("xero:unlink", request.business.slug, link.pk)
    messages.success(request, "Xero has its former values again.")
    return None
