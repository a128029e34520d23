from contacts.models.contact import Contact, ContactKind, ContactTag, Tag
from contacts.models.merge import Merge, NotDuplicates
from contacts.models.pool import Pool, PoolContact, PoolRole

__all__ = [
    "Contact",
    "ContactKind",
    "ContactTag",
    "Merge",
    "NotDuplicates",
    "Pool",
    "PoolContact",
    "PoolRole",
    "Tag",
]
