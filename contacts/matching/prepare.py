"""Bring a record into comparable parts, once per record and before any comparison."""

from collections.abc import Sequence
from typing import NamedTuple

from contacts.matching.addresses import Address, read_address
from contacts.matching.emails import Email, read_email
from contacts.matching.identifiers import read_identifier
from contacts.matching.names import GIVEN, SURNAME, TOWN, read_name
from contacts.matching.phones import read_phone
from contacts.matching.records import Record
from contacts.matching.text import fold, words
from contacts.matching.word_lists import GENERATIONS, pairs

# Values of one kind that are compared per record; more add nothing but work.
SLOTS = 2

_CITY_WORDS = pairs("mt=mount st=saint sth=south nth=north hts=heights pt=port")


class Place(NamedTuple):
    """Where an address lies."""

    city: str = ""
    postcode: str = ""


class Prepared(NamedTuple):
    """The comparable parts of one record; blanks and empty tuples mean not known."""

    id: str
    words: tuple[str, ...]
    person: tuple[str, ...]
    roles: tuple[int, ...]
    firm: bool
    generation: str
    emails: tuple[Email, ...]
    landlines: tuple[str, ...]
    mobiles: tuple[str, ...]
    addresses: tuple[tuple[Address, Place], ...]
    tax: str
    account: str


def prepare(record: Record) -> Prepared:
    """Normalise every field of a record."""
    name = read_name(record.name, record.first_name, record.last_name)
    landlines, mobiles = _phones((record.phone, record.mobile, *record.phones[:4]))
    towns = _town_words(record)
    return Prepared(
        record.id,
        name.words,
        name.person,
        _with_towns(name.words, name.roles, towns),
        name.firm,
        _generation(record),
        _emails((record.email, *record.emails[:4]), towns),
        landlines,
        mobiles,
        _addresses(record),
        read_identifier(record.tax_number) if record.tax_number else "",
        read_identifier(record.account_number) if record.account_number else "",
    )


def _generation(record: Record) -> str:
    """Return whether a name ends as a father's or as a son's."""
    last = words(fold(record.name or record.last_name))[-1:]
    return GENERATIONS.get(last[0], "") if last else ""


def _town_words(record: Record) -> frozenset[str]:
    if not record.city and not record.second_city:
        return frozenset()
    split = [words(fold(city)) for city in (record.city, record.second_city)]
    return frozenset((*split[0], *split[1], "".join(split[0]), "".join(split[1]))) - {""}


def _with_towns(
    own: tuple[str, ...], roles: tuple[int, ...], towns: frozenset[str]
) -> tuple[int, ...]:
    # Who is known to be a person may well be called Marion and live in a town of that name.
    if towns.isdisjoint(own) or GIVEN in roles or SURNAME in roles:
        return roles
    return tuple(TOWN if word in towns else role for word, role in zip(own, roles, strict=True))


def _emails(values: Sequence[str], towns: frozenset[str]) -> tuple[Email, ...]:
    read = (read_email(value) for value in values if value)
    found = dict.fromkeys(_of_no_town(email, towns) for email in read if email is not None)
    return tuple(found)[:SLOTS]


def _of_no_town(email: Email, towns: frozenset[str]) -> Email:
    """Drop a local part that is the town: noosa@ says where a firm is, which the place has said."""
    return email._replace(local="") if email.local in towns else email


def _phones(values: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    landlines: dict[str, None] = {}
    mobiles: dict[str, None] = {}
    for value in values:
        if value and (phone := read_phone(value)):
            (mobiles if phone.mobile else landlines)[phone.number] = None
    return tuple(landlines)[:SLOTS], tuple(mobiles)[:SLOTS]


def _addresses(record: Record) -> tuple[tuple[Address, Place], ...]:
    first = (
        read_address(record.address_line1, record.address_line2),
        _place(record.city, record.postal_code),
    )
    second = (
        read_address(record.second_address_line1, record.second_address_line2),
        _place(record.second_city, record.second_postal_code),
    )
    known = [a for a in (first, second) if any(a[0]) or any(a[1])]
    return tuple(dict.fromkeys(known))


def _place(city: str, postcode: str) -> Place:
    # The region is left out: it follows from the two others, and many lists have it wrong.
    town = "".join(_CITY_WORDS.get(w, w) for w in words(fold(city))) if city else ""
    return Place(town, "".join(words(fold(postcode))) if postcode else "")
