"""The rule of the automatic merge: which contact is the primary, and what it takes from the others.

Nothing is lost: blanks of the primary are filled from the others; other e-mail addresses are kept
as other e-mails; anything else that differs is written into the notes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models

from contacts.merging.snapshot import snapshot
from contacts.merging.subject import Row, Subject, subject_of
from contacts.models import Contact, Of, Pool
from contacts.search import digits, fold

ADDRESS = ("line1", "line2", "city", "region", "code", "country")
ADDRESSES = {kind: tuple(f"{kind}_{part}" for part in ADDRESS) for kind in ("street", "postal")}
TERMS = ("terms_days", "terms_type")
PHONES = ("phone", "mobile")
RowT = TypeVar("RowT", Contact, Pool)


@dataclass(frozen=True)
class Shape:
    """How the fields of a row are merged; those of `together` come from one row, never mixed."""

    single: tuple[str, ...]
    together: tuple[tuple[str, ...], ...]
    notes: str


SHAPES = {
    Of.CONTACTS: Shape(
        (
            *("name", "first_name", "last_name", "company"),
            *("phone", "mobile", "abn", "account_number"),
        ),
        (*ADDRESSES.values(), TERMS),
        "notes",
    ),
    Of.POOLS: Shape(
        ("name", "type", "surface", "sanitiser", "volume_litres"),
        (("line1", "line2", "city", "region", "postal_code", "country"),),
        "equipment_notes",
    ),
}


class Rule(models.TextChoices):
    MOST_COMPLETE = "complete", "The most complete one is the primary"
    OLDEST = "oldest", "The oldest one is the primary"


def choose_primary(rows: Sequence[RowT], *, rule: Rule) -> RowT:
    """Return the row that stays; the oldest decides between equally complete ones."""
    oldest = sorted(rows, key=lambda row: (row.created_at, row.pk))
    if rule == Rule.OLDEST:
        return oldest[0]
    return max(oldest, key=_filled)


def _filled(row: Row) -> int:
    return sum(getattr(row, field) not in ("", None, []) for field in subject_of(row).fields)


def merged_values(primary: RowT, others: Iterable[RowT]) -> dict[str, Any]:
    """Return the values of the primary after the others were taken in."""
    subject = subject_of(primary)
    field = SHAPES[subject.of].notes
    values = snapshot(primary)
    notes: list[str] = [values[field].strip()] if values[field].strip() else []
    for other in others:
        notes += [note for note in _take_in(subject, values, other) if note not in notes]
    values[field] = "\n".join(notes)
    return values


def _take_in(subject: Subject, values: dict[str, Any], other: Row) -> list[str]:
    """Fill the blanks of `values` from `other`; return what is left for the notes."""
    shape = SHAPES[subject.of]
    left = [note for field in shape.single if (note := _fill(subject, values, other, field))]
    groups = shape.together
    left += [note for fields in groups if (note := _fill_together(subject, values, other, fields))]
    if isinstance(other, Contact):
        _add_emails(values, other)
    notes = getattr(other, shape.notes).strip()
    if notes and notes != values[shape.notes].strip():
        left.append(notes)
    return left


def _fill(subject: Subject, values: dict[str, Any], other: Row, field: str) -> str:
    theirs = getattr(other, field)
    if theirs in ("", None):
        return ""
    if values[field] in ("", None):
        values[field] = theirs
        return ""
    if field in PHONES and _number(theirs) in {_number(values[name]) for name in PHONES}:
        return ""
    if _same(str(values[field]), str(theirs)):
        return ""
    return _left_over(subject, field, str(shown_value(other, field)))


def _left_over(subject: Subject, field: str, text: str) -> str:
    return f"Also, from a merged {subject.noun}: {subject.label(field)} {text}"


def shown_value(row: Row, field: str) -> Any:
    """Return a field of `row` in a person's words: "Spa" for "spa"."""
    display = getattr(row, f"get_{field}_display", None)
    return display() if display else getattr(row, field)


def _number(phone: str) -> str:
    """Return what +61 412 345 678 and 0412 345 678 share: an Australian number has nine digits."""
    return digits(phone)[-9:]


def _same(ours: str, theirs: str) -> bool:
    # José is how somebody's name is written: that is kept beside Jose.
    plain = fold(ours, accents=True)
    return ours == theirs or (bool(plain) and plain == fold(theirs, accents=True))


def _fill_together(
    subject: Subject, values: dict[str, Any], other: Row, fields: Sequence[str]
) -> str:
    theirs = [getattr(other, field) for field in fields]
    ours = [values[field] for field in fields]
    if all(value in ("", None) for value in theirs):
        return ""
    if all(value in ("", None) for value in ours):
        values.update(zip(fields, theirs, strict=True))
        return ""
    if all(b in ("", None) or _same(str(a), str(b)) for a, b in zip(ours, theirs, strict=True)):
        return ""
    text = ", ".join(str(value) for value in theirs if value not in ("", None))
    if fields is TERMS and isinstance(other, Contact):
        text = other.terms_text
    return _left_over(subject, fields[0], text)


def _add_emails(values: dict[str, Any], other: Contact) -> None:
    for email in other.emails:
        known = {value.casefold() for value in (values["email"], *values["other_emails"])}
        if email.casefold() in known:
            continue
        if values["email"]:
            values["other_emails"].append(email)
        else:
            values["email"] = email
