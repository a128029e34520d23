"""Real processes: a customer, the web server, Stripe's webhooks, a worker and its death."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests

from businesses.models import Business, User
from invoices.models import Invoice
from invoices.tests.making import make_issued
from pooltrackr.settings import broker_url
from pooltrackr.supervisor import Stack
from stripe_integration import links
from stripe_integration.models import Charge, CheckoutSession, StripeEvent
from stripe_integration.tests import making
from stripe_integration.tests.simulator import CLIENT_ID, SECRET_KEY, WEBHOOK_SECRET, Stripe
from xero_integration.tests.making import use_broker
from xero_integration.tests.test_process import wait_until

pytestmark = pytest.mark.process


@pytest.fixture
def stack(make_stack: Callable[..., Stack], stripe: Stripe, settings: Any) -> Stack:
    own = {
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_CLIENT_ID": CLIENT_ID,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_POLL_INTERVAL": "1",
    }
    for name in ("STRIPE_API_URL", "STRIPE_CONNECT_URL", "STRIPE_CHECKOUT_URL"):
        own[name] = stripe.url
    stack = make_stack(settings=own, parts=("broker", "worker", "web"))
    settings.SITE_URL = stack.web_url
    use_broker(broker_url(stack.redis_url))
    return stack


@pytest.fixture
def invoice(stack: Stack, stripe: Stripe, blue: Business, alice: User) -> Invoice:
    making.connected(stripe, blue, alice)
    return make_issued(blue)


def webhooks_to(stripe: Stripe, stack: Stack, **more: Any) -> None:
    url = f"{stack.web_url}/stripe/webhook/"
    stripe.control("webhooks", url=url, secret=WEBHOOK_SECRET, retry_seconds=0.5, **more)


def pay_by_browser(stripe: Stripe, invoice: Invoice) -> None:
    """Open the link, press the button, pay at Stripe, and close the browser."""
    with requests.Session() as browser:
        page = browser.get(links.link_to(invoice), timeout=10)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token, page.text
        sent = {"csrfmiddlewaretoken": token[1]}
        answer = browser.post(page.url, data=sent, allow_redirects=False, timeout=20)
        assert answer.headers["Location"].startswith(stripe.url)
    stripe.pay(CheckoutSession.objects.get().stripe_id)


def is_paid(invoice: Invoice) -> bool:
    invoice.refresh_from_db()
    return invoice.amount_due == 0


def test_a_payment_reaches_the_invoice_by_webhook(
    stripe: Stripe, stack: Stack, invoice: Invoice
) -> None:
    webhooks_to(stripe, stack, duplicate=True, reorder=True)
    pay_by_browser(stripe, invoice)
    wait_until(lambda: is_paid(invoice), what="the payment", stack=stack)
    wait_until(
        lambda: not stripe.state("webhooks")["webhooks"]["pending"], what="the rest", stack=stack
    )
    assert [one.amount for one in invoice.payments.all()] == [Decimal(110)]
    assert StripeEvent.objects.filter(by_poll=False).exists()


def test_a_worker_killed_while_it_asks_stripe_leaves_one_payment(
    stripe: Stripe, stack: Stack, invoice: Invoice
) -> None:
    """No webhook comes at all: the poll finds the payment, twice over."""
    pay_by_browser(stripe, invoice)
    stripe.control("limits", latency_ms=1500)
    wait_until(
        lambda: StripeEvent.objects.filter(attempts__gt=0).exists(), what="the work", stack=stack
    )
    stack.kill("worker")
    stripe.control("limits", latency_ms=0)
    making.make_due()
    stack.start("worker")
    wait_until(lambda: is_paid(invoice), what="the payment", stack=stack)
    making.make_due()
    wait_until(
        lambda: not StripeEvent.objects.filter(status__in=("received", "failed")).exists(),
        what="the rest",
        stack=stack,
    )
    assert [one.amount for one in invoice.payments.all()] == [Decimal(110)]
    assert Charge.objects.get().applied == Decimal(110)
