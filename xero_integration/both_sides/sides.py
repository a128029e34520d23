"""A contact's fields side by side, ours and Xero's, with what a person is asked to choose."""

from collections.abc import Collection
from dataclasses import dataclass

from contacts.models import Contact
from xero_integration.both_sides.fields import PAIRS, Difference, beside, our_values, their_values
from xero_integration.models import XeroContact
from xero_integration.payloads import digest_of


@dataclass(frozen=True)
class Side:
    """One field as both sides hold it."""

    both: Difference
    is_asked: bool = False

    @property
    def key(self) -> str:
        return self.both.pair.ours[0]

    @property
    def names(self) -> tuple[str, ...]:
        return self.both.pair.ours

    @property
    def label(self) -> str:
        return self.both.label

    @property
    def our_text(self) -> str:
        return self.both.our_text

    @property
    def their_text(self) -> str:
        return self.both.their_text

    @property
    def differs(self) -> bool:
        return not self.both.is_alike

    @property
    def is_empty(self) -> bool:
        return not (self.our_text or self.their_text)


def sides(contact: Contact, xero: XeroContact, *, asked: Collection[str]) -> list[Side]:
    """Return every field that either side holds, in the order of the contact's page."""
    ours, theirs = our_values(contact), their_values(xero)
    both = [Side(beside(p, ours, theirs), bool({*p.ours} & {*asked})) for p in PAIRS]
    return [side for side in both if not side.is_empty]


def version(contact: Contact, xero: XeroContact) -> str:
    """Return what changes when either side does."""
    return digest_of([our_values(contact), their_values(xero)])[:16]
