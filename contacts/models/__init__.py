from contacts.models.contact import Contact, ContactKind, ContactTag, Tag
from contacts.models.duplicates import (
    DuplicateGroup,
    DuplicateJob,
    GroupMode,
    JobKind,
    JobStatus,
    Of,
)
from contacts.models.importing import ImportFile, ImportStatus
from contacts.models.merge import Merge, NotDuplicatePools, NotDuplicates, PoolMerge
from contacts.models.pool import Pool, PoolContact, PoolRole

__all__ = [
    "Contact",
    "ContactKind",
    "ContactTag",
    "DuplicateGroup",
    "DuplicateJob",
    "GroupMode",
    "ImportFile",
    "ImportStatus",
    "JobKind",
    "JobStatus",
    "Merge",
    "NotDuplicatePools",
    "NotDuplicates",
    "Of",
    "Pool",
    "PoolContact",
    "PoolMerge",
    "PoolRole",
    "Tag",
]
