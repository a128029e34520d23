"""An organisation: its particulars and everything it holds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from simulators.common.clock import Clock
from simulators.xero.accounting.batch_payment_model import BatchPayment
from simulators.xero.accounting.contact_model import Contact
from simulators.xero.accounting.extras_model import Attachment, ContactGroup, HistoryRecord
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.payment_model import Payment
from simulators.xero.accounting.settings_model import (
    Account,
    BrandingTheme,
    Item,
    TaxRate,
    TrackingCategory,
)
from simulators.xero.accounting.transfer_model import BankTransfer
from simulators.xero.table import Table, UndoLog


@dataclass
class Organisation:
    """One organisation of one kind of books; `id` is what the API calls the tenant id."""

    id: str
    name: str
    legal_name: str
    short_code: str
    clock: Clock
    created: datetime
    tax_number: str = ""
    base_currency: str = "AUD"
    country_code: str = "AU"
    timezone: str = "EAUSTRALIASTANDARDTIME"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Australia/Brisbane"))
    period_lock_date: date | None = None
    end_of_year_lock_date: date | None = None
    # How many of a type such as ACCREC a month its plan lets it approve; no entry: any number.
    plan_limits: dict[str, int] = field(default_factory=dict)
    # By the prefix of the series, such as INV-.
    next_numbers: dict[str, int] = field(default_factory=dict)
    # What the connected user may not do, by the names of /Organisation/Actions.
    forbidden_actions: frozenset[str] = frozenset(
        {"UseMulticurrency", "ApproveTransactionsBeforePeriodLockDate"}
    )
    undo: UndoLog = field(default_factory=UndoLog)
    branding_themes: list[BrandingTheme] = field(default_factory=list)
    tracking_categories: list[TrackingCategory] = field(default_factory=list)
    # Ids of the file an organisation was seeded from, so that a test can compare with its truth.
    source_ids: dict[str, str] = field(default_factory=dict)
    mended: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.accounts: Table[Account] = Table(self.undo)
        self.tax_rates: Table[TaxRate] = Table(self.undo)
        self.items: Table[Item] = Table(self.undo)
        self.contacts: Table[Contact] = Table(self.undo)
        self.invoices: Table[Invoice] = Table(self.undo)
        self.credit_notes: Table[Invoice] = Table(self.undo)
        self.bank_transactions: Table[Invoice] = Table(self.undo)
        self.overpayments: Table[Invoice] = Table(self.undo)
        self.prepayments: Table[Invoice] = Table(self.undo)
        self.bank_transfers: Table[BankTransfer] = Table(self.undo)
        self.history: Table[HistoryRecord] = Table(self.undo)
        self.attachments: Table[Attachment] = Table(self.undo)
        self.contact_groups: Table[ContactGroup] = Table(self.undo)
        self.payments: Table[Payment] = Table(self.undo)
        self.batch_payments: Table[BatchPayment] = Table(self.undo)

    def allows(self, action: str) -> bool:
        return action not in self.forbidden_actions

    def documents(self, document_type: str) -> Table[Invoice]:
        """Return where documents of a type such as ACCREC are held."""
        others = {
            "ACCRECCREDIT": self.credit_notes,
            "RECEIVE-OVERPAYMENT": self.overpayments,
            "RECEIVE-PREPAYMENT": self.prepayments,
        }
        return others.get(document_type, self.invoices)

    def contact_documents(self) -> tuple[Table[Invoice], ...]:
        """Return every table whose documents belong to a contact."""
        return self.invoices, self.bank_transactions, *self.credits()

    def credits(self) -> tuple[Table[Invoice], ...]:
        """Return every table of what can be set against invoices."""
        return self.credit_notes, self.overpayments, self.prepayments

    def today(self) -> date:
        """Return the day it is where the organisation is."""
        return self.clock.now().astimezone(self.zone).date()
