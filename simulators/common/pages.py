"""Pages for a person: one look for all simulators, templates in each one's own folder."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

STATIC = Path(__file__).parent / "static"
# A consent or payment page must not be shown inside a frame; the real ones forbid it too.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def environment(templates: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page_response(
    templates: Environment, name: str, values: Mapping[str, object], *, status: int
) -> web.Response:
    text = templates.get_template(name).render(values)
    response = web.Response(
        text=text, status=status, content_type="text/html", charset="utf-8", headers=HEADERS
    )
    response.enable_compression()
    return response
