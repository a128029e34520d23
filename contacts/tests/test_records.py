import pytest

from contacts.matching.strict import STRICT_FIELDS
from contacts.models import Contact
from contacts.records import record_of, records_with


@pytest.mark.parametrize("address", ["postal", "street", "both"])
def test_a_record_of_some_fields_says_what_the_whole_one_says(business, address) -> None:
    values = {"name": "Mira", "email": "m@x.example", "abn": "51 824 753 556", "phone": "07 1"}
    for kind in ("postal", "street"):
        if address in (kind, "both"):
            values |= {f"{kind}_line1": f"1 {kind} St", f"{kind}_code": "4000"}
            values |= {f"{kind}_city": f"{kind}ville", f"{kind}_country": "Australia"}
    whole = record_of(Contact.objects.create(business=business, **values))
    for fields in ([field] for field in STRICT_FIELDS):
        (record,) = records_with(business.contacts.all(), fields)
        assert record.id == whole.id
        assert getattr(record, fields[0]) == getattr(whole, fields[0])
