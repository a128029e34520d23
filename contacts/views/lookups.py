"""Small answers to what somebody types: contacts by search, tags by their first letters."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from businesses.access import BusinessRequest, for_members
from contacts import services
from contacts.models import Contact

# As many as one reads in a drop-down; whoever wants another types one more letter.
MOST = 20


@for_members
def contact_search(request: BusinessRequest) -> JsonResponse:
    """Answer a search box: active contacts whose fields hold the words of ?q=."""
    contacts = request.business.contacts.active().search(request.GET.get("q", ""))[:MOST]
    results = [{"value": str(c.pk), "text": c.name, "hint": hint(c)} for c in contacts]
    return JsonResponse({"results": results})


@for_members
def tag_suggestions(request: BusinessRequest) -> HttpResponse:
    """Answer the tag box: whole values, the words before the last comma kept as typed."""
    typed = request.GET.get("tags", "")
    before, comma, last = typed.rpartition(",")
    start = f"{before}{comma} " if comma else ""
    names = services.tag_names(request.business, starting=last.strip())
    context = {"values": [f"{start}{name}" for name in names]}
    return render(request, "contacts/_tag_options.html", context)


def hint(contact: Contact) -> str:
    """Say in one line what tells this contact from others of its name."""
    phone = contact.mobile or contact.phone
    place = contact.street_city or contact.postal_city
    return " · ".join(part for part in (contact.email, phone, place) if part)
