"""How our contact's fields stand to those of a contact in Xero: differences, and taking them over.

Pure: nothing here reads or writes the database. Pools are no part of it, so no choice of whose data
is kept can touch them. A blank never overwrites a value, and a difference in spelling alone
(spaces, an e-mail's capitals, the way a phone number is written) is none.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from businesses.fields import tidy_abn, validate_abn
from contacts.models import Contact, ContactKind
from xero_integration.models import XeroContact


@dataclass(frozen=True)
class Pair:
    """Fields of ours, and Xero's in the same order, that are kept or replaced together."""

    label: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


def _address(label: str, prefix: str) -> list[Pair]:
    # The two street lines go together: one address's unit in another's street is nowhere.
    lines = (f"{prefix}_line1", f"{prefix}_line2")
    rest = {"city": "suburb", "region": "state", "code": "postcode", "country": "country"}
    return [
        Pair(f"{label} address", lines, lines),
        *(
            Pair(f"{label} {word}", (f"{prefix}_{name}",), (f"{prefix}_{name}",))
            for name, word in rest.items()
        ),
    ]


PAIRS = (
    Pair("Name", ("name",), ("name",)),
    Pair("First name", ("first_name",), ("first_name",)),
    Pair("Last name", ("last_name",), ("last_name",)),
    Pair("E-mail", ("email",), ("email",)),
    Pair("Phone", ("phone",), ("phone",)),
    Pair("Mobile", ("mobile",), ("mobile",)),
    *_address("Postal", "postal"),
    *_address("Street", "street"),
    Pair("ABN", ("abn",), ("tax_number",)),
    Pair("Account number", ("account_number",), ("account_number",)),
)
NUMBERS = {"phone", "mobile", "abn"}


@dataclass(frozen=True)
class Difference:
    """What the two sides hold where they differ; either may be blank."""

    pair: Pair
    ours: tuple[str, ...]
    theirs: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.pair.label

    @property
    def our_text(self) -> str:
        return ", ".join(filter(None, self.ours))

    @property
    def their_text(self) -> str:
        return ", ".join(filter(None, self.theirs))


def comparable(field: str, value: str) -> str:
    """Return `value` so that two ways of writing one thing are equal."""
    if field not in NUMBERS:
        # Capitals count in a name: whoever keeps "Fiona Calloway" has FIONA CALLOWAY corrected.
        text = " ".join(value.split())
        return text.casefold() if field == "email" else text
    digits = re.sub(r"\D", "", value)
    # Australia's country code takes the place of the leading zero.
    return "0" + digits[2:] if digits.startswith("61") and len(digits) == 11 else digits


def differences(contact: Contact, xero: XeroContact) -> list[Difference]:
    """Return the fields in which the two sides differ, one blank side included."""
    found = []
    for pair in PAIRS:
        ours = tuple(str(getattr(contact, name)) for name in pair.ours)
        theirs = tuple(str(getattr(xero, name)) for name in pair.theirs)
        if [comparable(*side) for side in zip(pair.ours, ours, strict=True)] != [
            comparable(*side) for side in zip(pair.ours, theirs, strict=True)
        ]:
            found.append(Difference(pair, ours, theirs))
    return found


def to_take(contact: Contact, xero: XeroContact) -> list[Difference]:
    """Return what changes here when Xero's data is kept."""
    return [
        difference
        for difference in differences(contact, xero)
        if any(difference.theirs) and acceptable(difference)
    ]


def to_give(contact: Contact, xero: XeroContact) -> list[Difference]:
    """Return what changes in Xero when our data is kept."""
    return [difference for difference in differences(contact, xero) if any(difference.ours)]


def acceptable(difference: Difference) -> bool:
    """Say whether our fields can hold Xero's values.

    Xero holds longer phones, and e-mail addresses and numbers that are none; taking one over would
    leave a contact here that its own form refuses.
    """
    return all(
        _holds(name, value)
        for name, value in zip(difference.pair.ours, difference.theirs, strict=True)
    )


def _holds(field: str, value: str) -> bool:
    longest = Contact._meta.get_field(field).max_length  # type: ignore[union-attr]
    try:
        if field == "email" and value:
            validate_email(value)
        if field == "abn" and value:
            validate_abn(value)
    except ValidationError:
        return False
    return longest is None or len(value) <= longest


def take(contact: Contact, xero: XeroContact) -> dict[str, Any]:
    """Set our fields to Xero's values; return those replaced, as they were. Does not save."""
    before: dict[str, Any] = {}
    for difference in to_take(contact, xero):
        for name, value in zip(difference.pair.ours, difference.theirs, strict=True):
            before[name] = getattr(contact, name)
            setattr(contact, name, tidy_abn(value) if name == "abn" else value)
    contact.refresh_search_key()
    return before


def new_contact(xero: XeroContact) -> Contact:
    """Return an unsaved contact of ours with the data of `xero`."""
    person = bool(xero.first_name or xero.last_name)
    contact = Contact(
        business_id=xero.business_id,
        kind=ContactKind.PERSON if person else ContactKind.COMPANY,
        name=xero.name,
    )
    refused = [d for d in differences(contact, xero) if any(d.theirs) and not acceptable(d)]
    contact.notes = "\n".join(f"{d.label} in Xero: {d.their_text}" for d in refused)
    take(contact, xero)
    return contact
