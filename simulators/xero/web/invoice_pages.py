"""Invoices on screen: the list by status with search, and one invoice with its lines."""

from collections import Counter

from aiohttp import web

from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.series import series_of
from simulators.xero.web.organisations import organisation_of, organisation_page
from simulators.xero.web.paging import turned
from simulators.xero.web.rendering import STATUS_WORDS

STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
TYPE_WORDS = {"Exclusive": "Tax exclusive", "Inclusive": "Tax inclusive", "NoTax": "No tax"}


def contact_name(organisation: Organisation, invoice: Invoice) -> str:
    contact = organisation.contacts.get(invoice.contact_id)
    return contact.name if contact else ""


async def invoice_list(request: web.Request) -> web.StreamResponse:
    organisation = organisation_of(request)
    term = request.query.get("q", "").strip().casefold()
    status = request.query.get("status", "")
    found = [
        (invoice, name)
        for invoice in organisation.invoices
        for name in (contact_name(organisation, invoice),)
        if not term
        or any(term in text.casefold() for text in (invoice.number, invoice.reference, name))
    ]
    counts = Counter(invoice.status for invoice, _ in found)
    rows = [pair for pair in found if not status or pair[0].status == status]
    rows.sort(key=lambda pair: (pair[0].day, pair[0].number), reverse=True)
    return organisation_page(
        request,
        "invoices.html",
        page=turned(request, rows),
        term=request.query.get("q", "").strip(),
        status=status,
        statuses=STATUSES,
        counts=counts,
        total=len(found),
        words=STATUS_WORDS,
    )


async def invoice_page(request: web.Request) -> web.StreamResponse:
    organisation = organisation_of(request)
    invoice = organisation.invoices.get(request.match_info["id"])
    if invoice is None:
        raise web.HTTPNotFound(text="There is no such invoice in this organisation.")
    accounts = {
        line.account_id: organisation.accounts.get(line.account_id) for line in invoice.lines
    }
    rates = {
        line.tax_type: organisation.tax_rates.find("code", line.tax_type) for line in invoice.lines
    }
    return organisation_page(
        request,
        "invoice.html",
        invoice=invoice,
        contact=organisation.contacts.get(invoice.contact_id),
        accounts=accounts,
        rates=rates,
        words=STATUS_WORDS,
        type_words=TYPE_WORDS,
        credit_names=credit_names(organisation, invoice),
        next_acts=next_acts(invoice),
    )


def credit_names(organisation: Organisation, invoice: Invoice) -> dict[str, str]:
    """Return what the credit allocated to an invoice is called, by its id."""
    credits = [
        organisation.documents(one.credit_type).get(one.credit_id) for one in invoice.allocations
    ]
    return {one.id: one.number or series_of(one).name.lower() for one in credits if one}


def next_acts(invoice: Invoice) -> list[tuple[str, str]]:
    """Return the buttons a person would find on this invoice."""
    acts = []
    if invoice.status == "AUTHORISED":
        acts.append(("pay_invoice", "Record payment in full"))
    if invoice.payments:
        acts.append(("remove_payments", "Remove payments"))
    elif invoice.status == "AUTHORISED" and not invoice.has_money:
        acts.append(("void_invoice", "Void"))
    return acts


ROUTES = [
    web.get("/o/{short}/invoices", invoice_list),
    web.get("/o/{short}/invoices/{id}", invoice_page),
]
