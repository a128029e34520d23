"""New in Xero: the list, what is done with its contacts, and one of them with a search."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members
from contacts.models import Contact
from pooltrackr.lib.htmx import page
from pooltrackr.lib.tables import Sort, Table
from xero_integration.forms.wizard import ListFilterForm, ReturnForm
from xero_integration.linking import links
from xero_integration.models import Connection, XeroContact
from xero_integration.models.mirror import XeroContactQuerySet
from xero_integration.views.questions import connection_of
from xero_integration.wizard import inbox
from xero_integration.wizard.inbox import Show

SORTS: dict[str, Sort] = {"name": Lower("name"), "changed": "-updated_at"}


class InboxFilterForm(ListFilterForm):
    tabs = Show


class InboxActForm(ReturnForm):
    """An act on contacts: those ticked, or all of the list."""

    act = forms.ChoiceField(
        choices=[("link", ""), ("create", ""), ("ignore", ""), ("propose", ""), ("compare", "")]
    )
    every = forms.BooleanField(required=False)
    row = forms.ModelMultipleChoiceField(XeroContact.objects.none(), required=False)

    def __init__(self, data: QueryDict, *, rows: QuerySet[XeroContact]) -> None:
        super().__init__(data)
        self.fields["row"].queryset = rows  # type: ignore[attr-defined]


class LinkForm(ReturnForm):
    """Which contact of ours one in Xero is."""

    contact = forms.ModelChoiceField(Contact.objects.none())

    def __init__(self, data: QueryDict, *, contacts: QuerySet[Contact]) -> None:
        super().__init__(data)
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]


@for_members
def inbox_list(request: BusinessRequest) -> HttpResponse:
    connection = connection_of(request)
    filters = InboxFilterForm(request.GET)
    found = inbox.listed(connection, filters.shown).search(filters.query)
    table = Table(request, found, sorts=SORTS, default="name")
    counted = inbox.counts(connection)
    context = {
        "connection": connection,
        "filters": filters,
        "table": table,
        "rows": inbox.rows(connection, table.rows),
        "back": request.get_full_path(),
        "tabs": [(one, counted[one], one == filters.shown) for one in Show],
    }
    whole, part = "xero_integration/inbox.html", "xero_integration/_inbox_table.html"
    return page(request, whole, part, context)


@require_POST
@for_members
def inbox_act(request: BusinessRequest) -> HttpResponse:
    """Link to the suggestions, create here, ignore, or propose again."""
    connection = connection_of(request)
    either = inbox.listed(connection, Show.ALL) | inbox.listed(connection, Show.IGNORED)
    form = InboxActForm(request.POST, rows=either)
    if form.is_valid():
        act = form.cleaned_data["act"]
        chosen = _chosen(connection, form)
        messages.success(request, _act(connection, act, chosen, request))
    else:
        messages.error(request, "These contacts are not new any more. Look at the list again.")
    return redirect(form.return_to or reverse("xero:inbox", args=[request.business.slug]))


def _chosen(connection: Connection, form: InboxActForm) -> XeroContactQuerySet:
    """The contacts ticked, or all of the tab and search that the person came from."""
    if not form.cleaned_data["every"]:
        keys = [row.pk for row in form.cleaned_data["row"]]
        return connection.xero_contacts.filter(pk__in=keys)
    asked = InboxFilterForm(form.return_query)
    return inbox.listed(connection, asked.shown).search(asked.query)


def _act(
    connection: Connection, act: str, chosen: XeroContactQuerySet, request: BusinessRequest
) -> str:
    if act == "link":
        return f"{_contacts(inbox.link_best(connection, chosen, by=request.user))} linked."
    if act == "create":
        keys = list(chosen.values_list("pk", flat=True))
        return f"{_contacts(inbox.create(connection, keys, by=request.user))} created here."
    if act == "ignore":
        return f"{_contacts(inbox.ignore(chosen))} ignored. The tab Ignored brings them back."
    if act == "propose":
        return f"{_contacts(inbox.propose_again(chosen))} proposed again."
    inbox.look_again(connection)
    return "The suggestions are made anew."


def _contacts(count: int) -> str:
    return "1 contact" if count == 1 else f"{count} contacts"


@for_members
def inbox_contact(request: BusinessRequest, pk: int) -> HttpResponse:
    """One contact that is new in Xero: link it to a suggestion, or to any other of ours."""
    connection = connection_of(request)
    either = inbox.listed(connection, Show.ALL) | inbox.listed(connection, Show.IGNORED)
    there = get_object_or_404(either, pk=pk)
    if request.method == "POST":
        return _link(request, connection, there)
    query = request.GET.get("find", "").strip()
    (row,) = inbox.rows(connection, [there])
    context = {
        "connection": connection,
        "row": row,
        "find": query,
        "options": inbox.find(connection, query) if query else row.suggestions,
        "back": ReturnForm(request.GET).return_to,
    }
    whole, part = "xero_integration/inbox_contact.html", "xero_integration/_inbox_options.html"
    return page(request, whole, part, context, target="options")


def _link(request: BusinessRequest, connection: Connection, there: XeroContact) -> HttpResponse:
    form = LinkForm(request.POST, contacts=request.business.contacts.active())
    back = form.return_to or reverse("xero:inbox", args=[request.business.slug])
    if not form.is_valid():
        messages.error(request, "That contact is not in use here any more. Choose another one.")
        return redirect("xero:inbox_contact", request.business.slug, there.pk)
    contact = form.cleaned_data["contact"]
    try:
        inbox.link(connection, there, contact, by=request.user)
    except links.LinkConflict as conflict:
        messages.error(request, str(conflict))
        return redirect("xero:inbox_contact", request.business.slug, there.pk)
    messages.success(request, f"{there} in Xero is linked to {contact}.")
    return redirect(back)
