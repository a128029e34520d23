"""How a contact enters the matcher."""

from contacts.matching.records import Record
from contacts.models import Contact

ADDRESS = ("line1", "line2", "city", "region", "code", "country")


def record_of(contact: Contact) -> Record:
    """Return what the matcher compares of `contact`: the postal address first, if there is one."""
    postal = [getattr(contact, f"postal_{part}") for part in ADDRESS]
    street = [getattr(contact, f"street_{part}") for part in ADDRESS]
    first, second = (postal, street) if any(postal) else (street, postal)
    return Record(
        id=str(contact.pk),
        name=contact.name,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=contact.email,
        phone=contact.phone,
        mobile=contact.mobile,
        address_line1=first[0],
        address_line2=first[1],
        city=first[2],
        region=first[3],
        postal_code=first[4],
        country=first[5],
        tax_number=contact.abn,
        account_number=contact.account_number,
        emails=tuple(contact.other_emails),
        second_address_line1=second[0],
        second_address_line2=second[1],
        second_city=second[2],
        second_region=second[3],
        second_postal_code=second[4],
    )
