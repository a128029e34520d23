"""Allocating credit to invoices: what is left of it and what is due go down together."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from simulators.xero.accounting import messages
from simulators.xero.accounting.allocation_render import render_allocation
from simulators.xero.accounting.batch import Kind, write_elements
from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.contact_write import text_of
from simulators.xero.accounting.days import check_locks, checked_day
from simulators.xero.accounting.invoice_model import Allocation, Invoice
from simulators.xero.accounting.payment_write import checked_amount, settle
from simulators.xero.accounting.problems import Problems
from simulators.xero.answers import Answer, json_answer, validation_exception
from simulators.xero.wire import Json, new_id


def allocate_all(find: Callable[[Call], Invoice], call: Call) -> Answer:
    """Allocate the credit that the address names to the invoices of the body."""
    find(call)
    write = partial(allocate, find=find)
    kind = Kind("Allocations", "AllocationID", "HasErrors", write, render_allocation)
    return write_elements(call, kind, call.elements("Allocations"))


def allocate(
    call: Call, sent: Json, problems: Problems, *, find: Callable[[Call], Invoice]
) -> Allocation | None:
    # Read anew for each element: the one before took some of the credit.
    return enter_allocation(call, sent, problems, credit=find(call))


def enter_allocation(
    call: Call, sent: Json, problems: Problems, *, credit: Invoice
) -> Allocation | None:
    block = sent.get("Invoice")
    invoice_id = text_of(block, "InvoiceID") if isinstance(block, dict) else ""
    invoice = call.organisation.invoices.get(invoice_id)
    amount = checked_amount(sent, problems)
    day = checked_day(sent, "Date", call.organisation.today(), problems)
    check_pair(credit, invoice, problems)
    if invoice is None or amount is None or day is None:
        return None
    check_locks(call, day, problems)
    if amount > min(invoice.amount_due, credit.amount_due):
        problems.add(messages.ALLOCATION_TOO_LARGE)
    if problems:
        return None
    allocation = Allocation(new_id(), credit.id, credit.type, invoice.id, day, amount)
    for document in (credit, invoice):
        allocations = (*document.allocations, allocation)
        settle(call, replace(document, allocations=allocations), day)
    return allocation


def check_pair(credit: Invoice, invoice: Invoice | None, problems: Problems) -> None:
    if invoice is None or invoice.type != "ACCREC":
        problems.add(messages.ALLOCATION_NEEDS_INVOICE)
    elif credit.status != "AUTHORISED" or invoice.status != "AUTHORISED":
        problems.add(messages.ALLOCATION_NOT_FOR_STATUS)
    elif credit.contact_id != invoice.contact_id:
        problems.add(messages.ALLOCATION_OTHER_CONTACT)


def take_back(find: Callable[[Call], Invoice], call: Call) -> Answer:
    """Take one allocation off the credit and off the invoice."""
    credit, allocation_id = find(call), call.path[3].lower()
    allocation = next((one for one in credit.allocations if one.id == allocation_id), None)
    if allocation is None:
        raise NotFound
    problems = Problems()
    check_locks(call, allocation.day, problems)
    shown = render_allocation(call, allocation)
    if problems:
        echo = problems.echo(shown, id_member="AllocationID", flag="HasErrors")
        return validation_exception([echo])
    for document in (credit, call.organisation.invoices.get(allocation.invoice_id)):
        if document is not None:
            left = tuple(one for one in document.allocations if one.id != allocation.id)
            settle(call, replace(document, allocations=left), allocation.day)
    return json_answer({**shown, "IsDeleted": True})
