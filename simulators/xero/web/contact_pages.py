"""Contacts on screen: the list with search, and one contact with its invoices."""

from collections.abc import Mapping

from aiohttp import web

from simulators.xero.accounting.contact_model import Contact, folded
from simulators.xero.accounting.contact_read import searched_texts
from simulators.xero.accounting.listing import searched
from simulators.xero.web.organisations import organisation_of, organisation_page
from simulators.xero.web.paging import turned
from simulators.xero.web.rendering import STATUS_WORDS

SHOWN = ("active", "archived", "all")
PHONE_WORDS = {"DEFAULT": "Phone", "MOBILE": "Mobile", "DDI": "Direct", "FAX": "Fax"}
ADDRESS_WORDS = {"POBOX": "Postal address", "STREET": "Street address"}
TEXT_WORDS = (
    ("FirstName", "First name"),
    ("LastName", "Last name"),
    ("EmailAddress", "E-mail"),
    ("AccountNumber", "Account number"),
    ("ContactNumber", "Contact code"),
    ("TaxNumber", "ABN"),
    ("CompanyNumber", "Company number"),
)


async def contact_list(request: web.Request) -> web.StreamResponse:
    organisation = organisation_of(request)
    term = request.query.get("q", "").strip()
    shown = request.query.get("show", "active")
    rows = [
        contact
        for contact in organisation.contacts
        if (shown == "all" or contact.is_active == (shown != "archived"))
        and (not term or searched(term, searched_texts(contact)))
    ]
    rows.sort(key=lambda contact: folded(contact.name))
    return organisation_page(
        request,
        "contacts.html",
        page=turned(request, rows),
        term=term,
        shown=shown,
        choices=SHOWN,
        phone=main_phone,
        place=main_place,
    )


def spoken(phone: Mapping[str, str]) -> str:
    parts = (phone.get("PhoneCountryCode"), phone.get("PhoneAreaCode"), phone.get("PhoneNumber"))
    return " ".join(part for part in parts if part)


def main_phone(contact: Contact) -> str:
    found = (spoken(contact.phones.get(kind, {})) for kind in ("DEFAULT", "MOBILE"))
    return next((text for text in found if text), "")


def main_place(contact: Contact) -> str:
    address = contact.addresses.get("POBOX") or contact.addresses.get("STREET") or {}
    parts = (address.get(part) for part in ("City", "Region", "PostalCode"))
    return " ".join(part for part in parts if part)


def address_lines(address: Mapping[str, str]) -> list[str]:
    lines = [address.get(f"AddressLine{number}", "") for number in range(1, 5)]
    place = (address.get(part, "") for part in ("City", "Region", "PostalCode"))
    lines += [" ".join(part for part in place if part), address.get("Country", "")]
    return [line for line in lines if line]


async def contact_page(request: web.Request) -> web.StreamResponse:
    organisation = organisation_of(request)
    contact = organisation.contacts.get(request.match_info["id"])
    if contact is None:
        raise web.HTTPNotFound(text="There is no such contact in this organisation.")
    invoices = organisation.invoices.find_all("contact", contact.id)
    return organisation_page(
        request,
        "contact.html",
        contact=contact,
        winner=organisation.contacts.get(contact.merged_to) if contact.merged_to else None,
        particulars=[
            (word, contact.text[member]) for member, word in TEXT_WORDS if member in contact.text
        ],
        phones=[
            (PHONE_WORDS[kind], spoken(phone)) for kind, phone in contact.phones.items() if phone
        ],
        addresses=[
            (ADDRESS_WORDS[kind], address_lines(address))
            for kind, address in contact.addresses.items()
            if address
        ],
        words=STATUS_WORDS,
        invoices=sorted(invoices, key=lambda invoice: invoice.day, reverse=True),
    )


ROUTES = [
    web.get("/o/{short}/contacts", contact_list),
    web.get("/o/{short}/contacts/{id}", contact_page),
]
