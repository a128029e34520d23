"""An invoice in the API's JSON, as full as the call asks for."""

from datetime import date

from simulators.xero.accounting.allocation_render import applied_bank_credits, applied_credit_notes
from simulators.xero.accounting.contact_render import render_contact
from simulators.xero.accounting.invoice_model import Invoice, Line
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_render import render_brief
from simulators.xero.wire import Json, day_string, ms_date, ms_day, number, utc_string


def render_invoice(organisation: Organisation, invoice: Invoice, *, whole: bool) -> Json:
    """Return an invoice with lines; `whole` adds the whole contact, as single reads do."""
    rendered = render_head(organisation, invoice)
    contact = organisation.contacts.get(invoice.contact_id)
    if whole and contact:
        rendered["Contact"] = render_contact(organisation, contact)
    rendered["LineItems"] = [render_line(line) for line in invoice.lines]
    rendered["Payments"] = [render_brief(payment) for payment in invoice.payments]
    rendered["HasAttachments"] = organisation.attachments.has("document", invoice.id)
    return rendered


def render_unpaged(organisation: Organisation, invoice: Invoice) -> Json:
    """Return an invoice as a list without paging gives it: no lines."""
    rendered = render_head(organisation, invoice)
    rendered["LineItems"] = []
    rendered["Payments"] = [render_brief(payment) for payment in invoice.payments]
    rendered["HasAttachments"] = organisation.attachments.has("document", invoice.id)
    return rendered


def render_head(organisation: Organisation, invoice: Invoice) -> Json:
    """Return what summaryOnly=true keeps: no lines, payments or attachments flag."""
    contact = organisation.contacts.get(invoice.contact_id)
    rendered: Json = {
        "Type": invoice.type,
        "InvoiceID": invoice.id,
        "InvoiceNumber": invoice.number,
        "Reference": invoice.reference,
        "CreditNotes": applied_credit_notes(organisation, invoice),
        **applied_bank_credits(organisation, invoice),
        "AmountDue": number(invoice.amount_due),
        "AmountPaid": number(invoice.amount_paid),
        "AmountCredited": number(invoice.amount_credited),
        "SentToContact": invoice.sent_to_contact,
        "CurrencyRate": number(invoice.currency_rate),
        "IsDiscounted": invoice.total_discount > 0,
        "HasErrors": False,
        "Contact": {
            "ContactID": invoice.contact_id,
            "Name": contact.name if contact else "",
            "Addresses": [],
            "Phones": [],
            "ContactGroups": [],
            "ContactPersons": [],
            "HasValidationErrors": False,
        },
        "DateString": day_string(invoice.day),
        "Date": ms_day(invoice.day),
        "Status": invoice.status,
        "LineAmountTypes": invoice.line_amount_types,
        "SubTotal": number(invoice.sub_total),
        "TotalTax": number(invoice.total_tax),
        "Total": number(invoice.total),
        "UpdatedDateUTC": ms_date(invoice.updated),
        "UpdatedDateUTCString": utc_string(invoice.updated),
        "CurrencyCode": invoice.currency,
    }
    rendered.update(optional_members(invoice))
    return rendered


def optional_members(invoice: Invoice) -> Json:
    members: Json = {}
    if invoice.due_date:
        members["DueDateString"] = day_string(invoice.due_date)
        members["DueDate"] = ms_day(invoice.due_date)
    if invoice.branding_theme_id:
        members["BrandingThemeID"] = invoice.branding_theme_id
    if invoice.url:
        members["Url"] = invoice.url
    if invoice.total_discount:
        members["TotalDiscount"] = number(invoice.total_discount)
    for member, day in dates_of(invoice):
        if day:
            members[member] = ms_day(day)
    return members


def dates_of(invoice: Invoice) -> tuple[tuple[str, date | None], ...]:
    return (
        ("ExpectedPaymentDate", invoice.expected_payment_date),
        ("PlannedPaymentDate", invoice.planned_payment_date),
        ("FullyPaidOnDate", invoice.fully_paid_on),
    )


def render_line(line: Line) -> Json:
    rendered: Json = {
        "LineItemID": line.id,
        "Description": line.description,
        "TaxAmount": number(line.tax_amount),
        "LineAmount": number(line.line_amount),
        "Tracking": list(line.tracking),
        "ValidationErrors": [],
    }
    for member, text in (
        ("ItemCode", line.item_code),
        ("AccountCode", line.account_code),
        ("AccountID", line.account_id),
        ("TaxType", line.tax_type),
    ):
        if text:
            rendered[member] = text
    for member, amount in (
        ("Quantity", line.quantity),
        ("UnitAmount", line.unit_amount),
        ("DiscountRate", line.discount_rate),
        ("DiscountAmount", line.discount_amount),
    ):
        if amount is not None:
            rendered[member] = number(amount)
    return rendered
