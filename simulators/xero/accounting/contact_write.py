"""Creating and changing contacts: which one is meant, what is allowed, what is kept."""

import re
from collections.abc import Mapping
from dataclasses import replace

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_model import (
    ADDRESS_MEMBERS,
    ADDRESS_TYPES,
    PHONE_MEMBERS,
    PHONE_TYPES,
    TEXT_MEMBERS,
    Contact,
    folded,
)
from simulators.xero.accounting.problems import Problems
from simulators.xero.wire import Json, new_id

# Members that clients echo or SDKs always send, which change nothing.
READ_ONLY_MEMBERS = frozenset(
    {
        "HasAttachments",
        "HasValidationErrors",
        "ValidationErrors",
        "UpdatedDateUTC",
        "IsCustomer",
        "IsSupplier",
        "Balances",
        "MergedToContactID",
        "Website",
        "StatusAttributeString",
    }
)
# Lengths and counts of Xero's OpenAPI description of a contact and its persons.
NAME_LIMIT = 255
PERSON_LIMIT = 5
PERSON_TEXT_LIMIT = 255
# Xero says only "must be valid" and that other than ASCII is not; this is the usual least.
EMAIL = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+$")
# "Letters only" in Xero's description, yet country names hold spaces, dots and brackets.
COUNTRY = re.compile(r"^[^\W\d_]+([ .'()-]+[^\W\d_]*)*$")
TERM_TYPES = frozenset(
    {"DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"}
)
# No source names a limit; beyond this a number is surely a slip.
LARGEST_TERM_DAYS = 200


def create_contact(call: Call, sent: Json, problems: Problems) -> Contact | None:
    """Write as PUT does: a name or number that exists is refused, nothing is overwritten."""
    contact_id = text_of(sent, "ContactID")
    if contact_id and call.organisation.contacts.get(contact_id):
        problems.add(messages.CONTACT_EXISTS)
        return None
    return save_contact(call, None, sent, problems)


def upsert_contact(call: Call, sent: Json, problems: Problems) -> Contact | None:
    """Write as POST does: a contact matched by id, number or name is changed."""
    contact_id = text_of(sent, "ContactID")
    existing = match_contact(call, sent)
    if contact_id and existing is None:
        problems.add(messages.CONTACT_NOT_FOUND)
        return None
    return save_contact(call, existing, sent, problems)


def match_contact(call: Call, sent: Json) -> Contact | None:
    contacts = call.organisation.contacts
    contact_id = text_of(sent, "ContactID")
    if contact_id:
        return contacts.get(contact_id)
    number = text_of(sent, "ContactNumber")
    # Number before name: a contact found by its number is renamed, not doubled.
    by_number = contacts.find("number", folded(number)) if number else None
    return by_number or contact_called(call, text_of(sent, "Name"))


def contact_called(call: Call, name: str) -> Contact | None:
    """Return the active contact of a name, with or without regard to its case."""
    called = call.organisation.contacts.find_all("name", folded(name))
    exact = call.switches.name_case == "exact"
    return next((one for one in called if not exact or one.name == name), None)


def text_of(sent: Json, member: str) -> str:
    value = sent.get(member)
    return value if isinstance(value, str) else ""


def save_contact(
    call: Call, existing: Contact | None, sent: Json, problems: Problems
) -> Contact | None:
    contact = existing or Contact(id=new_id(), name="", updated=call.now)
    contact = replace(
        contact,
        updated=call.now,
        name=checked_name(call, contact, sent, problems),
        status=checked_status(existing, sent, problems),
        text=checked_text(contact, sent, problems),
        addresses=checked_addresses(contact, sent, problems),
        phones=checked_phones(call, contact, sent, problems),
        persons=checked_persons(sent, problems),
        payment_terms=checked_terms(contact, sent, problems),
    )
    check_uniqueness(call, contact, problems)
    if problems:
        return None
    call.organisation.contacts.save(contact)
    return contact


def checked_name(call: Call, contact: Contact, sent: Json, problems: Problems) -> str:
    name = sent.get("Name")
    if name is None and contact.name:
        return contact.name
    if not isinstance(name, str) or not name.strip():
        # Xero has two sentences: one for nothing to go by, one for a number without a name.
        identified = bool(text_of(sent, "ContactNumber")) or bool(contact.name)
        unnamed = messages.CONTACT_NAME_EMPTY
        problems.add(unnamed if identified else messages.CONTACT_NEEDS_IDENTITY)
        return ""
    if call.switches.name_spaces == "trim":
        name = " ".join(name.split())
    elif name != name.strip() or "  " in name:
        problems.add(messages.NAME_HAS_SPACES)
    if len(name) > NAME_LIMIT:
        problems.add(messages.too_long("Name", NAME_LIMIT))
    if "<" in name or ">" in name:
        problems.add(messages.NAME_HAS_BRACKETS)
    return name


def checked_status(existing: Contact | None, sent: Json, problems: Problems) -> str:
    before = existing.status if existing else "ACTIVE"
    if existing is not None and existing.merged_to:
        # A merge is for good: nothing brings its loser back into use.
        return before
    status = text_of(sent, "ContactStatus") or before
    if existing is None and status != "ACTIVE":
        problems.add(messages.NEW_CONTACT_NOT_ACTIVE)
    elif status not in {"ACTIVE", "ARCHIVED"} and status != before:
        problems.add(messages.CONTACT_STATUS_INVALID)
    return status


def checked_text(contact: Contact, sent: Json, problems: Problems) -> Mapping[str, str]:
    """Return the scalar members: what is not sent keeps its value, an empty text clears it."""
    text = dict(contact.text)
    for member, limit in TEXT_MEMBERS.items():
        value = sent.get(member)
        if value is None:
            continue
        value = str(value)
        if len(value) > limit:
            problems.add(messages.too_long(member, limit))
        if value:
            text[member] = value
        else:
            text.pop(member, None)
    email = text_of(sent, "EmailAddress")
    if email and not valid_email(email):
        problems.add(messages.EMAIL_INVALID)
    return text


def valid_email(email: str) -> bool:
    return email.isascii() and EMAIL.match(email) is not None


def entries(sent: Json, member: str) -> list[tuple[int, Json]]:
    """Return the objects of a list sent, each with its place in it."""
    listed = sent.get(member)
    if not isinstance(listed, list):
        return []
    return [(index, entry) for index, entry in enumerate(listed) if isinstance(entry, dict)]


def checked_addresses(
    contact: Contact, sent: Json, problems: Problems
) -> Mapping[str, Mapping[str, str]]:
    addresses = dict(contact.addresses)
    for index, entry in entries(sent, "Addresses"):
        place = ("Addresses", index)
        kind = text_of(entry, "AddressType")
        if kind not in ADDRESS_TYPES:
            problems.add(messages.ADDRESS_TYPE_INVALID, *place)
            continue
        addresses[kind] = checked_members(entry, ADDRESS_MEMBERS, problems, place)
        country = addresses[kind].get("Country")
        if country and not COUNTRY.match(country):
            problems.add(messages.COUNTRY_NOT_LETTERS, *place)
    return addresses


def checked_phones(
    call: Call, contact: Contact, sent: Json, problems: Problems
) -> Mapping[str, Mapping[str, str]]:
    replaces = call.switches.phones == "replace" and isinstance(sent.get("Phones"), list)
    phones = {} if replaces else dict(contact.phones)
    for index, entry in entries(sent, "Phones"):
        place = ("Phones", index)
        kind = text_of(entry, "PhoneType")
        if kind not in PHONE_TYPES:
            problems.add(messages.PHONE_TYPE_INVALID, *place)
            continue
        phones[kind] = checked_members(entry, PHONE_MEMBERS, problems, place)
    return phones


def checked_members(
    entry: Json, limits: Mapping[str, int], problems: Problems, place: tuple[str, int]
) -> Mapping[str, str]:
    members: dict[str, str] = {}
    for member, limit in limits.items():
        value = entry.get(member)
        if value is None or value == "":
            continue
        members[member] = str(value)
        if len(members[member]) > limit:
            problems.add(messages.too_long(member, limit), *place)
    return members


def checked_persons(sent: Json, problems: Problems) -> tuple[Json, ...]:
    """Return the persons sent: those not sent are gone, as in Xero."""
    listed = entries(sent, "ContactPersons")
    if len(listed) > PERSON_LIMIT:
        problems.add(messages.TOO_MANY_PERSONS)
    persons = []
    for index, entry in listed:
        place = ("ContactPersons", index)
        limits = dict.fromkeys(("FirstName", "LastName", "EmailAddress"), PERSON_TEXT_LIMIT)
        person: Json = dict(checked_members(entry, limits, problems, place))
        if person.get("EmailAddress") and not valid_email(person["EmailAddress"]):
            problems.add(messages.EMAIL_INVALID, *place)
        persons.append({**person, "IncludeInEmails": bool(entry.get("IncludeInEmails"))})
    return tuple(persons)


def checked_terms(contact: Contact, sent: Json, problems: Problems) -> Json | None:
    terms = sent.get("PaymentTerms")
    if terms is None:
        return contact.payment_terms
    if not isinstance(terms, dict) or not all(valid_term(term) for term in terms.values()):
        problems.add(messages.PAYMENT_TERMS_INVALID)
        return None
    # Terms of sales and of bills are set apart: sending one side leaves the other.
    merged = {**(contact.payment_terms or {})}
    for side in ("Sales", "Bills"):
        if terms.get(side):
            merged[side] = {"Day": int(terms[side]["Day"]), "Type": terms[side]["Type"]}
    return merged or None


def valid_term(term: object) -> bool:
    if term is None or term == {}:
        return True
    if not isinstance(term, dict) or term.get("Type") not in TERM_TYPES:
        return False
    day = term.get("Day")
    return isinstance(day, int) and 0 <= day <= LARGEST_TERM_DAYS


def check_uniqueness(call: Call, contact: Contact, problems: Problems) -> None:
    contacts = call.organisation.contacts

    def taken(kind: str, value: str | None) -> bool:
        if not value:
            return False
        return any(other.id != contact.id for other in contacts.find_all(kind, folded(value)))

    same_name = contact_called(call, contact.name)
    if contact.is_active and same_name and same_name.id != contact.id:
        problems.add(messages.contact_name_taken(contact.name))
    if taken("number", contact.text.get("ContactNumber")):
        problems.add(messages.CONTACT_NUMBER_TAKEN)
    if taken("account number", contact.text.get("AccountNumber")):
        problems.add(messages.ACCOUNT_NUMBER_TAKEN)
