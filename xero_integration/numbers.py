"""Our ids as they stand in Xero: namespaced UUIDs, never integer keys."""

from uuid import UUID

# Integers repeat after a restore or a reset; a bare UUID could be any other app's.
PREFIX = "PT-"


def contact_number(object_id: UUID) -> str:
    """Return the ContactNumber of a contact of ours (39 of Xero's 50 characters)."""
    return f"{PREFIX}{object_id}"
