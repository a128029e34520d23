"""Files attached to invoices: sent as raw bytes, listed, and read back."""

import re

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.extras_model import Attachment
from simulators.xero.accounting.invoice_read import named_invoice
from simulators.xero.answers import Answer, envelope, validation_exception
from simulators.xero.wire import Json, new_id

# Xero, "Attachments": how many a document takes, and what a name must not hold.
MOST_FILES = 10
BAD_NAME = re.compile(r'[<>:"/\\|?*+\0]')


def list_attachments(call: Call) -> Answer:
    rows = [render_attachment(one) for one in attached(call)]
    return envelope("Attachments", rows, call.now)


def read_attachment(call: Call) -> Answer:
    """Answer with the bytes of the file that the address names by name or id."""
    for one in attached(call):
        if call.path[3] in {one.file_name, one.id}:
            return Answer(200, one.content, one.mime_type)
    raise NotFound


def write_attachment(call: Call) -> Answer:
    """Keep a file; one of the same name is overwritten."""
    held, name = attached(call), call.path[3]
    same = next((one for one in held if one.file_name == name), None)
    refusal = refused_because(call, name, held if same is None else [])
    if refusal:
        return validation_exception([{"ValidationErrors": [{"Message": refusal}]}])
    attachment = Attachment(
        id=same.id if same else new_id(),
        document_id=named_invoice(call).id,
        file_name=name,
        mime_type=call.content_type or "application/octet-stream",
        content=call.body,
        updated=call.now,
        include_online=call.flag("IncludeOnline"),
    )
    call.organisation.attachments.save(attachment)
    return envelope("Attachments", [render_attachment(attachment)], call.now)


def refused_because(call: Call, name: str, others: list[Attachment]) -> str:
    if BAD_NAME.search(name):
        return messages.FILE_NAME_INVALID
    if not call.body:
        return messages.FILE_EMPTY
    return messages.TOO_MANY_FILES if len(others) >= MOST_FILES else ""


def attached(call: Call) -> list[Attachment]:
    return call.organisation.attachments.find_all("document", named_invoice(call).id)


def render_attachment(attachment: Attachment) -> Json:
    place = f"Invoices/{attachment.document_id}/Attachments/{attachment.file_name}"
    return {
        "AttachmentID": attachment.id,
        "FileName": attachment.file_name,
        "Url": f"https://api.xero.com/api.xro/2.0/{place}",
        "MimeType": attachment.mime_type,
        "ContentLength": len(attachment.content),
        "IncludeOnline": attachment.include_online,
    }
