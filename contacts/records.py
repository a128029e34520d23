"""How contacts and pools enter the matcher."""

from collections.abc import Iterator, Mapping, Sequence

from contacts.matching.records import Record
from contacts.models import Contact, Pool
from contacts.models.contact import ContactQuerySet
from contacts.models.pool import PoolQuerySet

ADDRESS = ("line1", "line2", "city", "region", "code", "country")
POSTAL = tuple(f"postal_{part}" for part in ADDRESS)
STREET = tuple(f"street_{part}" for part in ADDRESS)
# Fields of a record that our columns call otherwise.
OF_ADDRESS = dict(
    zip(
        ("address_line1", "address_line2", "city", "region", "postal_code", "country"),
        ADDRESS,
        strict=True,
    )
)
COLUMNS = {"tax_number": "abn"}


def records_with(contacts: ContactQuerySet, fields: Sequence[str]) -> Iterator[Record]:
    """Yield records that hold `fields` and no more: whole rows take three times as long."""
    columns = [COLUMNS.get(field, field) for field in fields if field not in OF_ADDRESS]
    if OF_ADDRESS.keys() & set(fields):
        columns += [*POSTAL, *STREET]
    for row in contacts.values("pk", *columns).iterator():
        values = {field: _value(row, field) for field in fields}
        yield Record.from_row({"id": row["pk"], **values})


def _value(row: Mapping[str, str], field: str) -> str:
    if field not in OF_ADDRESS:
        return row[COLUMNS.get(field, field)]
    kind = "postal" if any(row[column] for column in POSTAL) else "street"
    return row[f"{kind}_{OF_ADDRESS[field]}"]


def record_of(contact: Contact) -> Record:
    """Return what the matcher compares of `contact`: the postal address first, if there is one."""
    postal = [getattr(contact, column) for column in POSTAL]
    street = [getattr(contact, column) for column in STREET]
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


def pool_records(pools: PoolQuerySet) -> Iterator[Record]:
    """Yield pools with their address, and the contact that was linked first beside the name."""
    for pool in pools.prefetch_related("pool_contacts__contact").iterator(chunk_size=2_000):
        yield pool_record(pool)


def pool_record(pool: Pool) -> Record:
    first = min(pool.pool_contacts.all(), key=lambda link: link.pk, default=None)
    return Record(
        id=str(pool.pk),
        name=pool.name,
        first_name=first.contact.name if first else "",
        address_line1=pool.line1,
        address_line2=pool.line2,
        city=pool.city,
        region=pool.region,
        postal_code=pool.postal_code,
        country=pool.country,
    )
