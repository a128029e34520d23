"""Lists in pages: sorted by a link, cut into pages, with everything kept in the URL."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, OrderBy, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)
Sort = str | Combinable | OrderBy


class Table(Generic[Row]):
    """One list of a page.

    `sorts` gives each name that may stand in `?sort=` its order: a field ("-updated_at" for newest
    first) or an expression (Lower("name")). `?sort=-name` turns it round. What the URL says wrong
    falls back to the default and to the nearest page: a link is never an error.
    """

    def __init__(
        self,
        request: HttpRequest,
        queryset: QuerySet[Row],
        *,
        sorts: Mapping[str, Sort],
        default: str,
        per_page: int = 50,
        target: str = "table",
    ) -> None:
        self.request = request
        self.queryset = queryset
        self.sorts = sorts
        self.per_page = per_page
        self.target = target
        asked = request.GET.get("sort", "")
        self.sort = asked if asked.removeprefix("-") in sorts else default

    @cached_property
    def page(self) -> "Page[Row]":
        # The key comes last, so that equal rows never change places between two pages.
        ordered = self.queryset.order_by(_order(self.sorts, self.sort), "pk")
        return Paginator(ordered, self.per_page).get_page(self.request.GET.get("page"))

    @property
    def rows(self) -> list[Row]:
        return list(self.page.object_list)

    @property
    def count(self) -> int:
        return self.page.paginator.count

    def __iter__(self) -> Iterator[Row]:
        return iter(self.page)

    def query_string(self, **changes: Any) -> str:
        """The page's own parameters with `changes`; None takes one out. Always begins with "?"."""
        parameters = self.request.GET.copy()
        for name, value in changes.items():
            parameters.pop(name, None)
            if value is not None:
                parameters[name] = str(value)
        return "?" + parameters.urlencode()

    def toggled(self, name: str) -> str:
        """What `sort` becomes when the header `name` is chosen."""
        return f"-{name}" if self.sort == name else name

    def direction(self, name: str) -> str:
        """The value of aria-sort for the header `name`."""
        if self.sort.removeprefix("-") != name:
            return "none"
        order = _order(self.sorts, self.sort)
        return "descending" if order.descending else "ascending"


def _order(sorts: Mapping[str, Sort], sort: str) -> OrderBy:
    order = _as_order(sorts[sort.removeprefix("-")])
    if sort.startswith("-"):
        order = order.copy()
        order.reverse_ordering()
    return order


def _as_order(sort: Sort) -> OrderBy:
    if isinstance(sort, OrderBy):
        return sort
    if isinstance(sort, str):
        field = F(sort.removeprefix("-"))
        return field.desc() if sort.startswith("-") else field.asc()
    return OrderBy(sort)  # type: ignore[arg-type]
