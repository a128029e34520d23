"""Templates of the simulator's pages, and how they write dates and money."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
# The consent page must not be shown inside a frame; Xero forbids it too.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
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
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(money=money, plain_number=plain_number, day=day)
    return environment


ENVIRONMENT = make_environment()


def page(template: str, *, status: int = 200, **values: object) -> web.Response:
    return page_of(template, values, status=status)


def page_of(template: str, values: Mapping[str, object], *, status: int = 200) -> web.Response:
    text = ENVIRONMENT.get_template(template).render(values)
    response = web.Response(
        text=text, status=status, content_type="text/html", charset="utf-8", headers=HEADERS
    )
    response.enable_compression()
    return response
