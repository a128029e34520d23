"""What the API answers: envelopes, errors in Xero's several shapes, and plain text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulators.xero.wire import Json, dump, ms_date, new_id

JSON_TYPE = "application/json; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"
PROVIDER_NAME = "Simulated app"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(payload: object, *, status: int = 200) -> Answer:
    return Answer(status, dump(payload))


def text_answer(text: str, *, status: int) -> Answer:
    return Answer(status, text.encode(), TEXT_TYPE)


def envelope(
    collection: str, rows: list[Json], now: datetime, *, pagination: Json | None = None
) -> Answer:
    payload: Json = {
        "Id": new_id(),
        "Status": "OK",
        "ProviderName": PROVIDER_NAME,
        "DateTimeUTC": ms_date(now),
    }
    if pagination is not None:
        payload["pagination"] = pagination
    payload[collection] = rows
    return json_answer(payload)


def validation_exception(elements: list[Json]) -> Answer:
    return json_answer(
        {
            "ErrorNumber": 10,
            "Type": "ValidationException",
            "Message": "A validation exception occurred",
            "Elements": elements,
        },
        status=400,
    )


def query_exception(message: str) -> Answer:
    return json_answer(
        {"ErrorNumber": 16, "Type": "QueryParseException", "Message": message}, status=400
    )


def high_volume_exception(message: str) -> Answer:
    return json_answer(
        {"ErrorNumber": 51, "Type": "HighVolumeException", "Message": message}, status=400
    )


def post_data_invalid(message: str) -> Answer:
    return json_answer(
        {"ErrorNumber": 17, "Type": "PostDataInvalidException", "Message": message}, status=400
    )


def problem(status: int, title: str, detail: str) -> Answer:
    """Answer as Xero's gateway does, before the accounting API is reached."""
    payload: Json = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": new_id(),
        "Extensions": {},
    }
    return json_answer(payload, status=status)


def not_simulated(what: str) -> Answer:
    return text_answer(f"The Xero simulator does not know this call: {what}\n", status=501)
