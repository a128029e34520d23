"""What happens to a charge at Stripe afterwards is seen on the invoice's page: refund, dispute."""

import json
from decimal import Decimal

import pytest
import requests
from django.test import Client

from invoices.models import Invoice
from stripe_integration import polling
from stripe_integration.models import Charge, StripeAccount
from stripe_integration.tests.making import ACCOUNT, deliver, make_due, paid, told, work
from stripe_integration.tests.simulator import SECRET_KEY, Stripe


def catch_up(stripe: Stripe, client: Client) -> None:
    for event in told(stripe):
        deliver(client, event)
    make_due()
    work()


@pytest.fixture
def charge(stripe: Stripe, invoice: Invoice, client: Client) -> Charge:
    paid(stripe, invoice)
    catch_up(stripe, client)
    return Charge.objects.get()


def refund(stripe: Stripe, charge: Charge, cents: int) -> None:
    """Give money back, as the business does in Stripe's dashboard."""
    answer = requests.post(
        f"{stripe.url}/v1/refunds",
        data={"charge": charge.stripe_id, "amount": cents},
        headers={"Authorization": f"Bearer {SECRET_KEY}", "Stripe-Account": ACCOUNT},
        timeout=10,
    )
    assert answer.ok, json.dumps(answer.json())


def test_a_refund_is_shown_and_the_payment_stays_as_it_was(
    stripe: Stripe, charge: Charge, invoice: Invoice, client: Client, as_bob: Client
) -> None:
    refund(stripe, charge, 4_000)
    catch_up(stripe, client)
    charge.refresh_from_db()
    assert (charge.refunded, charge.applied) == (40, 110)
    page = as_bob.get(f"/b/blue/invoices/{invoice.pk}/").content.decode()
    assert "Refunded in Stripe" in page
    assert "$40.00" in page
    assert invoice.payments.count() == 1


def test_a_refund_that_no_event_told_is_found_by_asking(
    stripe: Stripe, account: StripeAccount, charge: Charge
) -> None:
    refund(stripe, charge, 11_000)
    polling.poll(account.pk)
    work()
    charge.refresh_from_db()
    assert charge.refunded == 110


def test_a_dispute_is_shown_with_its_reason_and_its_end(
    stripe: Stripe, charge: Charge, invoice: Invoice, client: Client, as_bob: Client
) -> None:
    dispute = stripe.act("open_dispute", charge=charge.stripe_id, reason="fraudulent")["dispute"]
    catch_up(stripe, client)
    charge.refresh_from_db()
    assert (charge.dispute, charge.dispute_reason) == ("needs_response", "fraudulent")
    at = f"/b/blue/invoices/{invoice.pk}/"
    assert "Needs response, fraudulent" in as_bob.get(at).content.decode()
    stripe.act("win_dispute", dispute=dispute["id"])
    catch_up(stripe, client)
    charge.refresh_from_db()
    assert charge.dispute == "won"
    assert charge.fee == Decimal("2.17")


def test_money_given_back_needs_nobody_any_more(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client, as_bob: Client
) -> None:
    row = paid(stripe, invoice)
    as_bob.post(
        f"/b/blue/invoices/{invoice.pk}/payments/",
        {
            "amount": "110",
            "date": "2026-11-03",
            "method": "cash",
            "key": str(row.pk),
        },
    )
    catch_up(stripe, client)
    charge = Charge.objects.get()
    assert charge.unapplied == 110
    assert "belong to no invoice" in as_bob.get("/b/blue/stripe/").content.decode()
    refund(stripe, charge, 11_000)
    catch_up(stripe, client)
    assert "belong to no invoice" not in as_bob.get("/b/blue/stripe/").content.decode()
