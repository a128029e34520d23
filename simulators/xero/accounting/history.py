"""Notes in the history of contacts and documents: added and read, never changed."""

from collections.abc import Callable
from functools import partial

from simulators.xero.accounting import messages
from simulators.xero.accounting.batch import Kind, write_elements
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_write import text_of
from simulators.xero.accounting.extras_model import HistoryRecord
from simulators.xero.accounting.problems import Problems
from simulators.xero.answers import Answer, envelope
from simulators.xero.table import Row
from simulators.xero.wire import Json, ms_date, new_id

# Xero, "History and notes": the longest note.
DETAILS_LIMIT = 2500


def list_history(find: Callable[[Call], Row], call: Call) -> Answer:
    records = call.organisation.history.find_all("document", find(call).id)
    rendered = [render_record(call, record) for record in records]
    return envelope("HistoryRecords", rendered, call.now)


def add_history(find: Callable[[Call], Row], call: Call) -> Answer:
    write = partial(add_record, document_id=find(call).id)
    kind = Kind("HistoryRecords", "HistoryRecordID", "HasErrors", write, render_record)
    return write_elements(call, kind, call.elements("HistoryRecords"))


def add_record(
    call: Call, sent: Json, problems: Problems, *, document_id: str
) -> HistoryRecord | None:
    details = text_of(sent, "Details")
    if not details:
        problems.add(messages.DETAILS_EMPTY)
    if len(details) > DETAILS_LIMIT:
        problems.add(messages.too_long("Details", DETAILS_LIMIT))
    if problems:
        return None
    record = HistoryRecord(new_id(), document_id, details, call.now)
    call.organisation.history.save(record)
    return record


def render_record(call: Call, record: HistoryRecord) -> Json:
    return {
        "Changes": "Note",
        "DateUTCString": record.updated.strftime("%Y-%m-%dT%H:%M:%S"),
        "DateUTC": ms_date(record.updated),
        "User": "System Generated",
        "Details": record.details,
    }
