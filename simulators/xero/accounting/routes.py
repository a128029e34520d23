"""Which call of the accounting API is answered by what, and which scope it needs."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from simulators.xero.accounting import (
    attachments,
    bank_credits,
    bank_transactions,
    bank_transfers,
    batch_payments,
    contact_groups,
    contact_read,
    credit_notes,
    history,
    invoice_read,
    invoice_sending,
    items,
    payment_read,
    settings_read,
)
from simulators.xero.accounting.allocation_write import allocate_all, take_back
from simulators.xero.accounting.bank_transaction_write import (
    create_bank_transaction,
    upsert_bank_transaction,
)
from simulators.xero.accounting.batch import Kind, write_elements
from simulators.xero.accounting.batch_payment_write import (
    change_batch_payment,
    create_batch_payment,
)
from simulators.xero.accounting.call import Call, NotFound, PostDataInvalid
from simulators.xero.accounting.contact_model import Contact
from simulators.xero.accounting.contact_render import render_contact
from simulators.xero.accounting.contact_write import create_contact, upsert_contact
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.invoice_render import render_invoice
from simulators.xero.accounting.invoice_write import create_invoice, upsert_invoice
from simulators.xero.accounting.messages import NOT_FOUND
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.payment_render import render_payment
from simulators.xero.accounting.payment_write import change_payment, create_payment, only_one
from simulators.xero.accounting.series import BANK_CREDITS, CREDIT_NOTES
from simulators.xero.accounting.settings_model import Item
from simulators.xero.accounting.settings_render import render_item
from simulators.xero.accounting.volume import HighVolume
from simulators.xero.accounting.where import QueryParseError
from simulators.xero.answers import (
    Answer,
    high_volume_exception,
    not_simulated,
    post_data_invalid,
    query_exception,
    text_answer,
)
from simulators.xero.table import Row
from simulators.xero.wire import Json

RowT = TypeVar("RowT", bound=Row)
Handler = Callable[[Call], Answer]


def contact_json(call: Call, contact: Contact) -> Json:
    return render_contact(call.organisation, contact)


def invoice_json(call: Call, invoice: Invoice) -> Json:
    return render_invoice(call.organisation, invoice, whole=True)


def item_json(call: Call, item: Item) -> Json:
    return render_item(item)


def payment_json(call: Call, payment: Payment) -> Json:
    return render_payment(call.organisation, payment)


CONTACT = ("Contacts", "ContactID", "HasValidationErrors")
INVOICE = ("Invoices", "InvoiceID", "HasErrors")
CREDIT_NOTE = ("CreditNotes", "CreditNoteID", "HasErrors")
TRANSACTION = ("BankTransactions", "BankTransactionID", "HasErrors")
TRANSFER = ("BankTransfers", "BankTransferID", "HasErrors")
GROUP = ("ContactGroups", "ContactGroupID", "HasValidationErrors")
# Items have no flag of their own (OpenAPI: Item).
ITEM = ("Items", "ItemID", "")
PAYMENT = ("Payments", "PaymentID", "HasValidationErrors")

BATCH_PAYMENT = ("BatchPayments", "BatchPaymentID", "HasValidationErrors")


def write_all(kind: Kind[RowT], call: Call) -> Answer:
    return write_elements(call, kind, call.elements(kind.collection))


def write_items(kind: Kind[Item], call: Call) -> Answer:
    return write_elements(call, kind, items.not_too_many(call.elements(kind.collection)))


def write_one_only(kind: Kind[RowT], call: Call) -> Answer:
    return write_elements(call, kind, only_one(call.elements(kind.collection)))


def write_named(kind: Kind[RowT], find: Callable[[Call], RowT], call: Call) -> Answer:
    """Change the one document that the address names; its id in the body does not count."""
    row_id = find(call).id
    elements = [{**element, kind.id_member: row_id} for element in call.elements(kind.collection)]
    return write_elements(call, kind, elements[:1])


UPSERT_CONTACT = Kind(*CONTACT, upsert_contact, contact_json)
UPSERT_INVOICE = Kind(*INVOICE, upsert_invoice, invoice_json)
UPSERT_ITEM = Kind(*ITEM, items.upsert_item, item_json)
CREATE_CREDIT_NOTE = Kind(
    *CREDIT_NOTE, partial(create_invoice, series=CREDIT_NOTES), credit_notes.credit_note_json
)
UPSERT_CREDIT_NOTE = Kind(
    *CREDIT_NOTE, partial(upsert_invoice, series=CREDIT_NOTES), credit_notes.credit_note_json
)
CREATE_TRANSACTION = Kind(*TRANSACTION, create_bank_transaction, bank_transactions.transaction_json)
UPSERT_TRANSACTION = Kind(*TRANSACTION, upsert_bank_transaction, bank_transactions.transaction_json)
CREATE_TRANSFER = Kind(*TRANSFER, bank_transfers.create_transfer, bank_transfers.transfer_json)
DELETE_TRANSFER = Kind(*TRANSFER, bank_transfers.delete_transfer, bank_transfers.transfer_json)
CREATE_GROUP = Kind(*GROUP, contact_groups.create_group, contact_groups.group_json)
CHANGE_GROUP = Kind(*GROUP, contact_groups.change_group, contact_groups.group_json)
CREATE_PAYMENT = Kind(*PAYMENT, create_payment, payment_json)
CHANGE_PAYMENT = Kind(*PAYMENT, change_payment, payment_json)
CREATE_BATCH = Kind(*BATCH_PAYMENT, create_batch_payment, batch_payments.batch_json)
CHANGE_BATCH = Kind(*BATCH_PAYMENT, change_batch_payment, batch_payments.batch_json)

ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "organisation"): settings_read.read_organisation,
    ("GET", "organisation/actions"): settings_read.read_actions,
    ("GET", "accounts"): settings_read.list_accounts,
    ("GET", "accounts/*"): settings_read.read_account,
    ("GET", "taxrates"): settings_read.list_tax_rates,
    ("GET", "taxrates/*"): settings_read.read_tax_rate,
    ("GET", "brandingthemes"): settings_read.list_branding_themes,
    ("GET", "trackingcategories"): settings_read.list_tracking_categories,
    ("GET", "contacts"): contact_read.list_contacts,
    ("GET", "contacts/*"): contact_read.read_contact,
    ("PUT", "contacts"): partial(write_all, Kind(*CONTACT, create_contact, contact_json)),
    ("POST", "contacts"): partial(write_all, UPSERT_CONTACT),
    ("POST", "contacts/*"): partial(write_named, UPSERT_CONTACT, contact_read.named_contact),
    ("GET", "invoices"): invoice_read.list_invoices,
    ("GET", "invoices/*"): invoice_read.read_invoice,
    ("PUT", "invoices"): partial(write_all, Kind(*INVOICE, create_invoice, invoice_json)),
    ("POST", "invoices"): partial(write_all, UPSERT_INVOICE),
    ("POST", "invoices/*"): partial(write_named, UPSERT_INVOICE, invoice_read.named_invoice),
    ("GET", "items"): items.list_items,
    ("GET", "items/*"): items.read_item,
    ("DELETE", "items/*"): items.delete_item,
    ("PUT", "items"): partial(write_items, Kind(*ITEM, items.create_item, item_json)),
    ("POST", "items"): partial(write_items, UPSERT_ITEM),
    ("POST", "items/*"): partial(write_named, UPSERT_ITEM, items.named_item),
    ("GET", "creditnotes"): credit_notes.list_credit_notes,
    ("GET", "creditnotes/*"): credit_notes.read_credit_note,
    ("PUT", "creditnotes"): partial(write_all, CREATE_CREDIT_NOTE),
    ("POST", "creditnotes"): partial(write_all, UPSERT_CREDIT_NOTE),
    ("POST", "creditnotes/*"): partial(
        write_named, UPSERT_CREDIT_NOTE, credit_notes.named_credit_note
    ),
    ("GET", "banktransactions"): bank_transactions.list_transactions,
    ("GET", "banktransactions/*"): bank_transactions.read_transaction,
    ("PUT", "banktransactions"): partial(write_all, CREATE_TRANSACTION),
    ("POST", "banktransactions"): partial(write_all, UPSERT_TRANSACTION),
    ("POST", "banktransactions/*"): partial(
        write_named, UPSERT_TRANSACTION, bank_transactions.named_transaction
    ),
    ("GET", "banktransfers"): bank_transfers.list_transfers,
    ("GET", "banktransfers/*"): bank_transfers.read_transfer,
    ("PUT", "banktransfers"): partial(write_all, CREATE_TRANSFER),
    ("POST", "banktransfers"): partial(write_all, DELETE_TRANSFER),
    ("POST", "banktransfers/*"): partial(
        write_named, DELETE_TRANSFER, bank_transfers.named_transfer
    ),
    ("GET", "invoices/*/pdf"): invoice_sending.read_pdf,
    ("GET", "invoices/*/onlineinvoice"): invoice_sending.read_online_invoice,
    ("POST", "invoices/*/email"): invoice_sending.email_invoice,
    ("GET", "invoices/*/attachments"): attachments.list_attachments,
    ("GET", "invoices/*/attachments/*"): attachments.read_attachment,
    ("PUT", "invoices/*/attachments/*"): attachments.write_attachment,
    ("POST", "invoices/*/attachments/*"): attachments.write_attachment,
    ("GET", "contactgroups"): contact_groups.list_groups,
    ("GET", "contactgroups/*"): contact_groups.read_group,
    ("PUT", "contactgroups"): partial(write_all, CREATE_GROUP),
    ("POST", "contactgroups/*"): partial(write_named, CHANGE_GROUP, contact_groups.named_group),
    ("PUT", "contactgroups/*/contacts"): contact_groups.add_contacts,
    ("DELETE", "contactgroups/*/contacts"): contact_groups.remove_contacts,
    ("DELETE", "contactgroups/*/contacts/*"): contact_groups.remove_contacts,
    ("GET", "payments"): payment_read.list_payments,
    ("GET", "payments/*"): payment_read.read_payment,
    ("PUT", "payments"): partial(write_all, CREATE_PAYMENT),
    ("POST", "payments"): partial(write_one_only, CREATE_PAYMENT),
    ("POST", "payments/*"): partial(write_named, CHANGE_PAYMENT, payment_read.named_payment),
    ("GET", "batchpayments"): batch_payments.list_batch_payments,
    ("GET", "batchpayments/*"): batch_payments.read_batch_payment,
    ("PUT", "batchpayments"): partial(write_all, CREATE_BATCH),
    ("POST", "batchpayments"): partial(write_all, CHANGE_BATCH),
    ("POST", "batchpayments/*"): partial(write_named, CHANGE_BATCH, batch_payments.named_batch),
}
CREDITS: dict[str, Callable[[Call], Invoice]] = {"creditnotes": credit_notes.named_credit_note}
for series in BANK_CREDITS:
    resource = f"{series.name.lower()}s"
    CREDITS[resource] = partial(bank_credits.named_credit, series)
    ROUTES["GET", resource] = partial(bank_credits.list_credits, series)
    ROUTES["GET", f"{resource}/*"] = partial(bank_credits.read_credit, series)
for resource, find_credit in CREDITS.items():
    ROUTES["PUT", f"{resource}/*/allocations"] = partial(allocate_all, find_credit)
    ROUTES["DELETE", f"{resource}/*/allocations/*"] = partial(take_back, find_credit)
WITH_HISTORY: dict[str, Callable[[Call], Row]] = {
    "contacts": contact_read.named_contact,
    "invoices": invoice_read.named_invoice,
    "banktransactions": bank_transactions.named_transaction,
    "banktransfers": bank_transfers.named_transfer,
    **CREDITS,
    "payments": payment_read.named_payment,
    "batchpayments": batch_payments.named_batch,
}
for resource, find in WITH_HISTORY.items():
    ROUTES["GET", f"{resource}/*/history"] = partial(history.list_history, find)
    ROUTES["PUT", f"{resource}/*/history"] = partial(history.add_history, find)


def dispatch(call: Call) -> Answer:
    """Answer a call; what is not simulated is named, never guessed."""
    handler = handler_of(call.method, call.path)
    if handler is None:
        return not_simulated(f"{call.method} {'/'.join(call.path)}")
    try:
        return handler(call)
    except NotFound:
        return text_answer(NOT_FOUND, status=404)
    except PostDataInvalid as error:
        return post_data_invalid(str(error))
    except QueryParseError as error:
        return query_exception(str(error))
    except HighVolume as error:
        return high_volume_exception(str(error))


def handler_of(method: str, path: tuple[str, ...]) -> Handler | None:
    words = [part.lower() for part in path]
    literal = ROUTES.get((method, "/".join(words)))
    if literal is not None or len(words) < 2:
        return literal
    stars = ["*" if place % 2 else word for place, word in enumerate(words)]
    return ROUTES.get((method, "/".join(stars)))
