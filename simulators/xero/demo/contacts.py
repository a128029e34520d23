"""Filling an organisation with contacts from a file, each made lawful for Xero and said so."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_model import Contact, folded
from simulators.xero.accounting.contact_write import COUNTRY, save_contact, valid_email
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.problems import Problems
from simulators.xero.switches import Switches
from simulators.xero.wire import Json

Source = dict[str, str]

LONGEST_NAME = 255
# Room for a suffix such as " (12)" behind a name that is cut.
NAME_ROOM = 245
AREA_PHONE = re.compile(r"^\(?(0[2378])\)?[ -]?(\d[\d ]{7,9})$")
LIMITS = {"tax_number": 50, "account_number": 50, "email": 255, "phone": 50, "mobile": 50}
# Contacts are given ages this far apart, so that their default order is that of the file.
AGE_STEP = timedelta(seconds=90)


@dataclass(frozen=True)
class Mend:
    source_id: str
    member: str
    given: str
    became: str


def read_file(path: Path) -> Iterator[Source]:
    with path.open(newline="", encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            yield {str(key): value or "" for key, value in row.items() if key}


class Seeder:
    """Puts the rows of one file into one organisation, remembering what had to be mended."""

    def __init__(self, organisation: Organisation, switches: Switches, first_age: datetime) -> None:
        self.organisation = organisation
        self.mends: list[Mend] = []
        self.call = Call(organisation, "PUT", (), {}, b"", first_age, switches)

    def seed(self, rows: Iterable[Source]) -> None:
        for row in rows:
            self.add(row)
            self.call = replace(self.call, now=self.call.now + AGE_STEP)
        self.organisation.mended.extend(
            {
                "sourceId": mend.source_id,
                "member": mend.member,
                "given": mend.given,
                "became": mend.became,
            }
            for mend in self.mends
        )

    def add(self, row: Source) -> None:
        source_id = row.get("id", "")
        contact_id = str(uuid5(UUID(self.organisation.id), f"contact {source_id}"))
        blank = Contact(id=contact_id, name="", updated=self.call.now)
        problems = Problems()
        saved = save_contact(self.call, blank, self.lawful(row), problems)
        if saved is None:
            reasons = " ".join(message for _, message in problems.found())
            raise ValueError(f"Row {source_id} of the contacts file: {reasons}")
        self.organisation.source_ids[source_id] = saved.id

    def mend(self, row: Source, member: str, given: str, became: str) -> str:
        if given != became:
            self.mends.append(Mend(row.get("id", ""), member, given, became))
        return became

    def lawful(self, row: Source) -> Json:
        """Turn a row into a contact that Xero would take."""
        values = {
            member: self.fitting(row, member, row.get(member, ""), limit)
            for member, limit in LIMITS.items()
        }
        return {
            "Name": self.lawful_name(row),
            "FirstName": row.get("first_name", "")[:255],
            "LastName": row.get("last_name", "")[:255],
            "EmailAddress": self.lawful_email(row, values["email"]),
            "TaxNumber": values["tax_number"],
            "AccountNumber": self.free_account_number(row, values["account_number"]),
            "Phones": phones(values["phone"], values["mobile"]),
            "Addresses": self.addresses(row),
        }

    def fitting(self, row: Source, member: str, given: str, limit: int) -> str:
        return self.mend(row, member, given, given.strip()[:limit].strip())

    def lawful_name(self, row: Source) -> str:
        given = row.get("name", "")
        name = " ".join(given.replace("<", "(").replace(">", ")").split())[:NAME_ROOM].strip()
        name = name or fallback_name(row)
        return self.mend(row, "name", given, self.free_name(name))

    def free_name(self, name: str) -> str:
        """Return the name, with a number behind it when an active contact has it."""
        contacts, candidate, number = self.organisation.contacts, name, 1
        while contacts.has("name", folded(candidate)):
            number += 1
            candidate = f"{name} ({number})"
        return candidate[:LONGEST_NAME]

    def lawful_email(self, row: Source, given: str) -> str:
        return self.mend(row, "email", given, given if not given or valid_email(given) else "")

    def free_account_number(self, row: Source, given: str) -> str:
        taken = self.organisation.contacts.has("account number", folded(given))
        return self.mend(row, "account_number", given, "" if taken else given)

    def addresses(self, row: Source) -> list[Json]:
        country = row.get("country", "").strip()
        lawful = country if not country or COUNTRY.match(country) else ""
        address = {
            "AddressLine1": row.get("address_line1", ""),
            "AddressLine2": row.get("address_line2", ""),
            "City": row.get("city", ""),
            "Region": row.get("region", ""),
            "PostalCode": row.get("postal_code", "")[:50],
            "Country": self.mend(row, "country", country, lawful),
        }
        if not any(address.values()):
            return []
        # Bookkeepers fill in whichever of the two they see first; a reader must look at both.
        kind = "STREET" if len(self.organisation.source_ids) % 3 == 0 else "POBOX"
        return [{"AddressType": kind, **address}]


def fallback_name(row: Source) -> str:
    """Name a contact that has no name by the best thing known about it."""
    person = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    known = person or row.get("email", "") or row.get("address_line1", "")
    text = " ".join(known.replace("<", "(").replace(">", ")").split())
    return text[:NAME_ROOM] or f"Contact {row.get('id', '')}"


def phones(phone: str, mobile: str) -> list[Json]:
    listed: list[Json] = []
    if phone:
        # Split as Xero's form does, so that readers have to put area and number together again.
        match = AREA_PHONE.match(phone)
        parts = (match[1], match[2]) if match else ("", phone)
        listed.append({"PhoneType": "DEFAULT", "PhoneAreaCode": parts[0], "PhoneNumber": parts[1]})
    if mobile:
        listed.append({"PhoneType": "MOBILE", "PhoneNumber": mobile})
    return listed
