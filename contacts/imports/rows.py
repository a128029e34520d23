"""One row of a list becomes the values of one contact.

Real lists hold wrong e-mail addresses, mistyped ABNs and phone numbers with remarks. Refusing such
a row would lose a customer, dropping the value would lose what somebody once wrote down: so the
value goes into the contact's notes and the preview says it. A row is refused only when it cannot
be understood: more cells than headings, nothing to name it by, a name longer than a name can be.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from stdnum.au import abn

from businesses.fields import tidy_abn
from businesses.terms import TermsType
from contacts.imports.guard import unguard
from contacts.imports.targets import BY_HEADING, HEADINGS, plain
from contacts.models import Contact, ContactKind
from contacts.naming import kind_of, name_from
from contacts.texts import is_email, split_words

DAYS = re.compile(r"(\d{1,3})( days?)?", re.IGNORECASE)
# The limit of Contact.terms_days.
LONGEST_TERMS = 365
# No list of this trade is older, and a moment of year 1 has no equal in the zones to the west.
OLDEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
NO = {"", "no", "n", "false", "0"}
KINDS = {
    "person": ContactKind.PERSON,
    "individual": ContactKind.PERSON,
    "company": ContactKind.COMPANY,
    "business": ContactKind.COMPANY,
    "organisation": ContactKind.COMPANY,
    "organization": ContactKind.COMPANY,
}
TERMS = {plain(text): kind for kind in TermsType for text in (kind.value, kind.label)}
LIMITS: dict[str, int] = {
    column.name: column.max_length
    for column in Contact._meta.get_fields()
    if isinstance(column, models.CharField) and column.max_length
}


@dataclass
class ParsedRow:
    """A row as it would be imported. `number` counts as a spreadsheet does: the header is 1.

    `named_from` is set when the row had no name of its own. A row with `errors` is not imported;
    `warnings` say what was kept in the notes.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    named_from: str = ""
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    def keep_in_notes(self, key: str, text: str, *, reason: str) -> None:
        heading = HEADINGS[key]
        note = f"{heading} in the imported list: {text}"
        self.values["notes"] = "\n".join(filter(None, (self.values.get("notes", ""), note)))
        self.warnings.append(f"{heading} “{text[:80]}” {reason}; kept in the notes.")


def parse_row(
    cells: Sequence[str], *, header: list[str], mapping: list[str], number: int
) -> ParsedRow:
    """Read one row by `mapping`, which has a target for each column of `header`."""
    row = ParsedRow(number)
    if any(cells[len(header) :]):
        count, width = len(cells), len(header)
        row.errors.append(f"The row has {count} cells, but there are only {width} headings.")
    texts = _texts(cells, header=header, mapping=mapping)
    row.values["notes"] = texts.pop("notes", "")
    row.tags = [tag[:50] for tag in split_words(texts.pop("tags", ""))]
    _read_emails(row, texts)
    _read_abn(row, texts)
    _read_terms(row, texts)
    _read_archived(row, texts)
    _read_kind(row, texts)
    _read_name(row, texts)
    _read_the_rest(row, texts)
    return row


def _texts(cells: Sequence[str], *, header: list[str], mapping: list[str]) -> dict[str, str]:
    """Return the text for each target; columns that share one are joined."""
    texts: dict[str, list[str]] = {}
    for cell, heading, key in zip(cells, header, mapping, strict=False):
        if key and (text := unguard(cell).replace("\x00", "").strip()):
            if key == "notes" and BY_HEADING.get(plain(heading)) != "notes":
                text = f"{heading}: {text}"
            texts.setdefault(key, []).append(text)
    return {key: ("\n" if key == "notes" else ", ").join(found) for key, found in texts.items()}


def _read_emails(row: ParsedRow, texts: dict[str, str]) -> None:
    """Take the first valid address as the e-mail and the others as other e-mails."""
    valid: list[str] = []
    for key in ("email", "other_emails"):
        for text in split_words(texts.pop(key, "")):
            if not is_email(text) or len(text) > LIMITS["email"]:
                row.keep_in_notes(key, text, reason="is not an e-mail address")
            elif key == "other_emails" and not valid:
                valid += ["", text]
            else:
                valid.append(text)
    row.values["email"] = valid[0] if valid else ""
    row.values["other_emails"] = valid[1:]


def _read_abn(row: ParsedRow, texts: dict[str, str]) -> None:
    text = texts.pop("abn", "")
    if text and not abn.is_valid(text):
        row.keep_in_notes("abn", text, reason="is not a valid ABN")
        text = ""
    row.values["abn"] = tidy_abn(text) if text else ""


def _read_terms(row: ParsedRow, texts: dict[str, str]) -> None:
    days, kind = texts.pop("terms_days", ""), texts.pop("terms_type", "")
    row.values["terms_days"], row.values["terms_type"] = None, ""
    if not days and not kind:
        return
    match = DAYS.fullmatch(days)
    known = TERMS.get(plain(kind)) if kind else TermsType.DAYS_AFTER_BILL_DATE
    if match is None or known is None or int(match[1]) > LONGEST_TERMS:
        text = " ".join(filter(None, (days, kind)))
        row.keep_in_notes("terms_days", text, reason="is not understood")
    else:
        row.values["terms_days"], row.values["terms_type"] = int(match[1]), str(known)


def _read_archived(row: ParsedRow, texts: dict[str, str]) -> None:
    text = texts.pop("archived", "")
    if text.casefold() not in NO:
        row.values["archived_at"] = _moment(text)


def _moment(text: str) -> dt.datetime:
    """Return the moment that our own export writes; of anything else only that it has been."""
    now = timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        return now
    if moment is None or timezone.is_naive(moment) or not OLDEST <= moment <= now:
        return now
    return moment


def _read_kind(row: ParsedRow, texts: dict[str, str]) -> None:
    known = KINDS.get(texts.pop("kind", "").casefold())
    row.values["kind"] = str(known or kind_of({**texts, "abn": row.values["abn"]}))


def _read_name(row: ParsedRow, texts: dict[str, str]) -> None:
    if len(texts.get("name", "")) > LIMITS["name"]:
        row.errors.append(f"The name is longer than {LIMITS['name']} characters.")
    name = name_from({**texts, "email": row.values["email"]})
    if name is None:
        row.errors.append("There is no name, company, person, e-mail or address to name it by.")
        return
    row.values["name"] = name.text
    row.named_from = "" if name.source == "name" else name.source
    texts.pop("name", None)


def _read_the_rest(row: ParsedRow, texts: dict[str, str]) -> None:
    for key, text in texts.items():
        if len(text) > LIMITS[key]:
            row.keep_in_notes(key, text, reason="is too long for its field")
        elif key != "name":
            row.values[key] = text
