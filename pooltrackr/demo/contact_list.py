"""The demo's contacts, from contacts.csv: a list as it grows in an office, duplicates included.

The Xero simulator's demo organisation holds most of the same people, each written its own way.
"""

import csv
import datetime as dt
import random
from pathlib import Path

from businesses.fields import tidy_abn
from businesses.models import Business
from contacts.models import Contact, ContactKind, ContactTag, Tag
from contacts.naming import kind_of

FILE = Path(__file__).with_name("contacts.csv")
TAGS = ("Weekly", "Fortnightly", "Monthly", "On call")
TAG_WEIGHTS = (4, 5, 3, 2)
COMPANY_TAG = "Commercial"
COMPANY_TERMS_DAYS = 30
YEARS_BACK = 2
NOTES = (
    "Key under the third pot plant. Close the gate: dog.",
    "Prefers a text message the evening before.",
    "Park in the street, the driveway is steep.",
    "Invoice goes to the accounts address, report to the caretaker.",
    "Pool cover rolls to the deep end.",
    "Call before any repair over $200.",
)


def make(business: Business, *, chance: random.Random, limit: int | None) -> list[Contact]:
    """Create the contacts of the file, or the first `limit` of them."""
    with FILE.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))[:limit]
    contacts = [contact_from(row, business, chance) for row in rows]
    for contact in contacts:
        contact.refresh_search_key()
    Contact.objects.bulk_create(contacts)
    spread_over_the_past(contacts, chance)
    add_tags(business, contacts, chance)
    return contacts


def contact_from(row: dict[str, str], business: Business, chance: random.Random) -> Contact:
    is_company = looks_like_a_company(row)
    contact = Contact(
        business=business,
        kind=ContactKind.COMPANY if is_company else ContactKind.PERSON,
        name=row["name"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        company=row["name"] if is_company else "",
        email=row["email"],
        phone=row["phone"],
        mobile=row["mobile"],
        postal_line1=row["address_line1"],
        postal_line2=row["address_line2"],
        postal_city=row["city"],
        postal_region=row["region"],
        postal_code=row["postal_code"],
        postal_country=row["country"],
        abn=tidy_abn(row["tax_number"]) if row["tax_number"] else "",
        account_number=row["account_number"],
        notes=chance.choice(NOTES) if chance.random() < 0.15 else "",
    )
    if is_company:
        contact.terms_days = COMPANY_TERMS_DAYS
        contact.terms_type = business.terms_type
    return contact


def looks_like_a_company(row: dict[str, str]) -> bool:
    """Whether a row is a company: it has an ABN, or is called other than its person.

    Three letters of the family name are compared, since some names are mistyped on purpose.
    """
    family = row["last_name"][:3].casefold()
    called_otherwise = not family or family not in row["name"].casefold()
    return bool(row["tax_number"]) or called_otherwise or kind_of(row) == ContactKind.COMPANY


def spread_over_the_past(contacts: list[Contact], chance: random.Random) -> None:
    """Let contacts seem made and changed over two years, not all at this moment."""
    for contact in contacts:
        age = chance.randrange(2, YEARS_BACK * 365)
        contact.created_at -= dt.timedelta(days=age, minutes=chance.randrange(600))
        contact.updated_at -= dt.timedelta(days=chance.randrange(2, age + 1))
    Contact.objects.bulk_update(contacts, ["created_at", "updated_at"])


def add_tags(business: Business, contacts: list[Contact], chance: random.Random) -> None:
    names = (*TAGS, COMPANY_TAG)
    tags = {name: Tag.objects.create(business=business, name=name) for name in names}
    chosen: list[tuple[Contact, str]] = []
    for contact in contacts:
        if contact.kind == ContactKind.COMPANY:
            chosen.append((contact, COMPANY_TAG))
        if chance.random() < 0.7:
            chosen.append((contact, chance.choices(TAGS, TAG_WEIGHTS)[0]))
    ContactTag.objects.bulk_create(
        ContactTag(business=business, contact=contact, tag=tags[name]) for contact, name in chosen
    )
