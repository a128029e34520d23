"""The bank on screen: accounts that hold money, and what moved on one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from aiohttp import web

from simulators.xero.accounting.balances import balances
from simulators.xero.accounting.batch_payment_model import BatchPayment
from simulators.xero.accounting.invoice_model import ZERO, Invoice
from simulators.xero.accounting.movements import Movement, Source, movements
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.series import INVOICES, series_of
from simulators.xero.accounting.transfer_model import BankTransfer
from simulators.xero.web.organisations import organisation_of, organisation_page
from simulators.xero.web.paging import turned

KIND_WORDS = {"SPEND": "Money spent", "RECEIVE": "Money received"}


@dataclass(frozen=True)
class Entry:
    """One line of an account's page, with the balance that it left."""

    movement: Movement
    balance: Decimal
    what: str
    documents: tuple[Invoice, ...]
    contact: str
    is_reconciled: bool

    @property
    def source(self) -> Source:
        return self.movement.source


async def account_list(request: web.Request) -> web.StreamResponse:
    organisation = organisation_of(request)
    held = balances(organisation)
    accounts = [one for one in organisation.accounts if one.type == "BANK" or one.enable_payments]
    accounts.sort(key=lambda one: (one.type != "BANK", one.name))
    pairs = [(one, held.get(one.id, ZERO)) for one in accounts]
    return organisation_page(request, "bank_accounts.html", accounts=pairs)


async def account_page(request: web.Request) -> web.StreamResponse:
    organisation = organisation_of(request)
    account = organisation.accounts.get(request.match_info["id"])
    if account is None:
        raise web.HTTPNotFound(text="There is no such account in this organisation.")
    lines = lines_of(organisation, account.id)
    page = turned(request, lines[::-1])
    return organisation_page(
        request,
        "bank_account.html",
        account=account,
        balance=lines[-1][1] if lines else ZERO,
        page=page,
        entries=[entry_of(organisation, *line) for line in page.rows],
    )


def lines_of(organisation: Organisation, account_id: str) -> list[tuple[Movement, Decimal]]:
    """Return what moved on an account, oldest first, each with the balance that it left."""
    moved = [one for one in movements(organisation) if one.account_id == account_id]
    moved.sort(key=lambda one: (one.source.day, one.source.updated))
    return list(zip(moved, accumulate(one.amount for one in moved), strict=True))


def entry_of(organisation: Organisation, movement: Movement, balance: Decimal) -> Entry:
    source = movement.source
    documents = tuple(documents_of(organisation, source))
    return Entry(
        movement=movement,
        balance=balance,
        what=what_moved(organisation, movement),
        documents=documents,
        contact=contact_of(organisation, source, documents),
        is_reconciled=is_reconciled(organisation, source),
    )


def parts_of(organisation: Organisation, source: Source) -> list[Payment]:
    if isinstance(source, BatchPayment):
        return organisation.payments.find_all("batch", source.id)
    return [source] if isinstance(source, Payment) else []


def documents_of(organisation: Organisation, source: Source) -> Iterator[Invoice]:
    for payment in parts_of(organisation, source):
        document = organisation.documents(payment.document_type).get(payment.document_id)
        if document is not None:
            yield document


def what_moved(organisation: Organisation, movement: Movement) -> str:
    source = movement.source
    if isinstance(source, BankTransfer):
        goes_out = movement.account_id == source.from_id
        other = organisation.accounts.get(source.to_id if goes_out else source.from_id)
        return f"Transfer {'to' if goes_out else 'from'} {other.name if other else 'nowhere'}"
    if isinstance(source, Invoice):
        described = next((line.description for line in source.lines if line.description), "")
        return described or KIND_WORDS.get(source.type, series_of(source).name)
    is_refund = isinstance(source, Payment) and source.document_type not in INVOICES.types
    return "Refund of" if is_refund else "Payment of"


def contact_of(organisation: Organisation, source: Source, documents: tuple[Invoice, ...]) -> str:
    """Return whose money it is; a batch is of several."""
    if isinstance(source, BatchPayment | BankTransfer):
        return ""
    owner = source if isinstance(source, Invoice) else next(iter(documents), None)
    contact = organisation.contacts.get(owner.contact_id) if owner else None
    return contact.name if contact else ""


def is_reconciled(organisation: Organisation, source: Source) -> bool:
    if isinstance(source, Invoice):
        return source.is_reconciled
    parts = parts_of(organisation, source)
    return bool(parts) and all(one.is_reconciled for one in parts)


ROUTES = [
    web.get("/o/{short}/bank", account_list),
    web.get("/o/{short}/bank/{id}", account_page),
]
