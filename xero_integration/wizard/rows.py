"""One row of the link list as a page shows it. Pure: what it shows is loaded by the caller."""

from dataclasses import dataclass, field

from contacts.models import Contact
from xero_integration.models import Certainty, LinkAction, LinkChoice, XeroContact


def facts(contact: Contact | XeroContact | None) -> list[str]:
    """Return what tells two people of one name apart: e-mail, phone, suburb."""
    if contact is None:
        return []
    suburb = contact.street_city or contact.postal_city
    postcode = contact.street_code or contact.postal_code
    line = contact.street_line1 or contact.postal_line1
    place = " ".join(filter(None, (f"{line}," if line and suburb else line, suburb, postcode)))
    return [fact for fact in (contact.email, contact.mobile or contact.phone, place) if fact]


@dataclass(frozen=True)
class Row:
    """A choice, and the names of others that have selected the same Xero contact."""

    choice: LinkChoice
    others: list[str] = field(default_factory=list)

    @property
    def our_facts(self) -> list[str]:
        return facts(self.choice.contact)

    @property
    def their_facts(self) -> list[str]:
        return facts(self.choice.xero_contact)

    @property
    def word(self) -> str:
        """The matcher's word and its probability."""
        certainty = Certainty(self.choice.certainty)
        # Rounded down: "100 %" would be a promise that no probability keeps.
        percent = min(int(self.choice.score * 100), 99)
        return f"{certainty.label}, {percent} %" if percent else str(certainty.label)

    @property
    def needs_a_look(self) -> bool:
        choice = self.choice
        if choice.action == LinkAction.LINK and choice.applied_at is None:
            return choice.xero_contact is None or choice.xero_contact.status != "ACTIVE"
        return choice.action == LinkAction.UNDECIDED
