"""Random invoices that Xero would take, the same for the same seed."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.invoice_write import create_invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.problems import Problems
from simulators.xero.switches import Switches
from simulators.xero.wire import Json

WORK = (
    ("Regular pool service", "201", "OUTPUT", (8500, 14000)),
    ("Liquid chlorine 10 L", "202", "OUTPUT", (2190, 2650)),
    ("Pool salt 20 kg", "202", "OUTPUT", (1190, 1590)),
    ("Green pool recovery", "201", "OUTPUT", (24000, 52000)),
    ("Cartridge filter element", "203", "OUTPUT", (7900, 18900)),
    ("Pump seal kit, fitted", "204", "OUTPUT", (13900, 22900)),
    ("Water test, laboratory", "205", "EXEMPTOUTPUT", (1500, 3500)),
)
STATUSES = ("AUTHORISED",) * 8 + ("DRAFT", "SUBMITTED")
# Its own series, as of a firm that wrote in Xero before: the app's numbers begin with "INV-".
PREFIX = "BL-"
MOST_LINES = 4
DAYS_BACK = 240
TERMS_DAYS = 14
GRACE_DAYS = 21
PAID_SHARE = 0.85


def add_invoices(
    organisation: Organisation, count: int, *, now: datetime, switches: Switches
) -> None:
    """Add invoices to contacts chosen at random; without contacts there is nobody to bill."""
    contacts = [contact.id for contact in organisation.contacts if contact.is_active]
    if not contacts:
        return
    # A fixed seed: the demonstration looks the same each time.
    chance = random.Random(organisation.short_code)  # noqa: S311 - not a secret
    call = Call(organisation, "PUT", (), {"unitdp": "4"}, b"", now, switches)
    for number in range(1, count + 1):
        issued = now - timedelta(days=chance.randrange(DAYS_BACK))
        element = invoice_for(chance.choice(contacts), issued, chance)
        element["InvoiceNumber"] = f"{PREFIX}{number:04d}"
        problems = Problems()
        invoice = create_invoice(replace(call, now=issued), element, problems)
        if invoice is None:
            raise ValueError(f"A random invoice is not lawful: {problems.found()}")
        paid = paid_if_old(organisation, replace(invoice, by_api=False), chance)
        organisation.invoices.save(paid)
        for payment in paid.payments:
            organisation.payments.save(payment)


def paid_if_old(organisation: Organisation, invoice: Invoice, chance: random.Random) -> Invoice:
    """Pay most invoices that have been due for weeks, as customers do."""
    due = invoice.due_date
    overdue = due is not None and (organisation.clock.now().date() - due).days > GRACE_DAYS
    if invoice.status != "AUTHORISED" or not overdue or chance.random() > PAID_SHARE:
        return invoice
    paid_on = invoice.day + timedelta(days=TERMS_DAYS)
    bank = next(account for account in organisation.accounts if account.type == "BANK")
    payment = Payment(
        id=str(UUID(int=chance.getrandbits(128))),
        document_id=invoice.id,
        document_type=invoice.type,
        account_id=bank.id,
        day=paid_on,
        amount=invoice.total,
        updated=invoice.updated,
    )
    return replace(invoice, status="PAID", payments=(payment,), fully_paid_on=paid_on)


def invoice_for(contact_id: str, issued: datetime, chance: random.Random) -> Json:
    day = issued.date()
    return {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact_id},
        "Date": day.isoformat(),
        "DueDate": (day + timedelta(days=TERMS_DAYS)).isoformat(),
        "LineAmountTypes": chance.choice(("Exclusive", "Inclusive")),
        "Status": chance.choice(STATUSES),
        "LineItems": [line(chance) for _ in range(chance.randint(1, MOST_LINES))],
    }


def line(chance: random.Random) -> Json:
    description, account, tax_type, (least, most) = chance.choice(WORK)
    return {
        "Description": description,
        "Quantity": chance.randint(1, 4),
        "UnitAmount": f"{chance.randint(least, most) / 100:.2f}",
        "AccountCode": account,
        "TaxType": tax_type,
    }
