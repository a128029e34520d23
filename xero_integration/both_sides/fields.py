"""How our contact's fields stand to those of a contact in Xero: differences, and taking them over.

Pure: nothing here reads or writes the database. Pools are no part of it, so no choice of whose data
is kept can touch them. A blank never overwrites a value, and a difference in spelling alone
(spaces, an e-mail's capitals, the way a phone number is written) is none.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


# Every field of ours that Xero has too.
OURS = tuple(name for pair in PAIRS for name in pair.ours)
THEIRS = tuple(name for pair in PAIRS for name in pair.theirs)
Values = dict[str, str]


def our_values(contact: Contact) -> Values:
    """Return what `contact` holds of the fields that Xero has too."""
    return {name: str(getattr(contact, name)) for name in OURS}


def their_values(xero: XeroContact) -> Values:
    """Return what Xero holds, by the names of our fields."""
    return {ours: str(getattr(xero, name)) for ours, name in zip(OURS, THEIRS, strict=True)}


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
    def is_alike(self) -> bool:
        """Say whether both sides mean the same, however it is spelled."""
        sides = zip(self.pair.ours, self.ours, self.theirs, strict=True)
        return all(comparable(name, one) == comparable(name, other) for name, one, other in sides)

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
    both = (beside(pair, our_values(contact), their_values(xero)) for pair in PAIRS)
    return [one for one in both if not one.is_alike]


def beside(pair: Pair, ours: Mapping[str, str], theirs: Mapping[str, str]) -> Difference:
    """Put what the two sides hold of `pair` side by side, whether or not they differ."""
    return Difference(
        pair,
        tuple(ours[name] for name in pair.ours),
        tuple(theirs[name] for name in pair.ours),
    )


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


def take(contact: Contact, xero: XeroContact) -> Values:
    """Set our fields to Xero's values; return those replaced, as they were. Does not save."""
    return take_over(contact, to_take(contact, xero))


def take_over(contact: Contact, differences: Iterable[Difference]) -> Values:
    """Set our fields to the other side of `differences`; return what they held. Does not save."""
    before: Values = {}
    for difference in differences:
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
