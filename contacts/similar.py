"""Before a contact is added: is there one like it already?"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from contacts.matching.decide import DUPLICATES_FROM
from contacts.matching.index import Index
from contacts.models import Contact
from contacts.records import record_of
from contacts.search import digits, fold

# Rows that share a word, a number or an address with the new one: enough for every real match,
# few enough to compare while a person waits. The latest others tell how common a value is.
NEIGHBOURS = 300
BACKGROUND = 1000
# Shorter words ("de", "st") stand in too many names to find neighbours by.
SHORTEST_WORD = 3
# More than these nobody reads before adding a contact.
MOST = 5


@dataclass(frozen=True)
class SimilarContact:
    contact: Contact
    probability: float
    reasons: tuple[str, ...]


def similar_contacts(new: Contact) -> list[SimilarContact]:
    """Return active contacts that may be the same as `new`, the most probable first.

    One of the same name or e-mail address is always among them: a person should know of it.
    """
    neighbours = {str(contact.pk): contact for contact in _neighbours(new)}
    if not neighbours:
        return []
    others = new.business.contacts.active().exclude(pk__in=neighbours).order_by("-updated_at")
    records = [record_of(contact) for contact in (*neighbours.values(), *others[:BACKGROUND])]
    similar = [
        SimilarContact(neighbours[found.id], found.probability, found.reasons)
        for found in Index(records).search(record_of(new), limit=MOST)
        if found.probability >= DUPLICATES_FROM and found.id in neighbours
    ]
    known = {one.contact.pk for one in similar}
    same = [contact for contact in neighbours.values() if contact.pk not in known]
    similar += [SimilarContact(c, 0, (why,)) for c in same if (why := _sameness(new, c))]
    return similar[:MOST]


def _sameness(new: Contact, other: Contact) -> str:
    if fold(new.name) == fold(other.name):
        return "The same name"
    shared = {email.casefold() for email in new.emails} & {e.casefold() for e in other.emails}
    return "The same e-mail" if shared else ""


def _neighbours(new: Contact) -> list[Contact]:
    """Return contacts that share a word of the name, an e-mail, a phone or a street with `new`."""
    texts = [*fold(new.name).split(), *(fold(email) for email in new.emails)]
    texts += [digits(new.phone)[-8:], digits(new.mobile)[-8:], fold(new.street_line1)]
    condition = Q()
    for text in texts:
        if len(text) >= SHORTEST_WORD:
            condition |= Q(search_key__contains=text)
    if not condition:
        return []
    contacts = new.business.contacts.active().exclude(pk=new.pk).filter(condition)
    return _closest(new, contacts.order_by("pk")[: NEIGHBOURS * 10])


def _closest(new: Contact, contacts: Iterable[Contact]) -> list[Contact]:
    """Keep those that share the most words: a common surname has more rows than one compares."""
    new.refresh_search_key()
    words = set(new.search_key.split())
    shared = {c: len(words.intersection(c.search_key.split())) for c in contacts}
    return sorted(shared, key=lambda contact: -shared[contact])[:NEIGHBOURS]
