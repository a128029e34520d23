"""Use cases of contacts and pools that touch more than one row."""

from collections.abc import Iterable

from django.db import transaction

from businesses.models import Business
from contacts.models import Contact, Pool, PoolContact, PoolRole
from contacts.models.contact import set_tags


@transaction.atomic
def save_contact(contact: Contact, *, tags: Iterable[str]) -> Contact:
    """Save `contact` and give it exactly these tags."""
    contact.save()
    set_tags(contact, tags)
    return contact


@transaction.atomic
def create_pool(pool: Pool, *, contact: Contact | None, role: str) -> Pool:
    """Save a new pool and, where it is made from a contact's page, link the two."""
    pool.save()
    if contact is not None:
        link_pool(pool, contact=contact, role=role)
    return pool


def link_pool(pool: Pool, *, contact: Contact, role: str) -> tuple[PoolContact, bool]:
    """Make `contact` owner, tenant or agent of `pool`; say whether that is new.

    Linking twice in the same role changes nothing; one contact may have several roles.
    """
    return PoolContact.objects.get_or_create(
        business=pool.business, pool=pool, contact=contact, role=PoolRole(role)
    )


def tag_names(business: Business, *, starting: str = "") -> list[str]:
    """Return up to twenty tags of the business for suggestions."""
    # PostgreSQL refuses a NUL byte even in a question.
    start = starting.replace("\x00", "")
    tags = business.tags.filter(name__istartswith=start).order_by("name")
    return list(tags.values_list("name", flat=True)[:20])
