"""Templates of the simulator's pages, and how they write dates and money."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from aiohttp import web
from jinja2 import Environment

from simulators.common.pages import environment, page_response

FOLDER = Path(__file__).parent
STATUS_WORDS = {
    "DRAFT": "Draft",
    "SUBMITTED": "Awaiting approval",
    "AUTHORISED": "Awaiting payment",
    "PAID": "Paid",
    "VOIDED": "Voided",
    "DELETED": "Deleted",
}


def money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def plain_number(amount: Decimal | None) -> str:
    """Write a quantity or a price without needless zeros, but with cents."""
    if amount is None:
        return ""
    text = f"{amount:,.4f}".rstrip("0")
    decimals = len(text.partition(".")[2])
    return text + "0" * (2 - decimals) if decimals < 2 else text


def day(value: date | datetime | None) -> str:
    return "" if value is None else f"{value.day} {value:%b %Y}"


def make_environment() -> Environment:
    made = environment(FOLDER / "templates")
    made.filters.update(money=money, plain_number=plain_number, day=day)
    return made


ENVIRONMENT = make_environment()


def page(template: str, *, status: int = 200, **values: object) -> web.Response:
    return page_of(template, values, status=status)


def page_of(template: str, values: Mapping[str, object], *, status: int = 200) -> web.Response:
    return page_response(ENVIRONMENT, template, values, status=status)
