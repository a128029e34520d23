"""Strict de-duplication: records whose chosen fields are all equal, as a person would read them."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from contacts.matching.emails import read_email
from contacts.matching.identifiers import read_identifier
from contacts.matching.phones import read_phone
from contacts.matching.records import Record
from contacts.matching.text import fold, words


def _plain(value: str) -> str:
    return " ".join(words(fold(value)))


def _email(value: str) -> str:
    read = read_email(value)
    return read.address if read else _plain(value)


def _phone(value: str) -> str:
    read = read_phone(value)
    return read.number if read else _plain(value)


def _identifier(value: str) -> str:
    return read_identifier(value) or _plain(value)


# How each field is read: case, accents, punctuation and spacing never make a difference.
STRICT_FIELDS: dict[str, Callable[[str], str]] = {
    "name": _plain,
    "first_name": _plain,
    "last_name": _plain,
    "email": _email,
    "phone": _phone,
    "mobile": _phone,
    "address_line1": _plain,
    "address_line2": _plain,
    "city": _plain,
    "region": _plain,
    "postal_code": _identifier,
    "country": _plain,
    "tax_number": _identifier,
    "account_number": _identifier,
}


def strict_groups(
    records: Sequence[Record], fields: Sequence[str] = ("name",)
) -> list[tuple[str, ...]]:
    """Return groups of ids whose chosen fields are all equal, in list order; a blank equals
    nothing.

    Raises ValueError for an unknown field, or when none is chosen: that would make one group of
    everybody.
    """
    if not fields or (unknown := set(fields) - STRICT_FIELDS.keys()):
        chosen = ", ".join(sorted(unknown)) if fields else "none"
        raise ValueError(f"Choose from {', '.join(STRICT_FIELDS)}; got {chosen}.")
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for record in records:
        values = tuple(STRICT_FIELDS[field](getattr(record, field)) for field in fields)
        if all(values):
            groups[values].append(record.id)
    return [tuple(ids) for ids in groups.values() if len(ids) > 1]
