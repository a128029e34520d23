"""Making all demo data, the same each time but for today's date."""

import random

from django.db import transaction

from businesses.models import Business
from invoices.dates import today
from pooltrackr.demo import businesses, catalogue, contact_list, invoice_history, pool_list
from pooltrackr.demo.businesses import BLUE_LAGOON, SUNDOWNER

INVOICES = 150
# The second business shows that each sees only its own; a handful of rows will do.
FEW_CONTACTS, FEW_INVOICES = 8, 5
SLUGS = (BLUE_LAGOON, SUNDOWNER)


@transaction.atomic
def make_everything() -> None:
    """Fill an empty database with two businesses and the platform's own administrator."""
    businesses.make_administrator()
    fill(businesses.make_blue_lagoon(), contacts=None, invoices=INVOICES)
    fill(businesses.make_sundowner(), contacts=FEW_CONTACTS, invoices=FEW_INVOICES)


def fill(business: Business, *, contacts: int | None, invoices: int) -> None:
    # A fixed seed: screenshots and walk-throughs look the same each time.
    chance = random.Random(business.slug)  # noqa: S311 - not a secret
    people = contact_list.make(business, chance=chance, limit=contacts)
    pools = pool_list.make(business, people, chance=chance)
    products = catalogue.make(business)
    invoice_history.make(
        business, pools, products, chance=chance, count=invoices, until=today(business)
    )
