"""Phone numbers as the digits that identify the subscriber.

Australian numbers are written with or without country and area code ("+61 2 9123 4567", "02 9123
4567", "9123 4567"), so what is compared is the last eight digits (ACMA numbering plan: eight digits
per subscriber, mobiles nine from the leading 4). Elsewhere the last eight digits differ as surely,
so no full parse is needed to compare.
"""

from typing import NamedTuple

from contacts.matching.text import digits

# Fewer digits than this are an extension or a typing accident, not a number to compare.
SHORTEST = 6
# Australian: with and without area code or country code, the last eight are the same line.
SUBSCRIBER_DIGITS = 8
_MOBILE_STARTS = ("04", "614", "00614", "6104")


class Phone(NamedTuple):
    """What identifies a line, and whether it is written as an Australian mobile."""

    number: str
    mobile: bool


def read_phone(value: str) -> Phone | None:
    """Return the number, or None where it is too short or all one digit."""
    number = digits(value.lower().partition("x")[0])
    if len(number) < SHORTEST or len(set(number)) == 1:
        return None
    mobile = number.startswith(_MOBILE_STARTS) or (len(number) == 9 and number[0] == "4")
    return Phone(number[-SUBSCRIBER_DIGITS:], mobile)
