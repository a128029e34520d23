"""Templates of the simulator's pages, and how they write dates and money."""

from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from jinja2 import Environment

from simulators.common.pages import environment, page_response
from simulators.stripe.cards import BRAND_NAMES
from simulators.stripe.fees import money


def moment(seconds: int | None) -> str:
    if seconds is None:
        return ""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def brand(name: str) -> str:
    return BRAND_NAMES.get(name, name)


def make_environment() -> Environment:
    made = environment(Path(__file__).parent / "templates")
    made.filters.update(money=money, moment=moment, brand=brand)
    return made


ENVIRONMENT = make_environment()


def page(template: str, *, status: int = 200, **values: object) -> web.Response:
    return page_response(ENVIRONMENT, template, values, status=status)


def refused(message: str, *, status: int = 404) -> web.Response:
    return page("refused.html", status=status, message=message)
