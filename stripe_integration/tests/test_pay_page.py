"""The customer's way: a link for one invoice, the page, Stripe's page, and every way it can end."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from businesses.models import Business
from invoices import services
from invoices.document.content import content_of
from invoices.document.pdf import pdf_of
from invoices.models import Invoice
from invoices.services import emailing
from invoices.tests.making import line, make_draft, make_issued, pay
from stripe_integration import checkout, links, offer
from stripe_integration.models import CheckoutSession, SessionStatus, StripeAccount
from stripe_integration.tests.making import ACCOUNT, path_of
from stripe_integration.tests.simulator import DECLINED, Stripe


def pages(stripe: Stripe) -> list[dict[str, Any]]:
    return stripe.listed("checkout/sessions", account=ACCOUNT)


def test_a_customer_sees_the_amount_and_goes_to_stripe(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    page = client.get(path_of(invoice))
    text = page.content.decode()
    assert "Blue Lagoon Pool Care" in text
    assert "$110.00" in text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in page.headers["Cache-Control"]
    answer = client.post(path_of(invoice))
    assert answer.status_code == 302
    [opened] = pages(stripe)
    assert answer.headers["Location"] == opened["url"]
    row = CheckoutSession.objects.get()
    assert (opened["amount_total"], opened["currency"]) == (11_000, "aud")
    assert opened["client_reference_id"] == opened["metadata"]["pooltrackr"] == str(row.pk)
    assert (row.status, row.stripe_id) == (SessionStatus.OPEN, opened["id"])
    assert opened["url"].startswith(stripe.url)
    assert stripe.url in page.headers["Content-Security-Policy"].partition("form-action")[2]


def test_nothing_about_a_person_is_sent_or_kept(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    client.post(path_of(invoice))
    [write] = stripe.writes("checkout/sessions")
    for text in (str(write), str(CheckoutSession.objects.get().body)):
        assert invoice.contact.name not in text


def test_two_taps_lead_to_one_page(stripe: Stripe, invoice: Invoice, client: Client) -> None:
    first, second = (client.post(path_of(invoice)).headers["Location"] for _ in range(2))
    assert first == second
    assert len(pages(stripe)) == 1


@pytest.mark.parametrize("kind", ["500", "drop_after", "drop_before", "429"])
def test_an_unclear_answer_is_asked_again_with_the_same_key(
    stripe: Stripe, invoice: Invoice, client: Client, kind: str
) -> None:
    stripe.fault(kind, path="checkout/sessions")
    page = client.post(path_of(invoice))
    assert page.status_code == 200
    assert "Nothing was charged" in page.content.decode()
    row = CheckoutSession.objects.get()
    assert row.status == SessionStatus.PREPARED
    # As a database may give it back: PostgreSQL keeps no order of members.
    row.body = dict(reversed(row.body.items()))
    row.save()
    assert client.post(path_of(invoice)).status_code == 302
    assert len(pages(stripe)) == 1
    keys = {write["idempotencyKey"] for write in stripe.writes("checkout/sessions")}
    assert keys == {str(CheckoutSession.objects.get().pk)}


def test_a_changed_amount_closes_the_page_of_before(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    client.post(path_of(invoice))
    pay(invoice, "50")
    assert "$60.00" in client.get(path_of(invoice)).content.decode()
    assert client.post(path_of(invoice)).status_code == 302
    now, before = pages(stripe)
    assert (before["status"], now["status"], now["amount_total"]) == ("expired", "open", 6_000)


def test_a_page_paid_meanwhile_is_not_replaced(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    client.post(path_of(invoice))
    stripe.pay(CheckoutSession.objects.get().stripe_id)
    pay(invoice, "50")
    page = client.post(path_of(invoice))
    assert page.status_code == 200
    assert len(pages(stripe)) == 1
    assert CheckoutSession.objects.get().status == SessionStatus.PAID


def test_cancelled(stripe: Stripe, invoice: Invoice, client: Client) -> None:
    client.post(path_of(invoice))
    back = pages(stripe)[0]["cancel_url"].removeprefix("http://localhost:8000")
    page = client.get(back).content.decode()
    assert "nothing was charged" in page
    assert "Pay by card</button>" in page


def test_a_refused_card_leaves_the_page_open(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    client.post(path_of(invoice))
    row = CheckoutSession.objects.get()
    with pytest.raises(AssertionError, match="declined"):
        stripe.pay(row.stripe_id, card=DECLINED)
    checkout.look(row)
    assert row.status == SessionStatus.OPEN
    assert "$110.00" in client.get(path_of(invoice)).content.decode()


def test_an_expired_page_makes_room_for_the_next(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    client.post(path_of(invoice))
    stripe.act("expire_session", session=CheckoutSession.objects.get().stripe_id)
    client.get(f"{path_of(invoice)}?end=cancelled")
    assert CheckoutSession.objects.get().status == SessionStatus.EXPIRED
    assert client.post(path_of(invoice)).status_code == 302
    assert len(pages(stripe)) == 2


def test_already_paid(invoice: Invoice, client: Client) -> None:
    pay(invoice, "110")
    page = client.get(path_of(invoice)).content.decode()
    assert "is paid" in page
    assert "Pay by card</button>" not in page
    assert "cannot be paid" in client.post(path_of(invoice)).content.decode()


def test_a_void_invoice_ends_its_link(stripe: Stripe, invoice: Invoice, client: Client) -> None:
    services.void(invoice, by=None)
    page = client.get(path_of(invoice)).content.decode()
    assert "has cancelled this invoice" in page
    client.post(path_of(invoice))
    assert pages(stripe) == []


def test_a_link_is_for_one_invoice_and_cannot_be_forged(
    invoice: Invoice, blue: Business, client: Client
) -> None:
    other = make_issued(blue, contact=invoice.contact)
    mine, theirs = links.token_of(invoice).split(":"), links.token_of(other).split(":")
    for token in (
        ":".join([theirs[0], *mine[1:]]),
        mine[0],
        f"{mine[0]}:{mine[1]}:{'A' * 43}",
        str(invoice.pk),
        "x",
    ):
        page = client.get(f"/pay/{token}/")
        assert page.status_code == 404
        assert invoice.number not in page.content.decode()


def test_an_old_link_says_so(invoice: Invoice, client: Client, settings: Any) -> None:
    path = path_of(invoice)
    settings.STRIPE_LINK_LIFE = -1
    page = client.get(path)
    assert page.status_code == 410
    assert "This link has expired" in page.content.decode()
    assert client.post(path).status_code == 410
    assert not CheckoutSession.objects.exists()


def test_a_draft_has_no_link(account: StripeAccount, blue: Business, client: Client) -> None:
    assert client.get(path_of(make_draft(blue))).status_code == 404


def test_an_account_that_is_lost_ends_in_words(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    stripe.act("disconnect", account=ACCOUNT)
    page = client.post(path_of(invoice))
    assert "could not be opened" in page.content.decode()
    assert "cannot be paid by card" in client.get(path_of(invoice)).content.decode()
    assert CheckoutSession.objects.get().status == SessionStatus.REFUSED
    assert not invoice.business.stripe_accounts.get().is_active


def test_too_small_an_amount_is_not_offered(account: StripeAccount, blue: Business) -> None:
    small = make_issued(blue, line(blue, "0.30"))
    assert "as small" in offer.of(small).reason


# --- where it is offered ------------------------------------------------------------------------


def test_the_staff_copy_the_link_and_switch_it_off(
    invoice: Invoice, as_bob: Client, as_rita: Client
) -> None:
    at = f"/b/blue/invoices/{invoice.pk}/"
    page = as_bob.get(at).content.decode()
    assert "http://localhost:8000/pay/" in page
    as_bob.post(f"/b/blue/stripe/invoices/{invoice.pk}/", {"offers_payment": "no"})
    page = as_rita.get(at).content.decode()
    assert "/pay/" not in page
    assert "switched off" in page


@pytest.mark.parametrize(
    ("business", "contact", "own", "offered"),
    [
        (True, None, None, True),
        (False, None, None, False),
        (False, "yes", None, True),
        (True, "no", None, False),
        (True, "no", "yes", True),
        (False, "yes", "no", False),
    ],
)
def test_the_nearest_switch_counts(
    invoice: Invoice, as_bob: Client, business: bool, contact: Any, own: Any, offered: bool
) -> None:
    as_bob.post("/b/blue/stripe/paying/", {"offers_payment": "on"} if business else {})
    contact_at = f"/b/blue/stripe/contacts/{invoice.contact_id}/"
    as_bob.post(contact_at, {"offers_payment": contact or ""})
    as_bob.post(f"/b/blue/stripe/invoices/{invoice.pk}/", {"offers_payment": own or ""})
    assert bool(offer.of(invoice).account) is offered
    assert "Card payment" in as_bob.get(f"/b/blue/contacts/{invoice.contact_id}/").content.decode()


def test_the_email_carries_the_link(invoice: Invoice, as_bob: Client, client: Client) -> None:
    message = emailing.proposal(invoice)["message"]
    found = re.search(r"Pay by card: http://localhost:8000(/pay/\S+)", message)
    assert found
    assert client.get(found[1]).status_code == 200
    pay(invoice, "110")
    assert "/pay/" not in emailing.proposal(invoice)["message"]
    assert mail.outbox == []


def test_a_place_of_its_own_in_the_words_of_a_business(invoice: Invoice) -> None:
    from invoices.models import EmailText

    EmailText.objects.create(
        business=invoice.business, subject="x", message="Hello.\nPay: {pay_link}\nBye."
    )
    assert "Pay: http://" in emailing.proposal(invoice)["message"]
    services.record_payment(invoice, date=dt.date(2026, 11, 3), amount=Decimal(110))
    assert emailing.proposal(invoice)["message"] == "Hello.\nBye."


def test_the_pdf_has_the_link_as_a_code(invoice: Invoice) -> None:
    content = content_of(invoice)
    token = content.pay_link.partition("/pay/")[2].rstrip("/")
    assert links.invoice_of(token) == invoice
    drawn = pdf_of(content)
    assert content.pay_link.encode() in drawn
    pay(invoice, "110")
    assert content_of(invoice).pay_link == ""
    assert b"/pay/" not in pdf_of(content_of(invoice))


def test_a_business_without_stripe_has_no_link_and_no_panel(
    blue: Business, as_bob: Client, client: Client
) -> None:
    invoice = make_issued(blue)
    assert "stripe-title" not in as_bob.get(f"/b/blue/invoices/{invoice.pk}/").content.decode()
    assert "/pay/" not in emailing.proposal(invoice)["message"]
    assert "cannot be paid by card" in client.get(path_of(invoice)).content.decode()


def test_a_page_that_ends_soon_is_not_given_out(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    client.post(path_of(invoice))
    soon = timezone.now() + dt.timedelta(minutes=1)
    CheckoutSession.objects.update(expires_at=soon)
    client.post(path_of(invoice))
    assert [one["status"] for one in pages(stripe)] == ["open", "expired"]
