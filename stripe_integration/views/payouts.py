"""The page of payouts: what reached the bank, and why it is less than the invoices say."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.htmx import page
from pooltrackr.lib.money import ZERO
from pooltrackr.lib.tables import Sort, Table
from stripe_integration import accounts, books
from stripe_integration.models import StripeAccount

SORTS: dict[str, Sort] = {"arrives": "-arrives_on", "amount": "-amount"}


@for_members
def payouts(request: BusinessRequest) -> HttpResponse:
    rows = request.business.stripe_payouts.all()
    table = Table(request, rows, sorts=SORTS, default="arrives")
    part = "stripe_integration/_payouts_table.html"
    account = accounts.current(request.business)
    context = {"table": table, "books": Books.of(account) if account else None}
    return page(request, "stripe_integration/payouts.html", part, context)


@dataclass(frozen=True)
class Books:
    """Stripe's balance beside what the books here come to."""

    account: StripeAccount
    payments: Decimal
    kinds: list[tuple[str, Decimal]]
    booked: Decimal

    @classmethod
    def of(cls, account: StripeAccount) -> "Books":
        booked, kinds = books.booked(account), books.by_kind(account)
        moved = sum((amount for _, amount in kinds), ZERO)
        return cls(account, booked - moved, kinds, booked)

    @property
    def difference(self) -> Decimal | None:
        return None if self.account.owed is None else self.account.owed - self.booked
