"""Cutting a long list into pages a person turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar
from urllib.parse import urlencode

from aiohttp import web

T = TypeVar("T")

PER_PAGE = 50


@dataclass(frozen=True)
class Turned(Generic[T]):
    """One page of a list, and the way to its neighbours."""

    rows: Sequence[T]
    number: int
    count: int
    total: int
    query: dict[str, str]

    @property
    def first(self) -> int:
        return (self.number - 1) * PER_PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * PER_PAGE, self.total)

    def link(self, number: int) -> str:
        return "?" + urlencode({**self.query, "page": number})


def turned(request: web.Request, rows: Sequence[T]) -> Turned[T]:
    asked = request.query.get("page", "1")
    count = max(1, ceil(len(rows) / PER_PAGE))
    number = min(max(int(asked) if asked.isdecimal() else 1, 1), count)
    query = {name: value for name, value in request.query.items() if name != "page"}
    window = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Turned(window, number, count, len(rows), query)
