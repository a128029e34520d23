import pytest

from contacts.imports.reading import Unreadable, read_sheet

LIST = "Name,E-mail\nZoë Muñoz,zoe@example.com\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_lists_are_read_in_every_usual_encoding(encoding) -> None:
    sheet = read_sheet(LIST.encode(encoding))
    assert sheet.header == ["Name", "E-mail"]
    assert sheet.rows == [["Zoë Muñoz", "zoe@example.com"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter) -> None:
    text = f'Name{delimiter}Notes\n"Lee{delimiter} Ann"{delimiter}Gate; code, 4\n'.replace(
        "Gate; code, 4", f'"Gate; code, 4{delimiter}x"'
    )
    assert read_sheet(text.encode()).rows == [[f"Lee{delimiter} Ann", f"Gate; code, 4{delimiter}x"]]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_new_line_ends_a_row_and_one_inside_quotes_does_not(newline) -> None:
    text = newline.join(["Name,Notes", f'Ann,"one{newline}two"', "Bob,three"])
    assert [row[0] for row in read_sheet(text.encode()).rows] == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(256)) * 4, "not a text file"),
        (b"Name,E-mail\n", "no rows"),
        (b"Name\n\n\n", "no rows"),
        (b",,\nAnn,,\n", "first row is empty"),
        (b"Ann Lee,ann@example.com\nBob,bob@example.com\n", "not like column names"),
        (b'Name,Notes\nAnn,fine\nBob,"never closed\nCid,x\n', "begins on line 3"),
        (b'Name,Notes\nAnn,"closed" then more\n', "begins on line 2"),
        (b'Name,Notes\nAnn,"' + b"x" * 200_000 + b'"\n', "more than 131,072 characters"),
        (b"\xff\xfeN\x00a", None),
        (b"\xef\xbb\xbfName\n\xff\xff\n", "damaged"),
        (b"Name\n" + b"Ann\n" * 20_001, "20,000"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, says) -> None:
    with pytest.raises(Unreadable, match=says):
        read_sheet(data)


def test_columns_without_a_name_and_names_used_twice_are_told_apart() -> None:
    assert read_sheet(b"Name,,Name\nAnn,x,y\n").header == ["Name", "Column 2", "Name (column 3)"]


def test_a_row_of_sixty_thousand_columns_is_refused_before_anything_is_drawn() -> None:
    names = ",".join(f"Name {number}" for number in range(60_000))
    with pytest.raises(Unreadable, match="60,000 columns"):
        read_sheet(f"{names}\nx\n".encode())
