"""Xero's way of writing things down: dates, identifiers, money and flags in JSON."""

import re
import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from simulators.common.wire import Json as Json
from simulators.common.wire import dump as dump
from simulators.common.wire import load as load
from simulators.common.wire import plain as plain

ZERO_ID = "00000000-0000-0000-0000-000000000000"
MS_DATE = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")


def new_id() -> str:
    return str(uuid.uuid4())


def ms_date(moment: datetime) -> str:
    return f"/Date({round(moment.timestamp() * 1000)}+0000)/"


def day_start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def ms_day(day: date) -> str:
    return ms_date(day_start(day))


def day_string(day: date) -> str:
    """Write a day as DateString does: with a time and without a zone."""
    return f"{day.isoformat()}T00:00:00"


def utc_string(moment: datetime) -> str:
    """Write a moment as UpdatedDateUTCString does: ISO, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def dotnet_date(moment: datetime) -> str:
    """Write a moment as /connections does: seven digits of fraction, no zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0"


def parse_day(value: object) -> date | None:
    """Read any way of writing a day that Xero takes; None when it is no date."""
    if not isinstance(value, str):
        return None
    match = MS_DATE.match(value)
    try:
        if match:
            return datetime.fromtimestamp(int(match[1]) / 1000, UTC).date()
        return date.fromisoformat(value[:10])
    except (ValueError, OverflowError, OSError):
        return None


def parse_decimal(value: object) -> Decimal | None:
    """Read a JSON number, or a number in a string; None when it is neither or not finite."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def number(amount: Decimal) -> float:
    """Return an amount as a JSON number; fifteen digits survive, Xero's largest has twelve."""
    return float(amount)


def parse_flag(value: str | None, *, default: bool) -> bool:
    """Read a boolean of a query string; Xero's SDK for Python writes True and False."""
    if value is None:
        return default
    return value.strip().lower() == "true"
