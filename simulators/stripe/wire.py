"""Stripe's way of writing things down: ids with prefixes, times in seconds, nested forms."""

import re
import secrets
import string
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from simulators.common.wire import Json

ALPHABET = string.ascii_letters + string.digits
DAY = 24 * 60 * 60
PART = re.compile(r"\[([^\]]*)\]")


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(length))}"


def midnight(seconds: int) -> int:
    return seconds - seconds % DAY


def business_days_after(seconds: int, days: int) -> int:
    """Return the midnight (UTC) that begins the day `days` business days after `seconds`."""
    day = datetime.fromtimestamp(midnight(seconds), UTC)
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return int(day.timestamp())


def is_business_day(seconds: int) -> bool:
    return datetime.fromtimestamp(seconds, UTC).weekday() < 5


def parse_form(text: str) -> Json:
    """Read a form with names such as items[0][price][currency] into nested dicts and lists."""
    whole: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        place(whole, [name.partition("[")[0], *PART.findall(name)], value)
    return {name: listed(value) for name, value in whole.items()}


def place(into: Json, names: list[str], value: str) -> None:
    for name in names[:-1]:
        inner = into.setdefault(name or str(len(into)), {})
        # A name that is both a value and a table: the later one wins, as in Stripe.
        if not isinstance(inner, dict):
            inner = into[name] = {}
        into = inner
    into[names[-1] or str(len(into))] = value


def listed(value: object) -> object:
    """Turn tables numbered from nought into lists, at every depth."""
    if not isinstance(value, dict):
        return value
    inner = {name: listed(one) for name, one in value.items()}
    numbered = inner and list(inner) == [str(number) for number in range(len(inner))]
    return list(inner.values()) if numbered else inner
