"""What counts as the same text: names, phones, e-mails, addresses, identifiers."""

import pytest

from contacts.matching.addresses import read_address
from contacts.matching.emails import read_email
from contacts.matching.identifiers import both_valid_abns, read_identifier
from contacts.matching.names import GIVEN, SURNAME, read_name
from contacts.matching.phones import read_phone
from contacts.matching.prepare import prepare
from contacts.matching.records import LONGEST_VALUE, Record
from contacts.matching.text import digits, fold


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Dr Erin Ryan", ("erin", "ryan")),
        ("Blue Lagoon Pools Pty Ltd", ("blue", "lagoon", "pools")),
        ("BLUE LAGOON POOLS PTY. LIMITED", ("blue", "lagoon", "pools")),
        ("Goldman Sachs & Co. L.L.C.", ("goldman", "sachs")),
        ("J & M Smith", ("j", "m", "smith")),
        ("Kerley, Thomas", ("kerley", "thomas")),
        ("O'Brien", ("obrien",)),
        ("Zoë Müller", ("zoe", "muller")),
        ("Maria van der Berg", ("maria", "vanderberg")),
        ("First Bank Int'l", ("1st", "bank", "international")),
        ("The Company Pty Ltd", ("the", "company", "pty", "ltd")),
        ("Владимир Путин", ("vladimir", "putin")),
        ("", ()),
        ("\U0001f60a", ("blush",)),
    ],
)
def test_a_name_is_read_as_the_words_that_identify(written: str, words: tuple[str, ...]) -> None:
    assert read_name(written).words == words


def test_a_trading_name_is_the_name_and_the_person_stands_beside_it() -> None:
    name = read_name("Holly Block T/A Reef Crane Hire")
    assert name.words == ("reef", "crane", "hire")
    assert name.person == ("holly", "block")


def test_a_founder_in_the_firms_name_stands_beside_it_with_the_given_name_only() -> None:
    assert read_name("Snell Hardware", "Sophie", "Snell").person == ("sophie",)


def test_a_mistyped_person_field_is_the_same_person_and_not_another_beside() -> None:
    name = read_name("Oliver Halrosski", "Oliver", "Halorsski")
    assert name.person == ()
    assert name.roles == (GIVEN, SURNAME)


def test_a_reversed_name_keeps_the_roles_of_its_words() -> None:
    assert read_name("Kerley, Thomas", "Thomas", "Kerley").roles == (SURNAME, GIVEN)


def test_without_a_name_the_person_fields_serve() -> None:
    assert read_name("", "Anna", "Lee").words == ("anna", "lee")


@pytest.mark.parametrize(
    "written",
    ["+61 2 9123 4567", "0061291234567", "(02) 9123 4567", "9123-4567", "02 91234567 x12"],
)
def test_every_way_to_write_a_phone_number_is_the_same_number(written: str) -> None:
    phone = read_phone(written)
    assert phone is not None
    assert phone.number == "91234567"
    assert not phone.mobile


@pytest.mark.parametrize("written", ["0412 345 678", "+61 412 345 678", "61412345678", "412345678"])
def test_a_mobile_is_known_by_its_start(written: str) -> None:
    phone = read_phone(written)
    assert phone is not None
    assert phone.mobile
    assert phone.number == "12345678"


@pytest.mark.parametrize("written", ["", "n/a", "0000 000 000", "123", "ext 4567890"])
def test_what_is_no_phone_number_is_not_compared(written: str) -> None:
    assert read_phone(written) is None


def test_an_email_is_read_without_case_tag_and_brackets() -> None:
    email = read_email(" <Anna.Lee+pool@Example.COM> ")
    assert email is not None
    assert email.address == "anna.lee@example.com"
    assert email.domain == "example.com"


def test_a_public_mail_domain_says_nothing_about_its_owner() -> None:
    email = read_email("anna@gmail.com")
    assert email is not None
    assert email.domain == ""


@pytest.mark.parametrize("written", ["", "none", "@example.com", "anna@"])
def test_what_is_no_email_is_not_compared(written: str) -> None:
    assert read_email(written) is None


@pytest.mark.parametrize(
    ("line1", "line2", "number", "street", "unit", "box"),
    [
        ("1/42 Ironbark Cres", "", "42", "ironbark", "1", ""),
        ("Suite 27 514 Lazar Place", "", "514", "lazar", "27", ""),
        ("Shop 11 19 Euree St.", "", "19", "euree", "11", ""),
        ("Kersey' South", "10 Crisp Circuit", "10", "crisp", "", ""),
        ("PO Box 1478", "", "", "", "", "1478"),
        ("Locked Bag 12", "", "", "", "", "12"),
        ("10 HadleighCourt", "", "10", "hadleigh", "", ""),
        ("363 Banks Xtreet", "", "363", "banks", "", ""),
        ("102 Fifth Ave.", "", "102", "5th", "", ""),
        ("102 5th Ave. between 15th and 16th Sts.", "", "102", "5th", "", ""),
        ("", "", "", "", "", ""),
    ],
)
def test_an_address_is_read_into_its_parts(
    line1: str, line2: str, number: str, street: str, unit: str, box: str
) -> None:
    read = read_address(line1, line2)
    assert (read.number, read.street, read.unit, read.box) == (number, street, unit, box)


def test_two_right_business_numbers_are_two_businesses() -> None:
    # Both are the published examples of the Australian Business Register and the tax office.
    assert both_valid_abns("53004085616", "51824753556")
    assert not both_valid_abns("53004085616", "53004085617")


def test_an_identifier_is_its_letters_and_digits() -> None:
    assert read_identifier("53 004 085 616") == "53004085616"
    assert read_identifier("-") == ""


def test_a_value_of_any_length_costs_no_more_than_the_longest() -> None:
    assert len(fold("x" * 10_000)) == LONGEST_VALUE
    assert len(digits("1" * 10_000)) == LONGEST_VALUE


def test_digits_of_other_scripts_are_digits() -> None:
    assert digits("٠٤١٢") == "0412"


def test_a_record_is_read_from_a_row_with_more_and_fewer_columns() -> None:
    record = Record.from_row({"id": 7, "name": "Anna", "email": None, "colour": "blue"})
    assert record == Record(id="7", name="Anna")


def test_several_emails_may_stand_in_one_value() -> None:
    assert Record.from_row({"id": "1", "emails": "a@x.com; b@x.com"}).emails == (
        "a@x.com",
        " b@x.com",
    )


def test_both_addresses_and_all_emails_are_prepared() -> None:
    prepared = prepare(
        Record(
            id="1",
            email="a@x.com",
            emails=("b@x.com",),
            address_line1="1 First St",
            second_address_line1="2 Second St",
        )
    )
    assert [email.address for email in prepared.emails] == ["a@x.com", "b@x.com"]
    assert [address.number for address, _ in prepared.addresses] == ["1", "2"]
