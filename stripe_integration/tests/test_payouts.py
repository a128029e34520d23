"""Payouts: gross, fees, what was given back, and the net that reached the bank, to the cent."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from businesses.models import Business
from invoices.models import MoneyMovement
from invoices.tests.making import make_issued
from stripe_integration import payouts, polling
from stripe_integration.models import Payout, StripeAccount
from stripe_integration.tests.making import ACCOUNT, paid
from stripe_integration.tests.simulator import VISA_ABROAD, Stripe

DAY = 24 * 3600


@pytest.fixture
def two_payments(stripe: Stripe, account: StripeAccount, blue: Business) -> None:
    first = make_issued(blue)
    paid(stripe, first)
    paid(stripe, make_issued(blue, contact=first.contact), card=VISA_ABROAD)
    stripe.control("clock", advance=10 * DAY)


@pytest.mark.usefixtures("two_payments")
def test_a_payout_says_what_it_is_made_of(
    stripe: Stripe, account: StripeAccount, as_rita: Client
) -> None:
    polling.poll(account.pk)
    payout = Payout.objects.get()
    [said] = stripe.listed("payouts", account=ACCOUNT)
    assert payout.amount == Decimal(said["amount"]) / 100
    # 1.7 % and 30 cents of the one, 3.5 % and 30 cents of the other.
    assert (payout.gross, payout.fees, payout.other) == (220, Decimal("6.32"), 0)
    assert payout.adds_up
    page = as_rita.get("/b/blue/stripe/payouts/").content.decode()
    assert "220.00" in page
    assert "213.68" in page
    assert "Paid out" in page


@pytest.mark.usefixtures("two_payments")
def test_what_is_known_is_not_read_again(stripe: Stripe, account: StripeAccount) -> None:
    assert payouts.read(account) == 1
    assert payouts.read(account) == 0
    assert Payout.objects.count() == 1


@pytest.mark.usefixtures("two_payments")
def test_a_payout_that_fails_later_says_so(
    stripe: Stripe, account: StripeAccount, as_rita: Client
) -> None:
    payouts.read(account)
    stripe.act("fail_payout", payout=Payout.objects.get().stripe_id)
    payouts.read(account)
    assert Payout.objects.get().status == "failed"
    assert "Failed" in as_rita.get("/b/blue/stripe/payouts/").content.decode()


@pytest.mark.usefixtures("two_payments")
def test_the_payouts_own_row_may_be_listed_or_not(stripe: Stripe, account: StripeAccount) -> None:
    stripe.control("switches", payout_lists_itself=False)
    payouts.read(account)
    assert Payout.objects.get().adds_up


def test_a_page_without_payouts_says_so(as_rita: Client) -> None:
    assert "No payouts yet" in as_rita.get("/b/blue/stripe/payouts/").content.decode()


@pytest.mark.usefixtures("two_payments")
def test_a_payout_lists_each_part_and_what_is_entered_of_it(
    stripe: Stripe, account: StripeAccount, blue: Business, as_rita: Client
) -> None:
    polling.poll(account.pk)
    payout = Payout.objects.get()
    assert payout.parts.count() == 2
    at = f"/b/blue/stripe/payouts/{payout.pk}/"
    page = as_rita.get(at).content.decode()
    for invoice in blue.invoices.all():
        assert invoice.number in page
    assert "All entered" in page
    assert "Not all entered" not in as_rita.get("/b/blue/stripe/payouts/").content.decode()
    MoneyMovement.objects.filter(kind="fee").first().delete()
    page = as_rita.get(at).content.decode()
    assert page.count("Not entered") == 1
    assert "Not all entered" in as_rita.get("/b/blue/stripe/payouts/").content.decode()


@pytest.mark.usefixtures("two_payments")
def test_a_payout_with_a_refund_and_money_from_elsewhere_is_all_entered(
    stripe: Stripe, account: StripeAccount, as_rita: Client
) -> None:
    charge = stripe.listed("charges", account=ACCOUNT)[0]["id"]
    stripe.post("refunds", account=ACCOUNT, charge=charge, amount=1000)
    payment = {"amount": 5000, "currency": "aud", "confirm": "true"}
    method = {"payment_method": "pm_card_au", "payment_method_types[]": "card"}
    stripe.post("payment_intents", account=ACCOUNT, **payment, **method)
    stripe.control("clock", advance=10 * DAY)
    polling.poll(account.pk)
    for payout in Payout.objects.all():
        page = as_rita.get(f"/b/blue/stripe/payouts/{payout.pk}/").content.decode()
        assert "All entered" in page
    assert "Refund" in page


@pytest.mark.usefixtures("two_payments")
def test_one_from_before_parts_were_kept_is_read_once_more(account: StripeAccount) -> None:
    payouts.read(account)
    Payout.objects.update(transaction="")
    assert payouts.read(account) == 1
    assert Payout.objects.get().transaction.startswith("txn_")


@pytest.mark.usefixtures("two_payments")
def test_the_queries_of_the_list_do_not_grow(
    account: StripeAccount,
    blue: Business,
    stripe: Stripe,
    as_rita: Client,
    settings: Any,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(3):
        # By Stripe's clock, which runs ahead.
        settings.STRIPE_PAGE_LIFE += 10 * DAY
        paid(stripe, make_issued(blue))
        stripe.control("clock", advance=10 * DAY)
    polling.poll(account.pk)
    assert Payout.objects.count() > 3
    with django_assert_max_num_queries(16):
        as_rita.get("/b/blue/stripe/payouts/")
