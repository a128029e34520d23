"""The one shape in which contacts enter the matcher."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

# Everything past this length is ignored in comparisons: no real name, street or e-mail is longer
# (an e-mail address ends at 254 by RFC 5321), and it bounds the work a hostile row can cause.
LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Record:
    """One contact as text, as it was given; a blank means "not known", never "has none".

    Ids are the caller's own and must differ within a list.
    """

    id: str
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    address_line1: str = ""
    address_line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    tax_number: str = ""
    account_number: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    second_address_line1: str = ""
    second_address_line2: str = ""
    second_city: str = ""
    second_region: str = ""
    second_postal_code: str = ""

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> "Record":
        """Read a mapping such as a csv row; unknown keys are ignored, missing ones are blank."""
        values = {name: _text(row.get(name)) for name in _TEXT_FIELDS}
        return cls(**values, emails=_several(row.get("emails")), phones=_several(row.get("phones")))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _several(value: object) -> tuple[str, ...]:
    if value is None or isinstance(value, str):
        return tuple(part for part in (value or "").replace(";", ",").split(",") if part.strip())
    if isinstance(value, (list, tuple)):
        return tuple(_text(part) for part in value)
    return (_text(value),)


_TEXT_FIELDS = tuple(f.name for f in fields(Record) if f.name not in ("emails", "phones"))
