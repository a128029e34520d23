"""Making of test objects: connections, contacts and invoices that are ready to be sent."""

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from celery import current_app
from django.utils import timezone
from kombu import pools

from businesses.models import Business, User
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, PaymentMethod, TaxRate
from invoices.services import InvoiceData, LineData
from xero_integration import jobs, pull, push, sweep
from xero_integration.connecting import connect, review
from xero_integration.models import (
    CategoryAccount,
    Connection,
    JobKind,
    Kind,
    Lane,
    OutboxRow,
    PaymentAccount,
    TaxMapping,
)
from xero_integration.reading import polling, readers
from xero_integration.tests.simulator import Xero

numbers = count(1)
# Xero's Australian codes; the tests map by code because a person would choose by name.
TAX_TYPES = {Decimal(10): "OUTPUT", Decimal(0): "EXEMPTOUTPUT"}


def connected(xero: Xero, business: Business, user: User, **choice: str) -> Connection:
    params = xero.consent(connect.authorise_url(business, user=user), **choice)
    return connect.complete(params, user=user)


def reconnected(xero: Xero, business: Business, user: User) -> Connection:
    """Connect the organisation of before, and go on as somebody who has looked at what changed."""
    connection = connected(xero, business, user)
    jobs.run(jobs.start(connection, JobKind.READ, by=user).pk)
    assert review.go_on(connection, by=user)
    return connection


def ready(connection: Connection) -> Connection:
    """Open both gates and map everything to one sales account."""
    map_accounts(connection)
    connection.contacts_open_at = connection.invoices_open_at = timezone.now()
    connection.save()
    return connection


def map_accounts(connection: Connection) -> None:
    """Choose one sales account for all lines, and Xero's rates for ours."""
    pull.read_settings(connection)
    account = connection.accounts.for_sales().order_by("code").first()
    CategoryAccount.objects.create(
        business=connection.business, connection=connection, account=account
    )
    bank = connection.accounts.filter(type="BANK").order_by("code").first()
    PaymentAccount.objects.bulk_create(
        [
            PaymentAccount(
                business=connection.business, connection=connection, method=method, account=bank
            )
            for method in PaymentMethod.values
        ],
        ignore_conflicts=True,
    )
    for rate in TaxRate.objects.filter(business=connection.business):
        in_xero = connection.xero_tax_rates.get(tax_type=TAX_TYPES[rate.percent])
        TaxMapping.objects.get_or_create(
            business=connection.business,
            connection=connection,
            tax_rate=rate,
            defaults={"xero_tax_rate": in_xero},
        )


def give_rate(xero: Xero, connection: Connection, percent: Decimal) -> TaxRate:
    """Let both sides have a rate of `percent`, mapped to each other."""
    made = xero.act("add_tax_rate", percent=str(percent))
    pull.read_settings(connection)
    business = connection.business
    rate = TaxRate.objects.create(business=business, name=f"{percent} %", percent=percent)
    TaxMapping.objects.create(
        business=business,
        connection=connection,
        tax_rate=rate,
        xero_tax_rate=connection.xero_tax_rates.get(tax_type=made["TaxType"]),
    )
    return rate


def contact(business: Business, name: str = "", **fields: Any) -> Contact:
    return Contact.objects.create(
        business=business, name=name or f"Customer {next(numbers)}", **fields
    )


def line(business: Business, price: str = "100", **fields: Any) -> LineData:
    percent = fields.pop("percent", 10)
    fields.setdefault("tax_rate", TaxRate.objects.get(business=business, percent=percent))
    fields.setdefault("description", "Pool service")
    fields.setdefault("quantity", Decimal(1))
    return LineData(unit_price=Decimal(price), **fields)


def draft(of: Contact, *lines: LineData, **fields: Any) -> Invoice:
    fields.setdefault("date", timezone.localdate() + dt.timedelta(days=1))
    lines = lines or (line(of.business),)
    return services.create_draft(of.business, data=InvoiceData(contact=of, lines=lines, **fields))


def invoice(of: Contact, *lines: LineData, **fields: Any) -> Invoice:
    """Return an issued invoice, of one line unless told."""
    return services.issue(draft(of, *lines, **fields), by=None)


def void(of: Invoice) -> None:
    services.void(of, by=None)


def drain(connection: Connection) -> None:
    """Do what the worker does: both lanes until nothing is due."""
    for lane in Lane:
        push.drain(connection.pk, lane=lane)


def poll(connection: Connection, *kinds: Kind) -> None:
    """Let polls be due and done, as the beat and the workers do."""
    readers.begin([connection])
    connection.pull_states.update(polled_at=None, not_before=None)
    for state in connection.pull_states.filter(kind__in=kinds or Kind.values):
        polling.poll(state.pk)


def use_broker(url: str) -> None:
    """Send this process's messages to another broker from now on."""
    current_app.conf.broker_url = url
    # Celery keeps the connections of the old one; what a fork does is what forgets them.
    current_app._after_fork()
    pools.reset()


def sweep_and_drain(connection: Connection) -> None:
    sweep.sweep()
    drain(connection)


def row(of: Contact | Invoice) -> OutboxRow:
    kind = Kind.CONTACT if isinstance(of, Contact) else Kind.INVOICE
    return OutboxRow.objects.get(kind=kind, object_id=of.pk)


def let_leases_end(connection: Connection) -> None:
    """Let the worker that holds batches be dead, as a kill leaves it."""
    past = timezone.now() - dt.timedelta(seconds=1)
    connection.batches.update(lease_until=past)
    connection.outbox.update(lease_until=past)


def make_due(connection: Connection) -> None:
    """Let every wait be over, as time would."""
    past = timezone.now() - dt.timedelta(seconds=1)
    connection.outbox.update(not_before=past)
    connection.batches.update(not_before=past)
    Connection.objects.filter(pk=connection.pk).update(paused_until=None)
