"""The typed keys under which a record is found: two records are compared only when they share one.

Single values find exact agreement; a piece of the name together with a piece of the place finds
records whose other fields are mistyped. The kind stands before the value, so that "2000" as a
postcode never meets "2000" as a number.
"""

from collections.abc import Iterator
from functools import lru_cache

from contacts.matching.prepare import Prepared
from contacts.matching.word_lists import NICKNAME_KEYS, word_set

# Names of jobs, not of people: as the part before the @ they identify nobody.
_ROLE_LOCALS = word_set(
    """info admin office sales accounts account contact enquiries enquiry hello mail reception
    accountspayable"""
)
_VOWELS = str.maketrans("", "", "aeiouyhw")
# Words used per record in combined keys: the first few carry the name, and it bounds the number of
# keys.
_COMBINED_WORDS = 5


def keys(record: Prepared) -> set[str]:
    """Return the keys of a record; a few dozen at most."""
    return {*_contact_keys(record), *_name_keys(record), *_place_keys(record)}


def _contact_keys(record: Prepared) -> Iterator[str]:
    for email in record.emails:
        yield "e" + email.address
        if len(email.local) >= 5 and email.local not in _ROLE_LOCALS:
            yield "l" + email.local
        if email.domain:
            yield "d" + email.domain
    for number in (*record.landlines, *record.mobiles):
        yield "p" + number
    if record.tax:
        yield "t" + record.tax
    if record.account:
        yield "a" + record.account


def _name_keys(record: Prepared) -> Iterator[str]:
    # A person beside the name is looked for under the same keys: "HDG Architects" with contact
    # Aiden H.
    for bag in (record.words, record.person):
        if len(bag) > 1:
            yield "j" + "".join(bag)
        shown = sorted([NICKNAME_KEYS.get(w, w) for w in bag[:_COMBINED_WORDS]])
        sounds = [sound(w) for w in shown]
        for n, word in enumerate(shown):
            if len(word) > 1:
                yield "w" + word
                yield "x" + sounds[n]
            for m in range(n + 1, len(shown)):
                yield f"v{word} {shown[m]}"
                yield f"i{sounds[n]} {sounds[m]}"


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """Return how a word roughly sounds: its first letter and its consonants, each run once."""
    kept = word[0] + word[1:].translate(_VOWELS)
    return "".join(c for c, before in zip(kept, " " + kept, strict=False) if c != before)[:6]


def _place_keys(record: Prepared) -> Iterator[str]:
    stems = {w[:4] for w in (*record.words, *record.person)[:_COMBINED_WORDS]}
    for address, place in record.addresses:
        number, street = address.number or address.box, address.street[:6]
        if len(street) > 2:
            yield "s" + address.street
        if address.other:
            yield "s" + address.other
        if number and street:
            yield f"n{number} {street}"
        for at in (place.postcode, place.city[:6]):
            if at and number:
                yield f"m{number} {at}"
            if at and street:
                yield f"r{street} {at}"
            if at:
                for stem in stems:
                    yield f"q{stem} {at}"
        if number:
            for stem in stems:
                yield f"u{stem} {number}"
