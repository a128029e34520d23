"""The rule of the automatic merge: which contact is the primary, and what it takes from the others.

Nothing is lost: blanks of the primary are filled from the others; other e-mail addresses are kept
as other e-mails; anything else that differs is written into the notes.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from contacts.merging.snapshot import FIELDS, label
from contacts.models import Contact
from contacts.search import digits, fold

ADDRESS = ("line1", "line2", "city", "region", "code", "country")
ADDRESSES = {kind: tuple(f"{kind}_{part}" for part in ADDRESS) for kind in ("street", "postal")}
# Fields that only make sense together: all from one contact, never mixed.
TERMS = ("terms_days", "terms_type")
SINGLE = ("name", "first_name", "last_name", "company", "phone", "mobile", "abn", "account_number")
PHONES = ("phone", "mobile")


class Rule(models.TextChoices):
    MOST_COMPLETE = "complete", "The most complete contact is the primary"
    OLDEST = "oldest", "The oldest contact is the primary"


def choose_primary(contacts: Sequence[Contact], *, rule: Rule) -> Contact:
    """Return the contact that stays; the oldest decides between equally complete ones."""
    oldest = sorted(contacts, key=lambda contact: (contact.created_at, contact.pk))
    if rule == Rule.OLDEST:
        return oldest[0]
    return max(oldest, key=_filled)


def _filled(contact: Contact) -> int:
    return sum(getattr(contact, field) not in ("", None, []) for field in FIELDS)


def merged_values(primary: Contact, others: Iterable[Contact]) -> dict[str, Any]:
    """Return the values of the primary after the others were taken in."""
    values = {field: getattr(primary, field) for field in FIELDS}
    values["other_emails"] = list(primary.other_emails)
    notes: list[str] = [primary.notes.strip()] if primary.notes.strip() else []
    for other in others:
        notes += [note for note in _take_in(values, other) if note not in notes]
    values["notes"] = "\n".join(notes)
    return values


def _take_in(values: dict[str, Any], other: Contact) -> list[str]:
    """Fill the blanks of `values` from `other`; return what is left for the notes."""
    left = [note for field in SINGLE if (note := _fill(values, other, field))]
    groups = (*ADDRESSES.values(), TERMS)
    left += [note for fields in groups if (note := _fill_together(values, other, fields))]
    _add_emails(values, other)
    if other.notes.strip() and other.notes.strip() != values["notes"].strip():
        left.append(other.notes.strip())
    return left


def _fill(values: dict[str, Any], other: Contact, field: str) -> str:
    theirs = getattr(other, field)
    if not theirs:
        return ""
    if not values[field]:
        values[field] = theirs
        return ""
    if field in PHONES and _number(theirs) in {_number(values[name]) for name in PHONES}:
        return ""
    if _same(values[field], theirs):
        return ""
    return f"Also, from a merged contact: {label(field)} {theirs}"


def _number(phone: str) -> str:
    """Return what +61 412 345 678 and 0412 345 678 share: an Australian number has nine digits."""
    return digits(phone)[-9:]


def _same(ours: str, theirs: str) -> bool:
    return ours == theirs or (bool(fold(ours)) and fold(ours) == fold(theirs))


def _fill_together(values: dict[str, Any], other: Contact, fields: Sequence[str]) -> str:
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
    if fields is TERMS:
        text = other.terms_text
    return f"Also, from a merged contact: {label(fields[0])} {text}"


def _add_emails(values: dict[str, Any], other: Contact) -> None:
    for email in other.emails:
        known = {value.casefold() for value in (values["email"], *values["other_emails"])}
        if email.casefold() in known:
            continue
        if values["email"]:
            values["other_emails"].append(email)
        else:
            values["email"] = email
