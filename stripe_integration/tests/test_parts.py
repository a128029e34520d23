"""Paying a part of an invoice, where the business, the contact or the invoice lets a customer."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from invoices import services
from invoices.models import Invoice
from stripe_integration import checkout, fees, polling
from stripe_integration.models import CheckoutSession, Method, OnCharge, StripeAccount
from stripe_integration.tests.making import ACCOUNT, path_of
from stripe_integration.tests.simulator import Stripe

AMOUNT = 'name="amount"'


@pytest.fixture
def part_payments(account: StripeAccount) -> StripeAccount:
    account.takes_parts = True
    account.save()
    return account


def paid_on_page(stripe: Stripe, client: Client, invoice: Invoice, **sent: Any) -> None:
    """Go to Stripe's page and pay there, then come back."""
    answer = client.post(path_of(invoice), sent)
    assert answer.status_code == 302, answer.content.decode()
    row = CheckoutSession.objects.filter(invoice=invoice).first()
    assert row is not None
    stripe.pay(row.stripe_id)
    client.get(f"{path_of(invoice)}?end=paid")


def test_an_invoice_is_paid_in_parts_to_the_cent(
    stripe: Stripe, part_payments: StripeAccount, invoice: Invoice, client: Client
) -> None:
    assert AMOUNT in client.get(path_of(invoice)).content.decode()
    paid_on_page(stripe, client, invoice, amount="33.33")
    page = client.get(path_of(invoice)).content.decode()
    assert "$76.67" in page
    assert "Pay by card</button>" in page
    paid_on_page(stripe, client, invoice, amount="76.67")
    assert "is paid" in client.get(path_of(invoice)).content.decode()
    amounts = [str(payment.amount) for payment in invoice.payments.order_by("amount")]
    assert amounts == ["33.33", "76.67"]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("110.01", "from 0.01 to 110.00"),
        ("0", "from 0.01"),
        ("-5", "from 0.01"),
        ("0.30", "0.50 AUD at least"),
        ("109.80", "too little to be paid by card"),
        ("abc", "like 60.00"),
        ("1.005", "like 60.00"),
    ],
)
def test_amounts_that_cannot_be_paid_are_refused_in_words(
    stripe: Stripe,
    part_payments: StripeAccount,
    invoice: Invoice,
    client: Client,
    amount: str,
    words: str,
) -> None:
    page = client.post(path_of(invoice), {"amount": amount, "keeps_card": "on"})
    assert page.status_code == 200
    assert words in page.content.decode()
    # What was typed is there to be mended.
    assert f'value="{amount}"' in page.content.decode()
    assert stripe.listed("checkout/sessions", account=ACCOUNT) == []


def test_without_leave_nobody_pays_a_part(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client
) -> None:
    assert AMOUNT not in client.get(path_of(invoice)).content.decode()
    page = client.post(path_of(invoice), {"amount": "50"})
    assert "has changed meanwhile" in page.content.decode()
    assert stripe.listed("checkout/sessions", account=ACCOUNT) == []


@pytest.mark.parametrize(
    ("contact", "own", "offered"),
    [("yes", "", True), ("", "yes", True), ("yes", "no", False), ("no", "", False)],
)
def test_the_nearest_switch_counts(
    account: StripeAccount,
    invoice: Invoice,
    as_bob: Client,
    client: Client,
    contact: str,
    own: str,
    offered: bool,
) -> None:
    as_bob.post(f"/b/blue/stripe/contacts/{invoice.contact_id}/", {"takes_parts": contact})
    as_bob.post(f"/b/blue/stripe/invoices/{invoice.pk}/", {"takes_parts": own})
    assert (AMOUNT in client.get(path_of(invoice)).content.decode()) is offered


def test_another_amount_closes_the_page_of_before(
    stripe: Stripe, part_payments: StripeAccount, invoice: Invoice, client: Client
) -> None:
    client.post(path_of(invoice), {"amount": "40"})
    client.post(path_of(invoice), {"amount": "50"})
    now, before = stripe.listed("checkout/sessions", account=ACCOUNT)
    assert (before["status"], now["status"], now["amount_total"]) == ("expired", "open", 5_000)


def test_the_fee_on_a_part_is_shown_before_it_is_paid(
    stripe: Stripe, part_payments: StripeAccount, invoice: Invoice, client: Client
) -> None:
    OnCharge.objects.create(
        business=invoice.business, method=Method.PERCENTAGE, percent=1, ignores_law=True
    )
    first = client.post(path_of(invoice), {"amount": "50.00", "shown": "110.00"})
    assert first.status_code == 200
    [option] = fees.options(invoice, part_payments, Decimal(50))
    assert option.fee == Decimal("0.50")
    assert "$50.50" in first.content.decode()
    paid_on_page(stripe, client, invoice, amount="50.00", shown="50.00")
    invoice.refresh_from_db()
    assert (invoice.total, invoice.amount_due) == (Decimal("110.50"), Decimal(60))
    assert invoice.payments.get().amount == Decimal("50.50")


def test_the_second_part_has_its_fee_on_an_invoice_of_its_own(
    stripe: Stripe, part_payments: StripeAccount, invoice: Invoice, client: Client
) -> None:
    OnCharge.objects.create(
        business=invoice.business, method=Method.PERCENTAGE, percent=1, ignores_law=True
    )
    for amount in ("50.00", "60.00"):
        paid_on_page(stripe, client, invoice, amount=amount, shown=amount)
    invoice.refresh_from_db()
    # Of 60 cents, 59: prices without tax cannot meet each amount.
    own = invoice.business.invoices.exclude(pk=invoice.pk).get()
    assert (invoice.amount_due, own.total, own.amount_due) == (0, Decimal("0.59"), 0)


# --- paid, and due again ------------------------------------------------------------------------


def test_after_a_reversal_the_rest_can_be_paid_again(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client
) -> None:
    paid_on_page(stripe, client, invoice)
    services.reverse_payment(invoice.payments.get(), by=None)
    assert "Pay by card</button>" in client.get(path_of(invoice)).content.decode()
    assert client.post(path_of(invoice)).status_code == 302


def test_money_on_its_way_is_not_asked_for_again(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client
) -> None:
    client.post(path_of(invoice))
    row = CheckoutSession.objects.get()
    stripe.pay(row.stripe_id)
    CheckoutSession.objects.update(status="paid")
    assert "is being entered" in client.get(path_of(invoice)).content.decode()
    assert "being entered just now" in client.post(path_of(invoice)).content.decode()
    assert len(stripe.listed("checkout/sessions", account=ACCOUNT)) == 1


def test_money_that_a_killed_worker_left_half_way_is_entered_by_the_poll(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client
) -> None:
    """It had written down that the page was paid, and died before it read the charge."""
    client.post(path_of(invoice))
    row = CheckoutSession.objects.get()
    stripe.pay(row.stripe_id)
    checkout.look(row)
    assert row.is_paid
    assert not invoice.payments.exists()
    polling.poll(account.pk)
    assert invoice.payments.get().amount == 110
