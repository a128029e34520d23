"""What the API answers: envelopes, errors in Xero's several shapes, and plain text."""

from datetime import datetime

from simulators.common.answers import TEXT_TYPE as TEXT_TYPE
from simulators.common.answers import Answer as Answer
from simulators.common.answers import json_answer as json_answer
from simulators.common.answers import text_answer as text_answer
from simulators.xero.wire import Json, ms_date, new_id

PROVIDER_NAME = "Simulated app"


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
