"""How a contact enters the matcher."""

from contacts.matching.records import Record
from contacts.models import Contact


def record_of(contact: Contact) -> Record:
    """Return what the matcher compares of `contact`; the street address is its second one."""
    return Record(
        id=str(contact.pk),
        name=contact.name,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=contact.email,
        phone=contact.phone,
        mobile=contact.mobile,
        address_line1=contact.postal_line1,
        address_line2=contact.postal_line2,
        city=contact.postal_city,
        region=contact.postal_region,
        postal_code=contact.postal_code,
        country=contact.postal_country,
        tax_number=contact.abn,
        account_number=contact.account_number,
        emails=tuple(contact.other_emails),
        second_address_line1=contact.street_line1,
        second_address_line2=contact.street_line2,
        second_city=contact.street_city,
        second_region=contact.street_region,
        second_postal_code=contact.street_code,
    )
