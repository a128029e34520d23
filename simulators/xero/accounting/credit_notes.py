"""Credit notes: read, listed and shown; how they are written they share with invoices."""

from simulators.xero.accounting.allocation_render import allocation_of
from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.contact_render import render_contact
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.invoice_read import invoice_fields
from simulators.xero.accounting.invoice_render import render_head, render_line
from simulators.xero.accounting.listing import (
    candidates,
    filtered,
    in_order,
    modified,
    paged,
    wanted_filter,
)
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_render import render_brief
from simulators.xero.accounting.where import Fields
from simulators.xero.answers import Answer, envelope
from simulators.xero.wire import Json, number

# What a credit note shows in the words of an invoice.
SHARED = frozenset(
    {
        "Type",
        "Reference",
        "SentToContact",
        "CurrencyRate",
        "HasErrors",
        "Contact",
        "DateString",
        "Date",
        "Status",
        "LineAmountTypes",
        "SubTotal",
        "TotalTax",
        "Total",
        "UpdatedDateUTC",
        "UpdatedDateUTCString",
        "CurrencyCode",
        "DueDate",
        "BrandingThemeID",
        "FullyPaidOnDate",
    }
)
INDEXES = {"CreditNoteNumber": ("number",), "Contact.ContactID": ("contact",)}


def credit_note_fields(organisation: Organisation) -> Fields:
    return {
        **invoice_fields(organisation),
        "CreditNoteID": lambda note: note.id,
        "CreditNoteNumber": lambda note: note.number,
        "RemainingCredit": lambda note: note.amount_due,
    }


def list_credit_notes(call: Call) -> Answer:
    organisation = call.organisation
    fields = credit_note_fields(organisation)
    chosen = wanted_filter(call, fields)
    rows = candidates(organisation.credit_notes, chosen, INDEXES)
    page = paged(call, in_order(call, filtered(chosen, modified(call, rows)), fields))
    lines = page.pagination is not None
    rendered = [render_credit_note(organisation, note, lines=lines) for note in page.rows]
    return envelope("CreditNotes", rendered, call.now, pagination=page.pagination)


def read_credit_note(call: Call) -> Answer:
    return envelope("CreditNotes", [credit_note_json(call, named_credit_note(call))], call.now)


def named_credit_note(call: Call) -> Invoice:
    notes, named = call.organisation.credit_notes, call.path[1]
    note = notes.get(named) or notes.find("number", named.casefold())
    if note is None:
        raise NotFound
    return note


def credit_note_json(call: Call, note: Invoice) -> Json:
    rendered = render_credit_note(call.organisation, note)
    contact = call.organisation.contacts.get(note.contact_id)
    if contact:
        rendered["Contact"] = render_contact(call.organisation, contact)
    return rendered


def render_credit_note(organisation: Organisation, note: Invoice, *, lines: bool = True) -> Json:
    head = render_head(organisation, note)
    return {
        **{member: value for member, value in head.items() if member in SHARED},
        "CreditNoteID": note.id,
        "CreditNoteNumber": note.number,
        "RemainingCredit": number(note.amount_due),
        "Allocations": [allocation_of(organisation, one) for one in note.allocations],
        "Payments": [render_brief(payment) for payment in note.payments],
        "LineItems": [render_line(line) for line in note.lines] if lines else [],
        "HasAttachments": False,
    }
