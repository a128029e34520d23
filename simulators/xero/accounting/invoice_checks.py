"""What no single member of an invoice decides: locks, permissions, money on it, the number."""

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.days import check_locks
from simulators.xero.accounting.invoice_model import Invoice, Line
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.series import series_of

# How /Organisation/Actions calls what it has permissions for.
ACTION_WORDS = {"ACCREC": "Invoice", "ACCPAY": "Bill"}


def check_whole(call: Call, before: Invoice | None, invoice: Invoice, problems: Problems) -> None:
    """Check what no single member decides: due date, locks, money allocated, the number."""
    complete = invoice.status in {"AUTHORISED", "SUBMITTED"}
    if complete and series_of(invoice).needs_due_date and invoice.due_date is None:
        problems.add(messages.INVOICE_NEEDS_DUE_DATE)
    if invoice.is_approved or invoice.status == "VOIDED":
        check_locks(call, invoice.day, problems)
    # Both ends count: an approved invoice can be moved neither into a locked period nor out.
    if before is not None and before.is_approved:
        check_locks(call, before.day, problems)
    if before is not None and before.has_money and changes_money(before, invoice):
        problems.add(messages.DOCUMENT_HAS_MONEY)
    if before is None or not before.is_approved:
        check_plan(call, invoice, problems)
    check_permission(call, before, invoice, problems)
    check_number(call, invoice, problems)


def check_permission(
    call: Call, before: Invoice | None, invoice: Invoice, problems: Problems
) -> None:
    """Refuse what /Organisation/Actions says the connected user may not do."""
    what = ACTION_WORDS.get(invoice.type)
    approves = invoice.is_approved and not (before and before.is_approved)
    if what is None or not (approves or before is None):
        return
    action = f"Create{'Approved' if approves else 'Draft'}{what}"
    if not call.organisation.allows(action):
        problems.add(f"{messages.ACTION_FORBIDDEN} {action}.")


def check_plan(call: Call, invoice: Invoice, problems: Problems) -> None:
    """Refuse to approve more of a month than a small plan takes; the invoice's date counts."""
    limit = call.organisation.plan_limits.get(invoice.type)
    if limit is None or not invoice.is_approved:
        return
    approved = sum(
        1
        for one in call.organisation.invoices
        if one.type == invoice.type
        and one.is_approved
        and (one.day.year, one.day.month) == (invoice.day.year, invoice.day.month)
    )
    if approved >= limit:
        problems.add(messages.PLAN_LIMIT)


def changes_money(before: Invoice, after: Invoice) -> bool:
    """Whether anything differs that must stay once money is allocated."""
    if [money_of(line) for line in before.lines] != [money_of(line) for line in after.lines]:
        return True
    if before.contact_id != after.contact_id and before.amount_credited > 0:
        return True
    return (before.day, before.currency, before.line_amount_types, before.total) != (
        after.day,
        after.currency,
        after.line_amount_types,
        after.total,
    )


def money_of(line: Line) -> tuple[object, ...]:
    return line.id, line.quantity, line.unit_amount, line.tax_type, line.line_amount


def check_number(call: Call, invoice: Invoice, problems: Problems) -> None:
    """Refuse a sales number that another invoice has; bills may share theirs."""
    if not invoice.number or not invoice.is_sale:
        return
    reusable = call.switches.voided_number_reusable
    documents = call.organisation.documents(invoice.type)
    for other in documents.find_all("number", invoice.number.casefold()):
        gone = other.status in {"VOIDED", "DELETED"}
        if other.id != invoice.id and not (gone and reusable):
            problems.add(series_of(invoice).number_taken)
