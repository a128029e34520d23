"""Taking a link back: the link itself, and what making it overwrote, on either side by choice.

What linking replaced is kept with the link (`Link.before`) beside what it put there, so that a
value changed since is told from one that was not. Our side is put back in one transaction with the
link's end; Xero's is one call afterwards, which may safely be made twice.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from businesses.models import User
from contacts.models import Contact
from xero_integration import log, pull
from xero_integration.both_sides import edits, threeway
from xero_integration.both_sides.fields import (
    OURS,
    PAIRS,
    Pair,
    Values,
    beside,
    our_values,
    their_values,
)
from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError, messages_in
from xero_integration.linking import links
from xero_integration.models import (
    Action,
    Lane,
    Link,
    LinkAction,
    LinkChoice,
    LinkStatus,
    XeroContact,
)
from xero_integration.payloads import Part

NO_ROW = XeroContact()


class NotPutBack(Exception):
    """Xero did not take its former values; the text says why."""


@dataclass(frozen=True)
class Overwritten:
    """One field that linking overwrote, with what it was, what it became and what it is now."""

    pair: Pair
    was: str
    became: str
    now: str
    changed_since: bool

    @property
    def key(self) -> str:
        return self.pair.ours[0]

    @property
    def label(self) -> str:
        return self.pair.label


def here(link: Link, contact: Contact) -> list[Overwritten]:
    """Return what linking overwrote on our side and is not as it was again."""
    return _overwritten(link.before.get("ours", {}), our_values(contact))


def there(link: Link, row: XeroContact | None) -> list[Overwritten]:
    """Return what linking overwrote in Xero and is not as it was again."""
    return _overwritten(link.before.get("theirs", {}), their_values(row or NO_ROW))


def _overwritten(stored: Mapping[str, Values], now: Values) -> list[Overwritten]:
    was, became = stored.get("was", {}), stored.get("became", {})
    found = (
        Overwritten(
            pair,
            _text(pair, was),
            _text(pair, became),
            _text(pair, now),
            changed_since=not beside(pair, _whole(became), now).is_alike,
        )
        for pair in PAIRS
        if {*pair.ours} & {*was}
    )
    return [one for one in found if one.was != one.now]


def _whole(values: Mapping[str, str]) -> Values:
    return {**dict.fromkeys(OURS, ""), **values}


def _text(pair: Pair, values: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (values.get(name, "") for name in pair.ours)))


def remember(link: Link, *, side: str, was: Values, became: Values) -> None:
    """Keep what linking overwrites; what stood before the first time stays what it goes back to."""
    held = link.before.get(side, {})
    link.before = {
        **link.before,
        side: {
            "was": {**was, **held.get("was", {})},
            "became": {**held.get("became", {}), **{name: became[name] for name in was}},
        },
    }


# --- taking back --------------------------------------------------------------------------------


def take_back(link: Link, restore: Collection[str], *, by: User) -> Contact | None:
    """End the link, and put back our values of the fields that begin with these names."""
    with transaction.atomic():
        pair = edits.held(link)
        if pair is None:
            return None
        contact, link = pair
        names = _names(restore, link.before.get("ours", {}).get("was", {}))
        _put_back_here(link, contact, names)
        links.unlink(link, by=by)
        _forget_choice(link, by=by)
        return contact


def _names(keys: Collection[str], was: Mapping[str, str]) -> list[str]:
    return [name for p in PAIRS if p.ours[0] in keys for name in p.ours if name in was]


def _put_back_here(link: Link, contact: Contact, names: Sequence[str]) -> None:
    if not names:
        return
    for name in names:
        setattr(contact, name, link.before["ours"]["was"][name])
    # Without a signal: what is put back is for nobody in Xero.
    edits.store(contact, names)
    words = ", ".join(threeway.labels_of(names))
    message = f"Put back as before linking: {words}."
    log.write([edits.entry(link, contact, message, action=Action.UNLINK)])


def _forget_choice(link: Link, *, by: User) -> None:
    """The wizard's list shows the contact as left out, until somebody chooses anew."""
    choices = LinkChoice.objects.filter(connection=link.connection, contact_id=link.object_id)
    choices.update(action=LinkAction.LEAVE, xero_contact=None, keep="", decided_by=by)


def put_back_there(link: Link, row: XeroContact, keys: Collection[str]) -> None:
    """Send Xero's former values of these fields back. Raises NotPutBack."""
    was = link.before.get("theirs", {}).get("was", {})
    names = _names(keys, was)
    body = Part(names, their_values(row)).content_of(was, {})
    try:
        with Client(link.connection, lane=Lane.INTERACTIVE) as client:
            answer = client.call(
                "update_or_create_contacts",
                {"Contacts": [{"ContactID": link.xero_id, **body}]},
                idempotency_key=uuid.uuid4().hex,
                summarize_errors=False,
            )
    except XeroError as error:
        raise NotPutBack(error.message) from error
    elements = answer.elements("Contacts")
    said = [one for one in messages_in({"Elements": elements}) if one]
    if said:
        raise NotPutBack(said[0])
    pull.store_contacts(link.connection, elements)
    _log_there(link, names)


def _log_there(link: Link, names: Sequence[str]) -> None:
    contact = Contact.objects.filter(pk=link.object_id).first()
    words = ", ".join(threeway.labels_of(names))
    log.write(
        [
            log.entry(
                link.connection,
                link.kind,
                Action.UPDATE,
                contact.name if contact else "",
                link.object_id,
                link.xero_id,
                f"Put back in Xero as before linking: {words}.",
            )
        ]
    )


def read_again(link: Link) -> XeroContact | None:
    """Read what Xero has now of a contact. Raises XeroError."""
    with Client(link.connection, lane=Lane.INTERACTIVE) as client:
        found = client.call("get_contact", link.xero_id).elements("Contacts")
    rows = pull.contact_rows(link.connection, found)
    return rows[0] if rows else None


def is_current(link: Link) -> bool:
    return link.status == LinkStatus.CURRENT
