"""Our ids as they stand in Xero: namespaced UUIDs, never integer keys."""

from uuid import UUID

# Integers repeat after a restore or a reset; a bare UUID could be any other app's.
PREFIX = "PT-"


# Enough of the id to be the only one; people see it behind their own reference.
DIGITS = 12
REFERENCE_LIMIT = 255


def payment_reference(object_id: UUID, words: str) -> str:
    """Return the Reference of a payment of ours: what a person wrote, then our own id."""
    own = f"{PREFIX}{object_id.hex[:DIGITS]}"
    return f"{words.strip()[: REFERENCE_LIMIT - len(own) - 1]} {own}".strip()


def is_of(reference: str, object_id: UUID) -> bool:
    """Say whether a Reference in Xero is that of our payment."""
    return reference.endswith(f"{PREFIX}{object_id.hex[:DIGITS]}")


def contact_number(object_id: UUID) -> str:
    """Return the ContactNumber of a contact of ours (39 of Xero's 50 characters)."""
    return f"{PREFIX}{object_id}"
