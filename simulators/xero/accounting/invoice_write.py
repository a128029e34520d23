"""Creating and changing invoices: status life cycle, locks, numbers, money already allocated."""

from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlsplit

from simulators.xero.accounting import messages, totals
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_model import Contact, folded
from simulators.xero.accounting.contact_write import (
    READ_ONLY_MEMBERS,
    contact_called,
    save_contact,
    text_of,
)
from simulators.xero.accounting.days import checked_day
from simulators.xero.accounting.invoice_checks import check_whole
from simulators.xero.accounting.invoice_lines import LineRules, checked_lines
from simulators.xero.accounting.invoice_model import Invoice, Line
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.series import INVOICES, Series, series_of
from simulators.xero.wire import Json, new_id

NUMBER_LIMIT = 255
LINE_AMOUNT_TYPES = frozenset({"Exclusive", "Inclusive", "NoTax"})
CREATABLE = frozenset({"DRAFT", "SUBMITTED", "AUTHORISED"})
NEXT_STATUSES = {
    "DRAFT": frozenset({"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"}),
    "SUBMITTED": frozenset({"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"}),
    "AUTHORISED": frozenset({"AUTHORISED", "VOIDED"}),
    "PAID": frozenset({"PAID", "VOIDED"}),
    "VOIDED": frozenset[str](),
    "DELETED": frozenset[str](),
}
STATUSES = frozenset(NEXT_STATUSES)
IDENTIFYING = frozenset({"ContactID", "ContactNumber", "Name"})


def create_invoice(
    call: Call, sent: Json, problems: Problems, series: Series = INVOICES
) -> Invoice | None:
    """Write as PUT does: an id or a sales number that exists is refused."""
    sent = series.read(sent)
    invoice_id = text_of(sent, "InvoiceID")
    if invoice_id and call.organisation.documents(series.types[0]).get(invoice_id):
        problems.add(messages.INVOICE_EXISTS)
        return None
    return save_invoice(call, None, sent, problems, series)


def upsert_invoice(
    call: Call, sent: Json, problems: Problems, series: Series = INVOICES
) -> Invoice | None:
    """Write as POST does: an invoice with the same id or sales number is changed."""
    sent = series.read(sent)
    invoices = call.organisation.documents(series.types[0])
    invoice_id = text_of(sent, "InvoiceID")
    if invoice_id:
        existing = invoices.get(invoice_id)
        if existing is None:
            problems.add(messages.INVOICE_NOT_FOUND)
            return None
        return save_invoice(call, existing, sent, problems, series)
    number = text_of(sent, "InvoiceNumber")
    # Sales only: two suppliers may well use one number, so bills are never matched by it.
    same_number = invoices.find_all("number", number.casefold()) if number else []
    living = [invoice for invoice in same_number if invoice.status not in {"VOIDED", "DELETED"}]
    matched = (living or same_number)[:1] if sent.get("Type") != "ACCPAY" else []
    if matched and not (call.switches.voided_number_reusable and not living):
        return save_invoice(call, matched[0], sent, problems, series)
    return save_invoice(call, None, sent, problems, series)


def save_invoice(
    call: Call,
    before: Invoice | None,
    sent: Json,
    problems: Problems,
    series: Series = INVOICES,
) -> Invoice | None:
    if before is not None and before.status in {"VOIDED", "DELETED"}:
        problems.add(messages.STATUS_BARS_CHANGE)
        return None
    invoice = before or blank_invoice(call, sent, problems, series)
    invoice = replace(
        invoice, updated=call.now, status=checked_status(before, invoice, sent, problems)
    )
    contact = checked_contact(call, invoice, sent, problems)
    invoice = replace(invoice, contact_id=contact.id if contact else "")
    invoice = with_particulars(call, invoice, sent, problems)
    invoice = with_lines(call, before, invoice, sent, problems)
    check_whole(call, before, invoice, problems)
    if problems:
        return None
    invoice = numbered(call, dated(before, invoice))
    call.organisation.documents(invoice.type).save(invoice)
    return invoice


def dated(before: Invoice | None, invoice: Invoice) -> Invoice:
    """Leave the date of change alone where Xero does, so that If-Modified-Since misses it.

    That is a new due date or mark as sent of a document with money on it.
    """
    if before is None or not before.has_money:
        return invoice
    as_it_was = replace(before, due_date=invoice.due_date, sent_to_contact=invoice.sent_to_contact)
    unseen = replace(invoice, updated=before.updated)
    return unseen if as_it_was == unseen != before else invoice


def blank_invoice(call: Call, sent: Json, problems: Problems, series: Series) -> Invoice:
    kind = text_of(sent, "Type")
    if kind not in series.types:
        problems.add(messages.type_invalid(series.types))
        kind = series.types[0]
    organisation = call.organisation
    theme = organisation.branding_themes[0].id if kind != "ACCPAY" else ""
    return Invoice(
        id=new_id(),
        type=kind,
        contact_id="",
        day=organisation.today(),
        updated=call.now,
        currency=organisation.base_currency,
        branding_theme_id=theme,
    )


def checked_status(before: Invoice | None, invoice: Invoice, sent: Json, problems: Problems) -> str:
    status = text_of(sent, "Status") or invoice.status
    if status not in STATUSES:
        problems.add(messages.INVOICE_STATUS_INVALID)
    elif before is None and status not in CREATABLE:
        problems.add(messages.STATUS_BARS_CREATION)
    elif before is not None and status == "VOIDED" and before.has_money:
        problems.add(messages.VOID_WITH_MONEY)
    elif before is not None and status not in NEXT_STATUSES[before.status]:
        problems.add(messages.STATUS_BARS_CHANGE)
    if before is not None and text_of(sent, "Type") not in {"", before.type}:
        problems.add(messages.TYPE_CANNOT_CHANGE)
    return status


def checked_contact(call: Call, invoice: Invoice, sent: Json, problems: Problems) -> Contact | None:
    """Return the contact the invoice names: found, changed by the way, or created by name."""
    contacts = call.organisation.contacts
    block = sent.get("Contact")
    if not isinstance(block, dict):
        if not invoice.contact_id:
            problems.add(messages.INVOICE_NEEDS_CONTACT)
        return contacts.get(invoice.contact_id)
    nested = Problems()
    contact = contact_of_block(call, block, nested)
    for place, message in nested.found():
        problems.add(message, "Contact", *place)
    # An invoice that is already the archived contact's may still be edited.
    if contact and not contact.is_active and contact.id != invoice.contact_id:
        problems.add(messages.CONTACT_ARCHIVED)
    return contact


def contact_of_block(call: Call, block: Json, problems: Problems) -> Contact | None:
    contacts = call.organisation.contacts
    contact_id, number = text_of(block, "ContactID"), text_of(block, "ContactNumber")
    if contact_id:
        existing = contacts.get(contact_id)
        if existing is None:
            problems.add(messages.CONTACT_NOT_FOUND)
            return None
    else:
        existing = contacts.find("number", folded(number)) if number else None
        existing = existing or contact_called(call, text_of(block, "Name"))
    # SDKs send empty lists and flags with every contact: they name nothing and change nothing.
    members = {key for key, value in block.items() if value not in (None, [], "")}
    only_names_it = not members - READ_ONLY_MEMBERS - IDENTIFYING
    if existing and (members <= READ_ONLY_MEMBERS | {"ContactID"} or only_names_it):
        return existing
    return save_contact(call, existing, block, problems)


def with_particulars(call: Call, invoice: Invoice, sent: Json, problems: Problems) -> Invoice:
    invoice = replace(
        invoice,
        day=checked_day(sent, "Date", invoice.day, problems) or invoice.day,
        due_date=checked_day(sent, "DueDate", invoice.due_date, problems),
        expected_payment_date=checked_day(
            sent, "ExpectedPaymentDate", invoice.expected_payment_date, problems
        ),
        planned_payment_date=checked_day(
            sent, "PlannedPaymentDate", invoice.planned_payment_date, problems
        ),
        number=checked_number(sent, invoice, problems),
        reference=changed_text(sent, "Reference", invoice.reference),
        url=checked_url(sent, invoice, problems),
        currency=checked_currency(call, sent, invoice, problems),
        branding_theme_id=checked_theme(call, sent, invoice, problems),
        line_amount_types=checked_types(sent, invoice, problems),
    )
    # Settable once approved, says Xero; that it is ignored before is a guess.
    if isinstance(sent.get("SentToContact"), bool) and invoice.is_approved:
        invoice = replace(invoice, sent_to_contact=sent["SentToContact"])
    return invoice


def changed_text(sent: Json, member: str, before: str) -> str:
    value = sent.get(member)
    return before if value is None else str(value)


def checked_number(sent: Json, invoice: Invoice, problems: Problems) -> str:
    number = changed_text(sent, "InvoiceNumber", invoice.number)
    if len(number) > NUMBER_LIMIT:
        problems.add(messages.too_long("InvoiceNumber", NUMBER_LIMIT))
    return number or invoice.number


def checked_url(sent: Json, invoice: Invoice, problems: Problems) -> str:
    url = changed_text(sent, "Url", invoice.url)
    if url and (not urlsplit(url).scheme or not urlsplit(url).netloc):
        problems.add(messages.URL_INVALID)
    if "xero" in url.casefold():
        problems.add(messages.URL_NAMES_XERO)
    return url


def checked_currency(call: Call, sent: Json, invoice: Invoice, problems: Problems) -> str:
    organisation = call.organisation
    currency = changed_text(sent, "CurrencyCode", invoice.currency)
    # The same flag that /Organisation/Actions shows, so that a client can know beforehand.
    single = not organisation.allows("UseMulticurrency")
    if single and currency != organisation.base_currency:
        problems.add(messages.currency_not_subscribed(currency))
    return currency


def checked_theme(call: Call, sent: Json, invoice: Invoice, problems: Problems) -> str:
    theme = changed_text(sent, "BrandingThemeID", invoice.branding_theme_id)
    known = {known.id for known in call.organisation.branding_themes}
    if theme and theme.lower() not in known:
        problems.add(messages.BRANDING_THEME_INVALID)
    return theme.lower()


def checked_types(sent: Json, invoice: Invoice, problems: Problems) -> str:
    types = changed_text(sent, "LineAmountTypes", invoice.line_amount_types)
    by_fold = {known.casefold(): known for known in LINE_AMOUNT_TYPES}
    if types.casefold() not in by_fold:
        problems.add(messages.LINE_AMOUNT_TYPES_INVALID)
        return invoice.line_amount_types
    return by_fold[types.casefold()]


def with_lines(
    call: Call, before: Invoice | None, invoice: Invoice, sent: Json, problems: Problems
) -> Invoice:
    """Put the lines sent in place of those there were, and add everything up."""
    complete = invoice.status in {"AUTHORISED", "SUBMITTED"}
    rules = LineRules(call, problems, invoice.line_amount_types, invoice.type == "ACCREC", complete)
    if not isinstance(sent.get("LineItems"), list):
        return with_lines_kept(rules, before, invoice)
    return added_up(rules, invoice, checked_lines(rules, before, sent))


def with_lines_kept(rules: LineRules, before: Invoice | None, invoice: Invoice) -> Invoice:
    """Look at the stored lines once more where a new status or tax treatment asks for it."""
    retaxed = before is not None and before.line_amount_types != invoice.line_amount_types
    restated = before is None or before.status != invoice.status
    if invoice.status in {"VOIDED", "DELETED", "PAID"} or not (retaxed or restated):
        return invoice
    stored = {"LineItems": [{"LineItemID": line.id} for line in invoice.lines]}
    lines = checked_lines(rules, before, stored)
    return added_up(rules, invoice, lines if retaxed else invoice.lines)


def added_up(rules: LineRules, invoice: Invoice, lines: tuple[Line, ...]) -> Invoice:
    call, problems = rules.call, rules.problems
    if not lines and not problems:
        problems.add(messages.INVOICE_NEEDS_LINES)
    pairs = [(line.line_amount, line.tax_amount) for line in lines]
    summed = totals.totals(pairs, types=invoice.line_amount_types)
    if summed.total < 0 and not problems:
        problems.add(messages.TOTAL_NEGATIVE)
    return replace(
        invoice,
        lines=lines,
        sub_total=summed.sub_total,
        total_tax=summed.total_tax,
        total=summed.total,
        total_discount=total_discount(call, lines),
    )


def total_discount(call: Call, lines: tuple[Line, ...]) -> Decimal:
    discount = totals.ZERO
    for line in lines:
        if (line.discount_rate or line.discount_amount) and line.unit_amount is not None:
            gross = (line.quantity or Decimal(0)) * line.unit_amount
            discount += totals.cents(gross, call.switches) - line.line_amount
    return discount


def numbered(call: Call, invoice: Invoice) -> Invoice:
    """Give a sale without a number the organisation's next one that is free."""
    organisation, prefix = call.organisation, series_of(invoice).prefix
    while invoice.is_sale and not invoice.number:
        following = organisation.next_numbers.get(prefix, 1)
        organisation.next_numbers[prefix] = following + 1
        number = f"{prefix}{following:04d}"
        if not organisation.documents(invoice.type).has("number", number.casefold()):
            invoice = replace(invoice, number=number)
    return invoice
