"""What a column of a list can be: our fields, and the headings that other programs give them."""

import re
from dataclasses import dataclass

SKIP = ""
# Targets that several columns may share; their texts are joined.
JOINED = {"postal_line2", "street_line2", "other_emails", "tags", "notes"}
NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Target:
    """A field that a column can fill; `heading` is what our own export calls it."""

    key: str
    heading: str
    also: tuple[str, ...] = ()


# The parts of an address: our heading, Xero's (after PO or SA), and what others write after
# "Billing", "Postal" and the like.
PARTS = {
    "line1": ("address", ("AddressLine1",), ("address line 1", "address 1", "street", "line 1")),
    "line2": (
        "address line 2",
        ("AddressLine2", "AddressLine3", "AddressLine4"),
        ("address 2", "address line 3", "line 2"),
    ),
    "city": ("suburb", ("City",), ("city", "town")),
    "region": ("state", ("Region",), ("region",)),
    "code": ("postcode", ("PostalCode",), ("postal code", "zip", "zip code", "code")),
    "country": ("country", ("Country",), ()),
}


def _address(kind: str, *, xero: str, prefixes: tuple[str, ...]) -> tuple[Target, ...]:
    return tuple(
        Target(
            f"{kind}_{part}",
            f"{kind.capitalize()} {heading}",
            (
                *(f"{xero}{name}" for name in in_xero),
                *(f"{prefix} {name}" for prefix in prefixes for name in (heading, *also)),
            ),
        )
        for part, (heading, in_xero, also) in PARTS.items()
    )


_POSTAL = _address("postal", xero="PO", prefixes=("postal", "billing", "mailing"))
_STREET = _address("street", xero="SA", prefixes=("street", "delivery", "site", "physical", "pool"))

TARGETS = (
    Target(
        "name",
        "Name",
        (
            "ContactName",
            "Customer",
            "Customer name",
            "Full name",
            "Client",
            "Client name",
            "Display name",
            "Account name",
        ),
    ),
    Target("kind", "Kind", ("Contact type",)),
    Target("first_name", "First name", ("Given name", "Forename", "First")),
    Target("last_name", "Last name", ("Surname", "Family name", "Last")),
    Target(
        "company",
        "Company",
        (
            "Company name",
            "Business",
            "Business name",
            "Organisation",
            "Organization",
            "LegalName",
            "Trading name",
        ),
    ),
    Target("email", "E-mail", ("EmailAddress", "Email 1", "Primary email", "Mail")),
    Target(
        "other_emails",
        "Other e-mails",
        ("Email 2", "Second email", "Alternative email", "Person1Email", "Person2Email"),
    ),
    Target(
        "phone",
        "Phone",
        (
            "PhoneNumber",
            "Telephone",
            "Landline",
            "Home phone",
            "Work phone",
            "Business phone",
            "Phone 1",
            "Tel",
        ),
    ),
    Target("mobile", "Mobile", ("MobileNumber", "Mobile phone", "Cell", "Cell phone")),
    *_POSTAL,
    *_STREET,
    Target("abn", "ABN", ("TaxNumber", "Tax number", "ABN/ACN", "Australian business number")),
    Target("account_number", "Account number", ("Customer number", "Customer no", "Account no")),
    Target("terms_days", "Payment terms", ("DueDateSalesDay", "Terms", "Terms days")),
    Target("terms_type", "Terms counted", ("DueDateSalesTerm", "Terms type")),
    Target("tags", "Tags", ("Groups", "Labels", "Categories")),
    Target("notes", "Notes", ("Note", "Comments", "Remarks")),
    Target("archived", "Archived", ("Inactive",)),
    Target("external_id", "Id", ("External id", "Customer id", "Contact id")),
)
HEADINGS = {target.key: target.heading for target in TARGETS}


def plain(heading: str) -> str:
    """Return what is compared of a heading: "*First_Name" and "first name" are one."""
    return NOT_A_LETTER.sub("", heading.casefold())


def _by_heading() -> dict[str, str]:
    known: dict[str, str] = {}
    for target in TARGETS:
        for heading in (target.key, target.heading, *target.also):
            known.setdefault(plain(heading), target.key)
    # Headings without "postal" or "street": the postal address, the one that stands on invoices.
    for part, (heading, in_xero, also) in PARTS.items():
        for name in (heading, *in_xero, *also):
            known.setdefault(plain(name), f"postal_{part}")
    return known


BY_HEADING = _by_heading()


def guess(header: list[str]) -> list[str]:
    """Return a target for each column, SKIP where nothing is known or the target is taken."""
    mapping: list[str] = []
    for heading in header:
        key = BY_HEADING.get(plain(heading), SKIP)
        taken = key in mapping and key not in JOINED
        mapping.append(SKIP if taken else key)
    return mapping


def check(mapping: list[str]) -> str:
    """Say what is wrong with a mapping, or nothing."""
    twice = {key for key in mapping if key and key not in JOINED and mapping.count(key) > 1}
    if twice:
        names = ", ".join(sorted(HEADINGS[key] for key in twice))
        return f"Two columns are to fill one field: {names}. Choose “Leave out” for one of them."
    if not set(mapping) & {"name", "company", "first_name", "last_name", "email"}:
        return "Choose at least one column that names the contact: name, company, person or e-mail."
    return ""
