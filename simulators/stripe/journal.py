"""What Stripe's journal counts a call under, and how it shows a body."""

from pathlib import Path

from simulators.common.journal import Journal
from simulators.stripe.book import KINDS
from simulators.stripe.wire import parse_form


def resource_of(path: str) -> str:
    parts = [part for part in path.strip("/").split("/") if part]
    named = [part for part in parts if part.split("_")[0] not in {*KINDS, "acct", "we"}]
    return "/".join(named[1:] if named[:1] == ["v1"] else named)


def read_body(body: bytes) -> object:
    return parse_form(body.decode(errors="replace"))


def new_journal(file: Path | None = None) -> Journal:
    return Journal(resource_of, read_body, file=file)
