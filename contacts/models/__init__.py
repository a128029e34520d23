from contacts.models.contact import Contact, ContactKind, ContactTag, Tag
from contacts.models.duplicates import DuplicateGroup, DuplicateJob, GroupMode, JobKind, JobStatus
from contacts.models.importing import ImportFile, ImportStatus
from contacts.models.merge import Merge, NotDuplicates
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
    "NotDuplicates",
    "Pool",
    "PoolContact",
    "PoolRole",
    "Tag",
]
