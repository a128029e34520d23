"""One business before its simulated Xero, as the people of its office see and mend it."""

import html
import re
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from businesses.models import Business, User
from contacts.models import Contact
from invoices import services
from invoices.models import Invoice, Payment
from xero_integration.models import (
    Connection,
    Job,
    JobKind,
    JobStatus,
    OutboxRow,
    OutboxStatus,
    Step,
    WizardRun,
)
from xero_integration.reading import events
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

QUEUE = "/b/blue/xero/queue/"
ACCOUNTS = "/b/blue/xero/setup/accounts/"

Record = Contact | Invoice | Payment


def finish_wizard(connection: Connection) -> None:
    """Let the wizard be behind the business, so that its pages can be opened."""
    business = connection.business
    for kind in (JobKind.READ, JobKind.SYNC):
        Job.objects.create(
            business=business, connection=connection, kind=kind, status=JobStatus.DONE
        )
    WizardRun.objects.create(business=business, step=Step.DONE)


@dataclass
class Scene:
    """Both sides, and bob of the office with his browser."""

    xero: Xero
    connection: Connection
    business: Business
    alice: User
    browser: Client

    # --- what is made --------------------------------------------------------------------------

    def customer(self, name: str = "Rosa Reyes", **fields: Any) -> Contact:
        """Return a contact that is in Xero."""
        contact = making.contact(self.business, name, **fields)
        self.go()
        return contact

    def sent_invoice(self, **fields: Any) -> Invoice:
        """Return an invoice that is in Xero."""
        invoice = making.invoice(self.customer(), **fields)
        self.go()
        return invoice

    def pay(self, invoice: Invoice, amount: str = "50.00") -> Payment:
        day = timezone.localdate()
        return services.record_payment(invoice, date=day, amount=making.Decimal(amount))

    # --- what happens by itself ----------------------------------------------------------------

    def go(self) -> None:
        """Let the workers do what is due, and what becomes due by that."""
        for _ in range(2):
            making.make_due(self.connection)
            making.drain(Connection.objects.get(pk=self.connection.pk))

    def read(self) -> None:
        """Let a poll and what follows from it happen."""
        making.poll(self.connection)
        events.take(self.connection.pk)
        self.go()

    # --- what a person sees and does -----------------------------------------------------------

    def row(self, record: Record) -> OutboxRow:
        return OutboxRow.objects.get(object_id=record.pk)

    def problems(self, code: str) -> str:
        """Return the page of problems with one cause, as text."""
        return self.page(f"{QUEUE}?cause={code}")

    def page(self, url: str) -> str:
        answer = self.browser.get(url, follow=True)
        assert answer.status_code == 200, url
        return html.unescape(answer.content.decode())

    def record_page(self, record: Record) -> str:
        """Return the record's own page; a payment is seen on its invoice."""
        seen = record.invoice if isinstance(record, Payment) else record
        return self.page(seen.get_absolute_url())

    def press(self, act: str, record: Record) -> None:
        """Press one of the buttons beside a record on the page of problems."""
        row = self.row(record)
        answer = self.browser.post(f"{QUEUE}act/", {"act": act, "row": row.pk})
        assert answer.status_code == 302

    def save_form(self, url: str, **changes: Any) -> None:
        """Open a page with a form, change some of its fields, and save it."""
        form = self.browser.get(url, follow=True).context["form"]
        values = {name: form[name].value() for name in form.fields}
        filled = {name: value for name, value in values.items() if value not in (None, False)}
        answer = self.browser.post(url, {**filled, **changes})
        assert answer.status_code == 302, re.findall(r"is-invalid.*", answer.content.decode())

    def is_done(self, record: Record) -> bool:
        return self.row(record).status == OutboxStatus.DONE
