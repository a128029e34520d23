"""Short ways to what the tests are about: a connected account, an invoice, a paid page."""

from typing import Any

from businesses.models import Business, User
from stripe_integration import connect
from stripe_integration.models import StripeAccount
from stripe_integration.tests.simulator import Stripe

ACCOUNT = "acct_1BlueLagoonDemo01"  # the simulator's first connected account


def connected(stripe: Stripe, business: Business, user: User, **choice: Any) -> StripeAccount:
    choice = choice or {"account": ACCOUNT}
    query = stripe.consent(connect.authorise_url(business, user=user), **choice)
    return connect.complete(query, user=user)
