"""One object of each kind that a URL can name, all of one business; made when asked for."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from businesses.models import Business, User
from contacts.models import DuplicateJob, GroupMode
from contacts.models.duplicates import JobKind as DuplicateKind
from contacts.models.importing import ImportFile
from invoices.models import Product
from stripe_integration.models import Charge, CheckoutSession, Payout, SavedCard, StripeAccount
from xero_integration.models import (
    Connection,
    Consent,
    Difference,
    InvoiceMatter,
    InvoiceQuestion,
    Job,
    JobKind,
    JobStatus,
    Kind,
    Link,
    LinkChoice,
    Matter,
    MoneyQuestion,
    OutboxRow,
    OutboxStatus,
    ProductAccount,
    Question,
    Reconciliation,
    Step,
    WizardRun,
)
from xero_integration.models.mirror import XeroAccount, XeroContact

DAY = dt.date(2026, 11, 2)


class World:
    """What a business holds. `get(name)` makes the object of that kind once."""

    def __init__(self, business: Business, owner: User) -> None:
        self.business = business
        self.owner = owner
        self.made: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        if name not in self.made:
            self.made[name] = MAKERS[name](self)
        return self.made[name]

    def make(self, model: type[Any], **fields: Any) -> Any:
        return model.objects.create(business=self.business, **fields)


def _contact(world: World) -> Any:
    return world.business.contacts.create(name="Mira Castellan", email="mira@example.com")


def _pool_contact(world: World) -> Any:
    pool, contact = world.get("pool"), world.get("contact")
    return pool.pool_contacts.create(business=world.business, contact=contact)


def _product(world: World) -> Any:
    tax_rate = world.business.tax_rates.get(is_default=True)
    return world.make(Product, code="SVC", name="Service", price=95, tax_rate=tax_rate)


def _invoice(world: World) -> Any:
    contact = world.get("contact")
    return world.business.invoices.create(contact=contact, date=DAY, due_date=DAY)


def _payment(world: World) -> Any:
    invoice = world.get("invoice")
    return world.business.payments.create(invoice=invoice, date=DAY, amount=1)


def _credit_note(world: World) -> Any:
    invoice, payment = world.get("invoice"), world.get("payment")
    sums = {"subtotal": 1, "tax_total": 0, "total": 1}
    return world.business.credit_notes.create(
        invoice=invoice, payment=payment, number="CN-1", date=DAY, **sums
    )


def _merge(world: World) -> Any:
    now = timezone.now()
    duplicate = world.business.contacts.create(name="M. Castellan")
    primary = world.get("contact")
    duplicate.merged_into, duplicate.archived_at = primary, now
    duplicate.save()
    return world.business.merges.create(batch=uuid.uuid4(), primary=primary, duplicate=duplicate)


def _connection(world: World) -> Any:
    """A business that has walked the whole wizard: each of its pages can be opened."""
    now = timezone.now()
    connection = world.make(
        Connection,
        tenant_id=str(uuid.uuid4()),
        organisation_name="Blue Lagoon in Xero",
        connected_at=now,
        contacts_open_at=now,
        invoices_open_at=now,
        send_from=DAY,
    )
    for kind in (JobKind.READ, JobKind.SYNC):
        world.make(Job, connection=connection, kind=kind, status=JobStatus.DONE)
    world.make(WizardRun, step=Step.DONE)
    return connection


def _outbox_row(world: World) -> Any:
    now = timezone.now()
    row, _ = OutboxRow.objects.update_or_create(
        business=world.business,
        connection=world.get("connection"),
        kind=Kind.CONTACT,
        object_id=world.get("contact").pk,
        defaults={
            "status": OutboxStatus.PARKED,
            "error_code": "duplicate_name",
            "queued_at": now,
            "not_before": now,
        },
    )
    return row


def _product_account(world: World) -> Any:
    connection = world.get("connection")
    account = world.make(
        XeroAccount,
        connection=connection,
        xero_id="a",
        name="Sales",
        type="REVENUE",
        status="ACTIVE",
    )
    product = world.get("product")
    return world.make(ProductAccount, connection=connection, product=product, account=account)


def _reconciliation(world: World) -> Any:
    today = timezone.localdate()
    connection = world.get("connection")
    return world.make(
        Reconciliation,
        connection=connection,
        first_day=today,
        last_day=today,
        finished_at=timezone.now(),
    )


def _difference(world: World) -> Any:
    return world.make(
        Difference,
        reconciliation=world.get("reconciliation"),
        kind="missing",
        object_id=world.get("invoice").pk,
    )


def _link_choice(world: World) -> Any:
    return world.make(LinkChoice, connection=world.get("connection"), contact=world.get("contact"))


def _question(world: World) -> Any:
    connection, contact = world.get("connection"), world.get("contact")
    return world.make(
        Question, connection=connection, contact=contact, xero_id="x", matter=Matter.ARCHIVED
    )


def _invoice_question(world: World) -> Any:
    connection, invoice = world.get("connection"), world.get("invoice")
    return world.make(
        InvoiceQuestion,
        connection=connection,
        invoice=invoice,
        xero_id="x",
        matter=InvoiceMatter.CHANGED,
    )


def _money_question(world: World) -> Any:
    return world.make(
        MoneyQuestion,
        connection=world.get("connection"),
        invoice=world.get("invoice"),
        xero_id="paid",
        amount=10,
        date=timezone.localdate(),
    )


def _stripe_account(world: World) -> Any:
    return world.make(
        StripeAccount,
        stripe_id=f"acct_{uuid.uuid4().hex}",
        country="AU",
        currency="AUD",
        takes_charges=True,
        connected_at=timezone.now(),
    )


def _checkout_session(world: World) -> Any:
    return world.make(
        CheckoutSession,
        account=world.get("stripe_account"),
        invoice=world.get("invoice"),
        amount=1,
        currency="AUD",
        expires_at=timezone.now(),
    )


def _saved_card(world: World) -> Any:
    return world.make(
        SavedCard,
        account=world.get("stripe_account"),
        contact=world.get("contact"),
        method=f"pm_{uuid.uuid4().hex}",
        agreed_at=timezone.now(),
    )


def _charge(world: World) -> Any:
    return world.make(
        Charge,
        account=world.get("stripe_account"),
        invoice=world.get("invoice"),
        session=world.get("checkout_session"),
        stripe_id=f"ch_{uuid.uuid4().hex}",
        charged_at=timezone.now(),
        currency="AUD",
        amount=1,
    )


MAKERS: dict[str, Callable[[World], Any]] = {
    "membership": lambda world: world.business.memberships.get(user=world.owner),
    "contact": _contact,
    "pool": lambda world: world.business.pools.create(name="Back yard"),
    "pool_contact": _pool_contact,
    "import": lambda world: world.make(ImportFile, name="list.csv", encoding="utf-8"),
    "duplicate_job": lambda world: world.make(
        DuplicateJob, kind=DuplicateKind.SEARCH, mode=GroupMode.values[0]
    ),
    "merge": _merge,
    "category": lambda world: world.business.categories.create(name="Chemicals"),
    "tax_rate": lambda world: world.business.tax_rates.get(is_default=True),
    "product": _product,
    "invoice": _invoice,
    "payment": _payment,
    "credit_note": _credit_note,
    "connection": _connection,
    "consent": lambda world: world.make(Consent, user=world.owner, nonce=uuid.uuid4().hex),
    "link_choice": _link_choice,
    "outbox_row": _outbox_row,
    "question": _question,
    "invoice_question": _invoice_question,
    "money_question": _money_question,
    "link": lambda world: world.make(
        Link,
        connection=world.get("connection"),
        kind=Kind.CONTACT,
        object_id=world.get("contact").pk,
        xero_id="linked",
    ),
    "xero_contact": lambda world: world.make(
        XeroContact, connection=world.get("connection"), xero_id="new", name="Nia Okafor"
    ),
    "product_account": _product_account,
    "reconciliation": _reconciliation,
    "difference": _difference,
    "stripe_account": _stripe_account,
    "checkout_session": _checkout_session,
    "charge": _charge,
    "payout": lambda world: world.make(
        Payout,
        account=world.get("stripe_account"),
        stripe_id=f"po_{uuid.uuid4().hex}",
        status="paid",
        arrives_on=timezone.localdate(),
        currency="AUD",
        amount=1,
    ),
    "saved_card": _saved_card,
}
