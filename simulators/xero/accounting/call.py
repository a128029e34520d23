"""One call of the accounting API, read but not yet understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.xero.accounting.organisation import Organisation
from simulators.xero.switches import Switches
from simulators.xero.wire import Json, load, parse_flag


class PostDataInvalid(Exception):
    """The body is not JSON, or not of the shape this endpoint takes."""


class NotFound(Exception):
    """The address names a document that this organisation does not hold."""


@dataclass(frozen=True)
class Call:
    organisation: Organisation
    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    body: bytes
    now: datetime
    switches: Switches
    modified_since: datetime | None = None
    content_type: str = ""
    # How many records a list may go through.
    most_rows: int = 100_000

    def flag(self, name: str, *, default: bool = False) -> bool:
        return parse_flag(self.query.get(name.lower()), default=default)

    def text(self, name: str) -> str:
        return self.query.get(name.lower(), "").strip()

    def listed(self, name: str) -> list[str]:
        """Return the values of a comma-separated parameter."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    @property
    def unit_decimals(self) -> int:
        return 4 if self.text("unitdp") == "4" else 2

    def elements(self, collection: str) -> list[Json]:
        """Return the objects sent, whether alone or in a list under the collection's name."""
        try:
            parsed: Any = load(self.body)
        except ValueError as error:
            raise PostDataInvalid(f"The body is not valid JSON: {error}") from error
        if isinstance(parsed, dict) and collection in parsed:
            parsed = parsed[collection]
        elements = parsed if isinstance(parsed, list) else [parsed]
        if not elements or not all(isinstance(element, dict) for element in elements):
            raise PostDataInvalid(f"The body must be one object or a list named {collection}.")
        return elements
