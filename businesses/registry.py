"""How higher apps join in: figures and panels on the dashboard, notices on every page.

businesses/ may not import contacts/, invoices/ or the integrations; they register here from
AppConfig.ready(). Lower `order` stands first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from businesses.models import Business, Membership


@dataclass(frozen=True)
class Figure:
    """One number at the head of the dashboard: a link to the list that it counts."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    level: Literal["", "bad"] = ""


Figures = Callable[[Business], list[Figure]]


@dataclass(frozen=True)
class Panel:
    """A part of the dashboard. `context` returns the template's variables, or None to leave it out.

    The template sees `business` and `membership` too.
    """

    name: str
    template: str
    context: Callable[[Business], dict[str, Any] | None]
    order: int = 50


@dataclass(frozen=True)
class Notice:
    """One sentence above every page of a business, with the page that helps."""

    text: str
    level: Literal["info", "warning", "error"] = "warning"
    url: str = ""
    label: str = ""


# Asked on every page of a business: one cheap query at most.
Notices = Callable[[Membership], list[Notice]]

figures: dict[str, tuple[int, Figures]] = {}
panels: dict[str, Panel] = {}
notices: dict[str, Notices] = {}


def register_figures(name: str, function: Figures, *, order: int = 50) -> None:
    figures[name] = (order, function)


def register_panel(panel: Panel) -> None:
    panels[panel.name] = panel


def register_notices(name: str, function: Notices) -> None:
    notices[name] = function


def figures_of(business: Business) -> list[Figure]:
    ordered = sorted(figures.values(), key=lambda entry: entry[0])
    return [figure for _, function in ordered for figure in function(business)]


def panels_of(business: Business) -> list[tuple[str, dict[str, Any]]]:
    """Return (template, context) of each panel that has something to show."""
    ordered = sorted(panels.values(), key=lambda panel: panel.order)
    shown = ((panel.template, panel.context(business)) for panel in ordered)
    return [(template, context) for template, context in shown if context is not None]


def notices_for(membership: Membership) -> list[Notice]:
    return [notice for function in notices.values() for notice in function(membership)]
