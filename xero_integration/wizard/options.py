"""What the editor of one row offers: the matcher's other candidates, or the finds of a search."""

from dataclasses import dataclass

from xero_integration.models import Connection, LinkAction, LinkChoice, XeroContact
from xero_integration.wizard import choices
from xero_integration.wizard.rows import facts

# A person reads no more; the next word typed narrows it.
MOST = 20


@dataclass(frozen=True)
class Option:
    """One Xero contact to choose; `taken_by` names who has selected it already."""

    xero_contact: XeroContact
    score: float
    reasons: list[str]
    taken_by: list[str]
    current: bool

    @property
    def facts(self) -> list[str]:
        return facts(self.xero_contact)

    @property
    def percent(self) -> int:
        return int(self.score * 100)


def options(connection: Connection, choice: LinkChoice, *, query: str = "") -> list[Option]:
    """Return the ranked candidates of `choice`, or what `query` finds in the whole organisation."""
    ranked = {other["xero_contact"]: other for other in choice.alternatives}
    if query.strip():
        found = list(connection.xero_contacts.usable().search(query).order_by("name", "pk")[:MOST])
    else:
        found = _suggested(connection, choice, list(ranked))
    takers = _takers(connection, found, besides=choice)
    return [
        Option(
            xero_contact=one,
            score=ranked.get(one.pk, {}).get("score", 0.0),
            reasons=ranked.get(one.pk, {}).get("reasons", []),
            taken_by=takers.get(one.pk, []),
            current=choice.action == LinkAction.LINK and one.pk == choice.xero_contact_id,
        )
        for one in found
    ]


def _suggested(connection: Connection, choice: LinkChoice, ranked: list[int]) -> list[XeroContact]:
    """The candidates in the matcher's order, after the one that stands."""
    order = [key for key in (choice.xero_contact_id, *ranked) if key is not None]
    found = connection.xero_contacts.usable().in_bulk(order)
    return [found[key] for key in dict.fromkeys(order) if key in found]


def _takers(
    connection: Connection, found: list[XeroContact], *, besides: LinkChoice
) -> dict[int, list[str]]:
    rows = choices.listed(connection).filter(action=LinkAction.LINK, xero_contact__in=found)
    takers: dict[int, list[str]] = {}
    for key, name in rows.exclude(pk=besides.pk).values_list("xero_contact", "contact__name"):
        takers.setdefault(key, []).append(name)
    return takers
