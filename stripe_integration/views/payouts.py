"""The page of payouts: what reached the bank, and why it is less than the invoices say."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from businesses.access import BusinessRequest, for_members
from pooltrackr.lib.htmx import page
from pooltrackr.lib.money import ZERO
from pooltrackr.lib.tables import Sort, Table
from stripe_integration import accounts, books, payout_books
from stripe_integration.models import StripeAccount

SORTS: dict[str, Sort] = {"arrives": "-arrives_on", "amount": "-amount"}


@for_members
def payouts(request: BusinessRequest) -> HttpResponse:
    rows = request.business.stripe_payouts.all()
    table = Table(request, rows, sorts=SORTS, default="arrives")
    part = "stripe_integration/_payouts_table.html"
    account = accounts.current(request.business)
    entered = payout_books.Books(request.business, table.rows)
    context = {
        "table": table,
        "open": {row.pk for row in table.rows if entered.missing(row)},
        "books": Books.of(account) if account else None,
    }
    return page(request, "stripe_integration/payouts.html", part, context)


@for_members
def payout(request: BusinessRequest, pk: int) -> HttpResponse:
    """Of what one payout is made, and whether each part is entered here and in Xero."""
    row = get_object_or_404(request.business.stripe_payouts.all(), pk=pk)
    entered = payout_books.Books(request.business, [row])
    rows, transfer = entered.rows(row), entered.transfer(row)
    entries = [transfer, *(entry for one in rows for entry in one.entries)]
    payout_books.add_notes(request.business, entries)
    context = {"payout": row, "rows": rows, "transfer": transfer, "missing": entered.missing(row)}
    return render(request, "stripe_integration/payout.html", context)


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
