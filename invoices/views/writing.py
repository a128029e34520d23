"""The editor's pages: a new invoice, and an invoice that is being changed."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from businesses.access import BusinessRequest, for_members
from contacts.models import Contact
from invoices import registry, services
from invoices.editor import Editor, State
from invoices.errors import InvoiceRefused
from invoices.models import Invoice
from invoices.views.editing import only_for_editing
from pooltrackr.lib.htmx import wants_part

OFFERED = 30  # products in the list under the box; typing narrows them down

# What htmx asks for, by the element that the answer goes into.
PARTS = {
    "totals": "invoices/editor/_totals.html",
    "contact-part": "invoices/editor/_contact_part.html",
    "contact-options": "invoices/editor/_contact_options.html",
    "due-part": "invoices/editor/_due.html",
    "lines": "invoices/editor/_lines.html",
}


@for_members
def invoice_create(request: BusinessRequest) -> HttpResponse:
    only_for_editing(request)
    if request.method == "POST":
        return _work(request, Editor(request.business, State.posted(request.POST)))
    contact = _contact_asked_for(request)
    return _show(request, Editor(request.business, State.blank(request.business, contact=contact)))


@for_members
def invoice_edit(request: BusinessRequest, pk: UUID) -> HttpResponse:
    only_for_editing(request)
    invoice = get_object_or_404(request.business.invoices.select_related("contact"), pk=pk)
    if not invoice.may_be_edited:
        messages.error(request, _why_not(invoice))
        return redirect(invoice)
    posted = request.method == "POST"
    state = State.posted(request.POST) if posted else State.of(invoice)
    editor = Editor(request.business, state, invoice=invoice)
    return _work(request, editor) if posted else _show(request, editor)


@for_members
def product_options(request: BusinessRequest) -> HttpResponse:
    """Answer a line's product box: the products whose fields hold the words typed."""
    names = [name for name in request.GET if name.endswith("-item")]
    typed = request.GET.get(names[0], "") if names else ""
    products = request.business.products.active().search(typed).order_by("code")[:OFFERED]
    return render(request, "invoices/editor/_product_options.html", {"products": products})


def _contact_asked_for(request: BusinessRequest) -> Contact | None:
    """The contact that the link to this page named, if it names one."""
    try:
        pk = UUID(request.GET.get("contact", ""))
    except ValueError:
        return None
    return request.business.contacts.active().filter(pk=pk).first()


def _why_not(invoice: Invoice) -> str:
    if invoice.is_void:
        return f"{invoice} is void and cannot be changed. You can copy it to a new draft."
    return f"{invoice} has payments and cannot be changed. Reverse them first."


def _work(request: BusinessRequest, editor: Editor) -> HttpResponse:
    action = request.POST.get("action", "")
    if action in ("save", "issue"):
        return _save(request, editor, issue=action == "issue")
    editor.apply(action)
    return _show(request, editor)


def _save(request: BusinessRequest, editor: Editor, *, issue: bool) -> HttpResponse:
    if not editor.is_valid():
        return _show(request, editor, status=422)
    try:
        with transaction.atomic():
            invoice = _store(editor)
            if issue and invoice.is_draft:
                services.issue(invoice, by=request.user)
    except InvoiceRefused as refusal:
        editor.form.add_error(None, str(refusal))
        return _show(request, editor, status=422)
    done = "issued" if issue else "saved"
    messages.success(request, f"{invoice} for {invoice.contact} has been {done}.")
    return redirect(invoice)


def _store(editor: Editor) -> Invoice:
    """Create or change; whoever comes back to the form of a new invoice changes what it made."""
    made = editor.invoice or editor.business.invoices.filter(pk=editor.key).first()
    if made:
        return services.update(made, data=editor.data)
    return services.create_draft(editor.business, data=editor.data, key=editor.key)


def _show(request: BusinessRequest, editor: Editor, *, status: int = 200) -> HttpResponse:
    context = {
        "editor": editor,
        "invoice": editor.invoice,
        "products": request.business.products.active().order_by("code")[:OFFERED],
        "issuing": registry.what_issuing_does(request.business),
    }
    template, extra = _template(request, editor)
    response = render(request, template, context | extra, status=status)
    if template != PARTS["totals"]:
        # The totals ask for themselves when lines changed: one place writes them, newest last.
        response.headers["HX-Trigger-After-Settle"] = "lines-changed"
    return response


def _template(request: BusinessRequest, editor: Editor) -> tuple[str, dict[str, object]]:
    """The page, or the part of it that htmx asked for."""
    if not wants_part(request):
        return "invoices/editor/page.html", {}
    target = request.htmx.target or ""
    verb, _, key = request.POST.get("action", "").partition(":")
    if verb == "remove":
        return "invoices/editor/_nothing.html", {}
    if verb in ("add-line", "pick"):
        wanted = editor.focus or key
        row = next((row for row in editor.rows if row.form.key == wanted), None)
        return "invoices/editor/_line.html", {"row": row, "is_new": verb == "add-line"}
    return PARTS.get(target, "invoices/editor/page.html"), {}
