import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from contacts.models import Contact, ImportFile


def address(name, *args, business="clearwater") -> str:
    return reverse(f"contacts:{name}", args=[business, *args])


def upload(client, text) -> HttpResponse:
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(address("import"), {"file": SimpleUploadedFile("list.csv", data)})


def uploaded(client, text) -> ImportFile:
    upload(client, text)
    return ImportFile.objects.latest("created_at")


def read(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_list_goes_from_upload_through_columns_and_check_into_the_contacts(
    office, business
) -> None:
    imported = uploaded(office, "Customer;Handy no.\nAnn Lee;0491 570 156\n")
    assert imported.mapping == ["name", ""]
    page = office.get(address("import_columns", imported.pk)).content.decode()
    assert "Handy no." in page and "0491 570 156" in page
    columns = {"column_0": "name", "column_1": "mobile"}
    response = office.post(address("import_columns", imported.pk), columns)
    assert response.url == address("import_preview", imported.pk)
    assert "Every row can be imported" in office.get(response.url).content.decode()
    response = office.post(response.url)
    assert "1 contact imported" in office.get(response.url).content.decode()
    assert business.contacts.get().mobile == "0491 570 156"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The file is empty"),
        (b"PK\x03\x04xlsx", "Excel workbook"),
        ('Name\n"Ann\n', "not closed"),
        ("ann@example.com,1\n", "not like column names"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained_on_the_page(office, text, says) -> None:
    assert says in upload(office, text).content.decode()
    assert not ImportFile.objects.exists()


def test_a_file_above_the_limit_is_refused(office, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    assert "can be imported at once" in upload(office, "Name\nAnn\nBob\n").content.decode()


def test_two_columns_for_one_field_are_refused(office) -> None:
    imported = uploaded(office, "A,B\nAnn,Bob\n")
    data = {"column_0": "name", "column_1": "name"}
    content = office.post(address("import_columns", imported.pk), data).content.decode()
    assert "Two columns are to fill one field: Name" in content


def test_bad_rows_are_named_and_stop_the_import_until_one_chooses(office, business) -> None:
    imported = uploaded(office, "Name,Phone\nAnn,1\n,2\nBob,3,4\n")
    url = address("import_preview", imported.pk)
    page = office.get(url).content.decode()
    assert "no name" in page and "3 cells" in page
    assert "Nothing has been imported" in office.post(url, {"bad": "stop"}).content.decode()
    assert not business.contacts.exists()
    rows = read(office.get(address("import_left_out", imported.pk)))
    assert rows[0] == ["Name", "Phone", "Row", "Reason"]
    assert [row[:3] for row in rows[1:]] == [["", "2", "3"], ["Bob", "3", "4"]]
    office.post(url, {"bad": "leave"})
    assert [contact.name for contact in business.contacts.all()] == ["Ann"]
    rows = read(office.get(address("import_left_out", imported.pk)))
    assert len(rows) == 3 and "no name" in rows[1][3]


def test_rows_that_are_there_already_are_skipped_or_imported_by_choice(
    office, business, make_contact
) -> None:
    make_contact("Ann")
    imported = uploaded(office, "Name\nAnn\nBob\n")
    url = address("import_preview", imported.pk)
    assert "the same name" in office.get(url).content.decode()
    office.post(url, {"known": "import"})
    assert business.contacts.filter(name="Ann").count() == 2


def test_an_import_is_undone_and_says_what_became_of_it(office, business) -> None:
    imported = uploaded(office, "Name\nAnn\nBob\n")
    office.post(address("import_preview", imported.pk))
    Contact.objects.get(name="Bob").save()
    response = office.post(address("import_undo", imported.pk), follow=True)
    content = response.content.decode()
    assert "1 untouched contact removed" in content and "Bob" in content
    assert [contact.name for contact in business.contacts.all()] == ["Bob"]


def test_the_export_holds_what_the_filters_leave_in_columns_the_import_knows(
    office, make_contact
) -> None:
    make_contact("=SUM(1)", phone="+61 7 5555 0101")
    make_contact("Gone").archive()
    header, row = read(office.get(address("export")))
    assert header[0] == "Name" and row[0] == "'=SUM(1)"
    assert row[header.index("Phone")] == "'+61 7 5555 0101"
    assert len(read(office.get(address("export"), {"state": "all"}))) == 3


def test_a_reader_may_not_upload(reader) -> None:
    assert upload(reader, "Name\nAnn\n").status_code == 403


@pytest.mark.parametrize(
    "name", ["import_columns", "import_preview", "import_result", "import_left_out"]
)
def test_a_stranger_finds_nothing(office, stranger, name) -> None:
    imported = uploaded(office, "Name\nAnn\n")
    assert stranger.get(address(name, imported.pk)).status_code == 404
    assert stranger.get(address(name, imported.pk, business="lagoon")).status_code == 404
