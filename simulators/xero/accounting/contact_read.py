"""Reading contacts: one, or a list by filter, search and page."""

from collections.abc import Callable, Iterable

from simulators.xero.accounting.call import Call, NotFound
from simulators.xero.accounting.contact_model import TEXT_MEMBERS, Contact, folded
from simulators.xero.accounting.contact_render import render_contact, render_summary
from simulators.xero.accounting.listing import (
    asks_for_page,
    candidates,
    filtered,
    in_order,
    modified,
    paged,
    searched,
    wanted_filter,
)
from simulators.xero.accounting.volume import CONTACTS, check_volume
from simulators.xero.accounting.where import Fields, Value
from simulators.xero.answers import Answer, envelope

SEARCHED_MEMBERS = ("FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")
INDEXES = {
    "ContactNumber": ("number",),
    "AccountNumber": ("account number",),
    "EmailAddress": ("email",),
    "Name": ("name", "archived name"),
}


def text_reader(member: str) -> Callable[[Contact], Value]:
    return lambda contact: contact.text.get(member)


FIELDS: Fields = {
    "ContactID": lambda contact: contact.id,
    "Name": lambda contact: contact.name,
    "ContactStatus": lambda contact: contact.status,
    "UpdatedDateUTC": lambda contact: contact.updated,
    **{member: text_reader(member) for member in TEXT_MEMBERS},
}


def list_contacts(call: Call) -> Answer:
    chosen = wanted_filter(call, FIELDS)
    ids = call.listed("IDs")
    contacts = call.organisation.contacts
    if not ids:
        check_volume(call, contacts, chosen, CONTACTS, paged=asks_for_page(call))
    rows: Iterable[Contact] = candidates(contacts, chosen, INDEXES)
    if ids:
        rows = [contact for contact_id in ids if (contact := contacts.get(contact_id))]
    # Whoever asks by id gets archived contacts too: how else would a client learn of a merge.
    if not call.flag("includeArchived") and not ids:
        rows = (contact for contact in rows if contact.is_active)
    if call.text("searchTerm"):
        term = call.text("searchTerm")
        rows = (contact for contact in rows if searched(term, searched_texts(contact)))
    ordered = in_order(call, filtered(chosen, modified(call, rows)), FIELDS)
    page = paged(call, ordered, forced=bool(ids))
    summary = call.flag("summaryOnly")
    full = page.pagination is not None
    rendered = [
        render_summary(contact)
        if summary
        else render_contact(call.organisation, contact, full=full)
        for contact in page.rows
    ]
    return envelope("Contacts", rendered, call.now, pagination=page.pagination)


def searched_texts(contact: Contact) -> Iterable[str | None]:
    yield contact.name
    for member in SEARCHED_MEMBERS:
        yield contact.text.get(member)


def read_contact(call: Call) -> Answer:
    contact = named_contact(call)
    return envelope("Contacts", [render_contact(call.organisation, contact)], call.now)


def named_contact(call: Call) -> Contact:
    """Return the contact whose id or ContactNumber stands in the address."""
    contacts = call.organisation.contacts
    contact = contacts.get(call.path[1]) or contacts.find("number", folded(call.path[1]))
    if contact is None:
        raise NotFound
    return contact
