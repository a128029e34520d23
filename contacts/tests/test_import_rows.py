import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contacts.imports.guard import guard, unguard
from contacts.imports.rows import ParsedRow, parse_row
from contacts.imports.targets import TARGETS, check, guess


def parse(number=2, **cells) -> ParsedRow:
    header = list(cells)
    return parse_row(list(cells.values()), header=header, mapping=guess(header), number=number)


def test_the_columns_of_a_plain_list_are_known() -> None:
    header = "id,name,first_name,last_name,email,phone,mobile,address_line1,address_line2,city"
    header += ",region,postal_code,country,tax_number,account_number"
    assert guess(header.split(",")) == [
        *("external_id", "name", "first_name", "last_name", "email", "phone", "mobile"),
        *("postal_line1", "postal_line2", "postal_city", "postal_region", "postal_code"),
        *("postal_country", "abn", "account_number"),
    ]


def test_the_columns_of_a_xero_export_are_known() -> None:
    header = "*ContactName,AccountNumber,EmailAddress,FirstName,LastName,POAddressLine1"
    header += ",POAddressLine2,POAddressLine3,POCity,PORegion,POPostalCode,POCountry"
    header += ",SAAddressLine1,SACity,PhoneNumber,MobileNumber,TaxNumber,DueDateSalesDay"
    header += ",DueDateSalesTerm,SkypeName"
    assert guess(header.split(",")) == [
        *("name", "account_number", "email", "first_name", "last_name", "postal_line1"),
        *("postal_line2", "postal_line2", "postal_city", "postal_region", "postal_code"),
        *("postal_country", "street_line1", "street_city", "phone", "mobile", "abn"),
        *("terms_days", "terms_type", ""),
    ]


def test_our_own_headings_are_known() -> None:
    assert guess([target.heading for target in TARGETS]) == [target.key for target in TARGETS]


def test_a_field_takes_one_column_unless_its_texts_can_be_joined() -> None:
    assert guess(["Name", "Customer name"]) == ["name", ""]
    assert "Name" in check(["name", "name"])
    assert check(["name", "notes", "notes"]) == ""
    assert "names the contact" in check(["phone", "notes"])


@pytest.mark.parametrize(
    ("cells", "name", "source"),
    [
        ({"name": " Ann   Lee "}, "Ann Lee", ""),
        ({"company": "Tidewater", "first_name": "Ann"}, "Tidewater", "company"),
        ({"first_name": "Ann", "last_name": "Lee", "email": "a@b.example"}, "Ann Lee", "person"),
        ({"email": "a@b.example", "address": "1 High St"}, "a@b.example", "e-mail"),
        ({"address": "1 High St", "city": "Noosa"}, "1 High St, Noosa", "address"),
    ],
)
def test_a_row_is_named_from_the_best_that_it_has(cells, name, source) -> None:
    row = parse(**cells)
    assert (row.name, row.named_from, row.errors) == (name, source, [])


def test_a_row_that_nothing_names_is_bad() -> None:
    row = parse(name="", phone="0299990000")
    assert len(row.errors) == 1 and "no name" in row.errors[0]


def test_more_cells_than_headings_are_bad_and_fewer_are_not() -> None:
    mapping = ["name", "phone"]
    long = parse_row(["Ann", "1", "2"], header=["a", "b"], mapping=mapping, number=2)
    short = parse_row(["Ann"], header=["a", "b"], mapping=mapping, number=2)
    empty = parse_row(["Ann", "1", "", ""], header=["a", "b"], mapping=mapping, number=2)
    assert "3 cells" in long.errors[0] and not short.errors and not empty.errors


def test_a_wrong_email_abn_or_term_is_kept_in_the_notes() -> None:
    row = parse(name="Ann", email="ann@home", abn="123", terms="soon", notes="Dog")
    assert not row.errors and len(row.warnings) == 3
    assert (row.values["email"], row.values["abn"], row.values["terms_days"]) == ("", "", None)
    for kept in ("Dog", "ann@home", "123", "soon"):
        assert kept in row.values["notes"]


def test_several_emails_in_one_cell_become_other_emails() -> None:
    row = parse(name="Ann", email="a@x.example; b@x.example", email_2="c@x.example")
    assert row.values["email"] == "a@x.example"
    assert row.values["other_emails"] == ["b@x.example", "c@x.example"]


def test_a_value_too_long_for_its_field_is_kept_in_the_notes() -> None:
    row = parse(name="Ann", phone="0" * 51)
    assert "phone" not in row.values and "0" * 51 in row.values["notes"]


def test_columns_mapped_to_notes_keep_their_heading() -> None:
    row = parse_row(
        ["Ann", "1234", "Dog"],
        header=["Name", "Gate code", "Notes"],
        mapping=["name", "notes", "notes"],
        number=2,
    )
    assert row.values["notes"] == "Gate code: 1234\nDog"


def test_the_kind_is_read_or_guessed() -> None:
    assert parse(name="Ann", kind="Company").values["kind"] == "company"
    assert parse(name="Tidewater Pty Ltd").values["kind"] == "company"
    assert parse(name="Ann Lee", first_name="Ann").values["kind"] == "person"


def test_a_valid_abn_is_written_as_it_is_printed() -> None:
    assert parse(name="Ann", abn="51824753556").values["abn"] == "51 824 753 556"


@given(st.text())
def test_every_cell_comes_back_from_its_guard(text) -> None:
    assert unguard(guard(text)) == text


@given(st.sampled_from("=+-@\t\r"), st.text())
def test_no_guarded_cell_begins_with_what_a_spreadsheet_runs(sign, text) -> None:
    assert guard(sign + text).startswith("'")


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-45", "yes", "2020-01-01"],
)
def test_a_moment_that_cannot_be_says_archived_and_no_more(text) -> None:
    before = timezone.now()
    row = parse(Name="Ann", Archived=text)
    assert not row.errors
    assert before <= row.values["archived_at"] <= timezone.now()


def test_the_moment_of_our_own_export_stays() -> None:
    row = parse(Name="Ann", Archived="2024-05-01T10:00:00+10:00")
    assert row.values["archived_at"].isoformat() == "2024-05-01T10:00:00+10:00"
