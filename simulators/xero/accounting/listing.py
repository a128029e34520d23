"""A list asked for by a call: chosen by filter, put in order, cut into pages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any, Generic, TypeVar

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.where import (
    Fields,
    Filter,
    QueryParseError,
    comparable,
    parse_where,
)
from simulators.xero.table import Row, Table
from simulators.xero.wire import Json

RowT = TypeVar("RowT", bound=Row)

# Xero: "Requests and responses", pageSize; a larger one is cut down to the largest.
DEFAULT_PAGE_SIZE = 100
LARGEST_PAGE_SIZE = 1000


@dataclass(frozen=True)
class Page(Generic[RowT]):
    rows: list[RowT]
    pagination: Json | None


def wanted_filter(call: Call, fields: Fields) -> Filter | None:
    expression = call.text("where")
    return parse_where(expression, fields) if expression else None


def candidates(
    table: Table[RowT], chosen: Filter | None, indexes: Mapping[str, tuple[str, ...]]
) -> list[RowT]:
    """Return the rows an index leaves to look at, or all of them, in Xero's default order."""
    for name, kinds in indexes.items():
        value = chosen.equalities.get(name) if chosen else None
        if value is not None:
            rows = [row for kind in kinds for row in table.find_all(kind, value)]
            return sorted(rows, key=lambda row: (row.updated, row.id))
    return table.by_age()


def modified(call: Call, rows: Iterable[RowT]) -> Iterable[RowT]:
    since = call.modified_since
    return rows if since is None else (row for row in rows if row.updated > since)


def filtered(chosen: Filter | None, rows: Iterable[RowT]) -> list[RowT]:
    return list(rows) if chosen is None else [row for row in rows if chosen.matches(row)]


def in_order(call: Call, rows: list[RowT], fields: Fields) -> list[RowT]:
    """Sort by `order=Name ASC, Date DESC`; rows already come in the default order."""
    parts = [part.split() for part in call.text("order").split(",") if part.strip()]
    readers = {name.lower(): read for name, read in fields.items()}
    # Sorting is stable, so the last key goes first.
    for part in reversed(parts):
        read = readers.get(part[0].lower())
        direction = part[1].upper() if len(part) > 1 else "ASC"
        if read is None or direction not in {"ASC", "DESC"} or len(part) > 2:
            raise QueryParseError(f"Cannot order by '{' '.join(part)}'")
        rows = sorted(rows, key=sort_key(read), reverse=direction == "DESC")
    return rows


def sort_key(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def key(row: object) -> tuple[bool, Any]:
        value = comparable(read(row))
        # Rows without a value come first; a guess, for want of a source.
        return value is not None, value if value is not None else 0

    return key


def asks_for_page(call: Call) -> bool:
    return bool(call.text("page") or call.text("pageSize"))


def paged(call: Call, rows: list[RowT], *, forced: bool = False) -> Page[RowT]:
    """Cut out the page asked for; without `page` the whole list is the answer."""
    if not asks_for_page(call) and not forced:
        return Page(rows, None)
    page = max(1, whole_number(call.text("page"), default=1))
    size = whole_number(call.text("pageSize"), default=DEFAULT_PAGE_SIZE)
    size = min(max(size, 1), LARGEST_PAGE_SIZE)
    pagination = {
        "page": page,
        "pageSize": size,
        "pageCount": ceil(len(rows) / size),
        "itemCount": len(rows),
    }
    return Page(rows[(page - 1) * size : page * size], pagination)


def whole_number(text: str, *, default: int) -> int:
    try:
        return int(text) if text else default
    except ValueError:
        raise QueryParseError(f"'{text}' is not a whole number") from None


def searched(term: str, texts: Iterable[str | None]) -> bool:
    wanted = term.casefold()
    return any(wanted in text.casefold() for text in texts if text)


def parse_http_time(text: str | None) -> datetime | None:
    """Read If-Modified-Since: ISO as Xero's SDKs write it, UTC when it names no zone."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return parse_rfc_time(text)
    from_zone = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return from_zone.astimezone(UTC)


def parse_rfc_time(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
