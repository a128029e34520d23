"""Cards kept by the customer's consent, charged by staff once, and forgotten."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from businesses.models import Business
from contacts.merging.merge import merge
from contacts.merging.undo import undo
from invoices.models import Invoice, Payment
from invoices.tests.making import make_contact, make_issued
from stripe_integration import polling, saved_cards
from stripe_integration.models import (
    CheckoutSession,
    OnCharge,
    SavedCard,
    SessionStatus,
    StripeAccount,
    Way,
)
from stripe_integration.sessions import PayRefused
from stripe_integration.tests.making import ACCOUNT, path_of
from stripe_integration.tests.simulator import AMEX_AU, VISA_AU, Stripe

# Of the simulator's data/cards.csv: set up with their owner, they do this when charged later.
ASKS_OWNER = "4000002760003184"
FAILS_LATER = "4000000000000341"


@pytest.fixture
def keeping(account: StripeAccount) -> StripeAccount:
    account.keeps_cards = True
    account.save()
    return account


def keep(stripe: Stripe, client: Client, invoice: Invoice, card: str = VISA_AU) -> SavedCard:
    """Pay with consent, as the customer does."""
    answer = client.post(path_of(invoice), {"keeps_card": "on"})
    assert answer.status_code == 302, answer.content.decode()
    row = CheckoutSession.objects.filter(invoice=invoice).first()
    assert row is not None
    stripe.pay(row.stripe_id, card=card, authenticate=True)
    client.get(f"{path_of(invoice)}?end=paid")
    return SavedCard.objects.get()


@pytest.fixture
def card(stripe: Stripe, keeping: StripeAccount, invoice: Invoice, client: Client) -> SavedCard:
    return keep(stripe, client, invoice)


@pytest.fixture
def later(card: SavedCard, blue: Business) -> Invoice:
    """Return a later invoice of the customer with the saved card, over 110.00."""
    return make_issued(blue, contact=card.contact)


def url_of(invoice: Invoice, card: SavedCard) -> str:
    return f"/b/blue/stripe/invoices/{invoice.pk}/charge/{card.pk}/"


def shown(client: Client, invoice: Invoice, card: SavedCard) -> dict[str, str]:
    page = client.get(url_of(invoice, card)).content.decode()
    return dict(re.findall(r'name="(key|fee)" value="([^"]*)"', page))


def charge(client: Client, invoice: Invoice, card: SavedCard, **changes: str) -> Any:
    sent = {**shown(client, invoice, card), "amount": "110.00", "action": "charge", **changes}
    return client.post(url_of(invoice, card), sent)


def intents(stripe: Stripe) -> list[dict[str, Any]]:
    return stripe.listed("payment_intents", account=ACCOUNT)


def test_a_card_is_kept_only_with_consent(
    stripe: Stripe, keeping: StripeAccount, invoice: Invoice, client: Client
) -> None:
    assert "Keep my card" in client.get(path_of(invoice)).content.decode()
    client.post(path_of(invoice))
    row = CheckoutSession.objects.get()
    stripe.pay(row.stripe_id)
    client.get(f"{path_of(invoice)}?end=paid")
    assert "setup_future_usage" not in row.body["payment_intent_data"]
    assert not SavedCard.objects.exists()


def test_where_the_business_keeps_none_the_wish_is_not_heard(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client
) -> None:
    assert "Keep my card" not in client.get(path_of(invoice)).content.decode()
    client.post(path_of(invoice), {"keeps_card": "on"})
    assert "setup_future_usage" not in CheckoutSession.objects.get().body["payment_intent_data"]


def test_what_is_kept_is_no_card_number(card: SavedCard, as_bob: Client) -> None:
    assert (card.brand, card.last4, card.country) == ("visa", VISA_AU[-4:], "AU")
    assert card.customer.startswith("cus_")
    assert card.method.startswith("pm_")
    assert str(card) == "Visa ending in 0006"
    page = as_bob.get(f"/b/blue/contacts/{card.contact_id}/").content.decode()
    assert "Visa ending in 0006" in page
    assert VISA_AU not in page


def test_staff_charge_it_and_the_invoice_is_paid(
    stripe: Stripe, card: SavedCard, later: Invoice, as_bob: Client
) -> None:
    page = as_bob.get(f"/b/blue/invoices/{later.pk}/").content.decode()
    assert url_of(later, card) in page
    assert charge(as_bob, later, card).status_code == 302
    later.refresh_from_db()
    assert later.amount_due == 0
    row = CheckoutSession.objects.filter(invoice=later).get()
    assert (row.status, row.started_by.email) == (SessionStatus.PAID, "bob@blue.example")
    newest = intents(stripe)[0]
    assert (newest["customer"], newest["amount"]) == (card.customer, 11_000)
    assert later.payments.get().reference == newest["latest_charge"]


def test_a_double_click_charges_once(
    stripe: Stripe, card: SavedCard, later: Invoice, as_bob: Client
) -> None:
    form = shown(as_bob, later, card)
    first = charge(as_bob, later, card, **form, amount="50")
    second = charge(as_bob, later, card, **form, amount="50")
    assert (first.status_code, second.status_code) == (302, 422)
    assert "has been made already" in second.content.decode()
    assert later.payments.get().amount == 50
    assert len(intents(stripe)) == 2


def test_a_key_that_stripe_knows_from_another_request_may_have_charged(
    stripe: Stripe, card: SavedCard, later: Invoice, as_bob: Client
) -> None:
    stripe.fault("drop_after", path="payment_intents")
    charge(as_bob, later, card)
    row = CheckoutSession.objects.get(invoice=later)
    row.body = {**row.body, "description": "In other words"}
    with pytest.raises(PayRefused, match="nobody knows yet"):
        saved_cards.send(row)
    saved_cards.look(row)
    assert row.status == SessionStatus.PAID
    assert len(intents(stripe)) == 2


@pytest.mark.parametrize("kind", ["drop_after", "500"])
def test_an_answer_that_is_lost_is_found_and_nothing_is_charged_twice(
    stripe: Stripe, card: SavedCard, later: Invoice, as_bob: Client, kind: str
) -> None:
    stripe.fault(kind, path="payment_intents")
    answer = charge(as_bob, later, card)
    assert answer.status_code == 422
    assert "nobody knows yet" in answer.content.decode()
    went = len(intents(stripe)) == 2
    again = charge(as_bob, later, card)
    assert again.status_code == 422
    assert len(intents(stripe)) == (2 if went else 1)
    CheckoutSession.objects.filter(invoice=later).update(
        created_at=timezone.now() - 2 * saved_cards.UNCLEAR_FOR,
        expires_at=timezone.now(),
    )
    polling.poll(card.account_id)
    later.refresh_from_db()
    row = CheckoutSession.objects.get(invoice=later)
    if went:
        assert (later.amount_due, row.status) == (0, SessionStatus.PAID)
    else:
        assert (later.amount_due, row.status) == (110, SessionStatus.REFUSED)
        assert "nothing was charged" in row.error
        assert charge(as_bob, later, card).status_code == 302
    assert Payment.objects.filter(invoice=later).count() == 1


@pytest.mark.parametrize(
    ("number", "words"), [(ASKS_OWNER, "Send the link"), (FAILS_LATER, "declined")]
)
def test_a_refusal_is_told_and_leaves_the_other_ways(
    stripe: Stripe,
    keeping: StripeAccount,
    invoice: Invoice,
    blue: Business,
    client: Client,
    as_bob: Client,
    number: str,
    words: str,
) -> None:
    card = keep(stripe, client, invoice, number)
    later = make_issued(blue, contact=card.contact)
    answer = charge(as_bob, later, card)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert CheckoutSession.objects.get(invoice=later).status == SessionStatus.REFUSED
    assert client.post(path_of(later)).status_code == 302


def test_the_page_that_the_customer_has_open_is_closed_first(
    stripe: Stripe, card: SavedCard, later: Invoice, client: Client, as_bob: Client
) -> None:
    client.post(path_of(later))
    charge(as_bob, later, card)
    newest = stripe.listed("checkout/sessions", account=ACCOUNT)[0]
    assert newest["status"] == "expired"
    assert later.payments.get().amount == 110


def test_a_page_paid_meanwhile_is_entered_and_the_card_is_not_charged(
    stripe: Stripe, card: SavedCard, later: Invoice, client: Client, as_bob: Client
) -> None:
    client.post(path_of(later))
    row = CheckoutSession.objects.filter(invoice=later).get()
    stripe.pay(row.stripe_id)
    before = len(intents(stripe))
    assert charge(as_bob, later, card).status_code == 422
    polling.poll(card.account_id)
    assert len(intents(stripe)) == before
    assert later.payments.get().amount == 110


def test_the_fee_is_that_of_the_brand(
    stripe: Stripe,
    keeping: StripeAccount,
    invoice: Invoice,
    blue: Business,
    client: Client,
    as_bob: Client,
) -> None:
    card = keep(stripe, client, invoice, AMEX_AU)
    later = make_issued(blue, contact=card.contact)
    OnCharge.objects.create(business=blue, method="gross_up")
    assert shown(as_bob, later, card)["fee"] == "2.20"
    assert charge(as_bob, later, card, fee="0").status_code == 422
    assert charge(as_bob, later, card).status_code == 302
    later.refresh_from_db()
    assert (later.total, later.amount_due) == (Decimal("112.20"), 0)


def test_a_part_may_be_charged(card: SavedCard, later: Invoice, as_bob: Client) -> None:
    assert "109.80" in charge(as_bob, later, card, amount="109.80").content.decode()
    charge(as_bob, later, card, amount="60")
    later.refresh_from_db()
    assert later.amount_due == 50


def test_forgotten_by_staff_or_by_the_customer_it_is_gone_at_stripe_too(
    stripe: Stripe, card: SavedCard, later: Invoice, client: Client, as_bob: Client
) -> None:
    page = client.get(path_of(later)).content.decode()
    assert "Forget my card" in page
    assert card.last4 not in page
    client.post(path_of(later), {"do": "forget"})
    card.refresh_from_db()
    assert card.forgotten_at is not None
    assert not card.owes_goodbye
    assert stripe.listed(f"customers/{card.customer}/payment_methods", account=ACCOUNT) == []
    assert as_bob.get(url_of(later, card)).status_code == 404
    assert as_bob.post(f"/b/blue/stripe/cards/{card.pk}/forget/").status_code == 404


def test_stripe_is_told_later_when_it_cannot_be_told_now(
    stripe: Stripe, card: SavedCard, as_bob: Client
) -> None:
    stripe.fault("500", path="payment_methods")
    as_bob.post(f"/b/blue/stripe/cards/{card.pk}/forget/")
    card.refresh_from_db()
    assert card.owes_goodbye
    polling.poll(card.account_id)
    card.refresh_from_db()
    assert not card.owes_goodbye


def test_only_members_who_may_edit_charge(
    stripe: Stripe, card: SavedCard, later: Invoice, as_rita: Client, client: Client
) -> None:
    assert as_rita.post(url_of(later, card), {"action": "charge"}).status_code == 403
    assert client.get(url_of(later, card)).status_code == 302
    assert len(intents(stripe)) == 1


def test_a_card_of_another_contact_charges_nothing(
    stripe: Stripe, card: SavedCard, blue: Business, as_bob: Client
) -> None:
    other = make_issued(blue)
    assert as_bob.get(url_of(other, card)).status_code == 404


def test_an_old_key_without_the_right_says_so_and_stays_connected(
    stripe: Stripe, card: SavedCard, later: Invoice, as_bob: Client
) -> None:
    account = card.account
    account.way = Way.KEY
    account.key = stripe.key(account=ACCOUNT, permissions={"payment_intents": "read"})
    account.save()
    answer = charge(as_bob, later, card)
    assert "PaymentIntents: write" in answer.content.decode()
    account.refresh_from_db()
    assert account.is_active


def test_a_card_follows_its_contact_into_a_merge_and_back(card: SavedCard, blue: Business) -> None:
    duplicate, primary = card.contact, make_contact(blue, "Rosa")
    [done] = merge(primary, [duplicate], values=None, by=None)
    card.refresh_from_db()
    assert card.contact == primary
    undo(done, by=None)
    card.refresh_from_db()
    assert card.contact == duplicate
