"""What hangs on a document or a contact: notes, attached files, groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from simulators.xero.table import Key


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    id: str
    document_id: str
    details: str
    updated: datetime

    def keys(self) -> Iterable[Key]:
        yield "document", self.document_id


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    document_id: str
    file_name: str
    mime_type: str
    content: bytes
    updated: datetime
    include_online: bool = False

    def keys(self) -> Iterable[Key]:
        yield "document", self.document_id


@dataclass(frozen=True, slots=True)
class ContactGroup:
    id: str
    name: str
    updated: datetime
    contact_ids: tuple[str, ...] = ()
    status: str = "ACTIVE"

    def keys(self) -> Iterable[Key]:
        if self.status == "ACTIVE":
            yield "name", self.name.casefold()
        for contact_id in self.contact_ids:
            yield "contact", contact_id
