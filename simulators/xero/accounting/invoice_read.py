"""Reading invoices: one, or a list by filter, search and page."""

from collections.abc import Callable, Iterable

from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.contact_model import Contact
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.invoice_render import (
    render_head,
    render_invoice,
    render_unpaged,
)
from simulators.xero.accounting.listing import (
    Page,
    asks_for_page,
    candidates,
    filtered,
    in_order,
    modified,
    paged,
    searched,
    wanted_filter,
)
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.volume import INVOICES, check_volume
from simulators.xero.accounting.where import Fields, Value
from simulators.xero.answers import Answer, envelope
from simulators.xero.wire import Json

INDEXES = {
    "InvoiceNumber": ("number", "bill number"),
    "Contact.ContactID": ("contact",),
}
PLAIN_FIELDS: Fields = {
    "InvoiceID": lambda invoice: invoice.id,
    "InvoiceNumber": lambda invoice: invoice.number,
    "Type": lambda invoice: invoice.type,
    "Status": lambda invoice: invoice.status,
    "Reference": lambda invoice: invoice.reference,
    "Date": lambda invoice: invoice.day,
    "DueDate": lambda invoice: invoice.due_date,
    "Total": lambda invoice: invoice.total,
    "SubTotal": lambda invoice: invoice.sub_total,
    "TotalTax": lambda invoice: invoice.total_tax,
    "AmountDue": lambda invoice: invoice.amount_due,
    "AmountPaid": lambda invoice: invoice.amount_paid,
    "AmountCredited": lambda invoice: invoice.amount_credited,
    "CurrencyCode": lambda invoice: invoice.currency,
    "SentToContact": lambda invoice: invoice.sent_to_contact,
    "UpdatedDateUTC": lambda invoice: invoice.updated,
    "Url": lambda invoice: invoice.url,
    "Contact.ContactID": lambda invoice: invoice.contact_id,
}


def invoice_fields(organisation: Organisation) -> Fields:
    """Return the fields a filter may name, those of the contact included."""

    def of_contact(read: Callable[[Contact], Value]) -> Callable[[Invoice], Value]:
        def look_up(invoice: Invoice) -> Value:
            contact = organisation.contacts.get(invoice.contact_id)
            return read(contact) if contact else None

        return look_up

    return {
        **PLAIN_FIELDS,
        "Contact.Name": of_contact(lambda contact: contact.name),
        "Contact.ContactNumber": of_contact(lambda contact: contact.text.get("ContactNumber")),
    }


def list_invoices(call: Call) -> Answer:
    fields = invoice_fields(call.organisation)
    chosen = wanted_filter(call, fields)
    listed = listed_rows(call)
    if listed is None:
        invoices = call.organisation.invoices
        paging = asks_for_page(call) or bool(call.text("Statuses"))
        check_volume(call, invoices, chosen, INVOICES, paged=paging)
        listed = candidates(invoices, chosen, INDEXES)
    rows = narrowed(call, listed)
    ordered = in_order(call, filtered(chosen, modified(call, rows)), fields)
    # These parameters force paging in Xero, even when no page is asked for.
    forced = any(call.text(name) for name in ("IDs", "InvoiceNumbers", "ContactIDs", "Statuses"))
    page = paged(call, ordered, forced=forced)
    return envelope("Invoices", rendered_page(call, page), call.now, pagination=page.pagination)


def listed_rows(call: Call) -> list[Invoice] | None:
    """Return the invoices named by a list parameter, found by index; None without one."""
    invoices = call.organisation.invoices
    if call.text("IDs"):
        return [row for one in call.listed("IDs") if (row := invoices.get(one))]
    numbers, contacts = call.listed("InvoiceNumbers"), call.listed("ContactIDs")
    if numbers:
        kinds = ("number", "bill number")
        folds = dict.fromkeys(number.casefold() for number in numbers)
        return [row for fold in folds for kind in kinds for row in invoices.find_all(kind, fold)]
    if contacts:
        ids = dict.fromkeys(contact.lower() for contact in contacts)
        return [row for one in ids for row in invoices.find_all("contact", one)]
    return None


def narrowed(call: Call, rows: Iterable[Invoice]) -> Iterable[Invoice]:
    statuses, contacts = set(call.listed("Statuses")), set(call.listed("ContactIDs"))
    if statuses:
        rows = (row for row in rows if row.status in statuses)
    if contacts:
        rows = (row for row in rows if row.contact_id in contacts)
    if call.flag("createdByMyApp"):
        rows = (row for row in rows if row.by_api)
    term = call.text("searchTerm")
    if term:
        rows = (row for row in rows if searched(term, (row.number, row.reference)))
    return rows


def rendered_page(call: Call, page: Page[Invoice]) -> list[Json]:
    organisation = call.organisation
    if call.flag("summaryOnly"):
        return [render_head(organisation, invoice) for invoice in page.rows]
    if page.pagination is None:
        return [render_unpaged(organisation, invoice) for invoice in page.rows]
    return [render_invoice(organisation, invoice, whole=False) for invoice in page.rows]


def read_invoice(call: Call) -> Answer:
    invoice = named_invoice(call)
    rendered = render_invoice(call.organisation, invoice, whole=True)
    return envelope("Invoices", [rendered], call.now)


def named_invoice(call: Call) -> Invoice:
    """Return the invoice whose id or number stands in the address."""
    invoices = call.organisation.invoices
    named = call.path[1]
    invoice = invoices.get(named) or invoices.find("number", named.casefold())
    if invoice is None:
        raise NotFound
    return invoice
