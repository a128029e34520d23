"""What to call a contact, and whether it is a person or a company."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from contacts.models.contact import ContactKind

COMPANY_WORDS = re.compile(
    r"\b(pty|ltd|limited|inc|llc|p/l|co|company|trust|group|holdings|services|council|school|"
    r"strata|body corporate|real estate|association|club|hotel|motel|resort)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Name:
    """A contact's name and the field it was taken from; `name` itself when it was given."""

    text: str
    source: str


def tidy(text: str) -> str:
    """Return `text` with single spaces and none at the ends, as Xero wants names."""
    return " ".join(text.split())


def name_from(values: Mapping[str, str]) -> Name | None:
    """Name a contact from its name, company, person, e-mail or address, in that order."""
    person = tidy(f"{values.get('first_name', '')} {values.get('last_name', '')}")
    address = _address(values, "street") or _address(values, "postal")
    options = (
        ("name", tidy(values.get("name", ""))),
        ("company", tidy(values.get("company", ""))),
        ("person", person),
        ("e-mail", tidy(values.get("email", ""))),
        ("address", address),
    )
    return next((Name(text[:255], source) for source, text in options if text), None)


def _address(values: Mapping[str, str], prefix: str) -> str:
    parts = (tidy(values.get(f"{prefix}_{part}", "")) for part in ("line1", "line2", "city"))
    return ", ".join(part for part in parts if part)


def kind_of(values: Mapping[str, str]) -> ContactKind:
    """Guess the kind where a list does not say it."""
    is_person = bool(values.get("first_name") or values.get("last_name"))
    if COMPANY_WORDS.search(values.get("name", "") or ""):
        return ContactKind.COMPANY
    if not is_person and (values.get("company") or values.get("abn")):
        return ContactKind.COMPANY
    return ContactKind.PERSON
