"""Card payments against the simulator: one process for the session, a new world for each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app

from businesses.models import Business, User
from invoices.models import Invoice
from invoices.tests.making import make_issued
from stripe_integration.models import StripeAccount
from stripe_integration.tests import making
from stripe_integration.tests.simulator import (
    CLIENT_ID,
    SECRET_KEY,
    WEBHOOK_SECRET,
    Process,
    Stripe,
)
from xero_integration.tests.making import use_broker


@pytest.fixture(autouse=True)
def quiet_broker() -> Iterator[None]:
    """Messages stay in this process: tests do the work of the tasks themselves."""
    url = current_app.conf.broker_url
    use_broker("memory://")
    yield
    use_broker(url)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Process]:
    with Process() as process:
        yield process


@pytest.fixture
def stripe(simulator: Process, settings: Any) -> Stripe:
    """Return the simulator, new, with this process's settings pointing at it."""
    for name in ("STRIPE_API_URL", "STRIPE_CONNECT_URL", "STRIPE_CHECKOUT_URL"):
        setattr(settings, name, simulator.url)
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = SECRET_KEY, CLIENT_ID
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
    settings.SITE_URL = "http://localhost:8000"
    settings.STRIPE_CONNECT_TIMEOUT, settings.STRIPE_READ_TIMEOUT = 2, 2
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    stripe = Stripe(simulator.url)
    stripe.control("reset", country="AU", accounts=1)
    return stripe


@pytest.fixture
def account(stripe: Stripe, blue: Business, alice: User) -> StripeAccount:
    """Return blue's account, connected through Stripe's consent page."""
    return making.connected(stripe, blue, alice)


@pytest.fixture
def invoice(account: StripeAccount, blue: Business) -> Invoice:
    """Return an issued invoice of blue over 110.00."""
    return make_issued(blue)
