"""From an uploaded file's bytes to rows of text, whatever program wrote it."""

import csv
import io
import re
from dataclasses import dataclass

# A business has some thousand customers. Beyond this a file is split, so that one import stays
# within one request and one transaction.
MOST_ROWS = 20_000
# Xero's own export has about 70. Each column is a choice on the mapping page: a file of 60,000
# took a gigabyte of memory a minute there.
MOST_COLUMNS = 200
DELIMITERS = ",;\t|"
# What a spreadsheet, a PDF, an old Word or Excel file, a picture begins with.
OTHER_KINDS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a compressed file",
}
# Control characters that no text file has; tab, new lines and form feed are text.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# A first row with an address or a number in it is a customer, not the headings.
LOOKS_LIKE_DATA = re.compile(r"@|^\+?[\d\s()./-]{5,}$")
SAVE_AS = "Open it in your spreadsheet program, save it as “CSV UTF-8”, and upload that file."
NOT_TEXT = f"This is not a text file, so it cannot be a CSV list. {SAVE_AS}"


class Unreadable(Exception):
    """The file cannot be read as a list; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Sheet:
    """Rows of text; `lines` gives for each row the line of the file where it begins."""

    encoding: str
    header: list[str]
    rows: list[list[str]]


def read_sheet(data: bytes) -> Sheet:
    """Return the header and the rows of a CSV file. Raises Unreadable."""
    _refuse_other_kinds(data)
    text, encoding = decode(data)
    if CONTROL.search(text):
        raise Unreadable(NOT_TEXT)
    if not text.strip():
        raise Unreadable("The file is empty. Choose the file that holds your contacts.")
    rows = _parse(text)
    header = [cell.strip() for cell in rows[0]]
    _check_header(header)
    body = [[cell.strip() for cell in row] for row in rows[1:]]
    if not any(any(row) for row in body):
        raise Unreadable("The file has headings but no rows below them.")
    if len(body) > MOST_ROWS:
        raise Unreadable(
            f"The file has {len(body):,} rows; one import takes {MOST_ROWS:,}. "
            "Split the file and import the parts one after the other."
        )
    return Sheet(encoding, _named(header, width=max(len(header), 1)), body)


def _refuse_other_kinds(data: bytes) -> None:
    for start, kind in OTHER_KINDS.items():
        if data.startswith(start):
            raise Unreadable(f"This is {kind}, not a CSV file. {SAVE_AS}")


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: by byte order mark, else UTF-8, else Windows-1252."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
                           (b"\xfe\xff", "utf-16")):  # fmt: skip
        if data.startswith(mark):
            return _strictly(data, encoding), encoding
    for encoding in (_utf_16_without_mark(data), "utf-8", "cp1252"):
        if encoding:
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                continue
    raise Unreadable(NOT_TEXT)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"The file says that it is {encoding}, but it is damaged. {SAVE_AS}"
        raise Unreadable(message) from error


def _utf_16_without_mark(data: bytes) -> str:
    # Latin text in UTF-16 has a zero in every second byte, and no other text file has zeros.
    sample = data[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 3 < len(sample):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _parse(text: str) -> list[list[str]]:
    """Split `text` into rows. Quotes that do not end are an error, not one giant cell."""
    text = text.replace("\x0b", " ")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[str]] = []
    start = 1
    try:
        for row in reader:
            if row or rows:
                rows.append(row)
            start = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            f"The row that begins on line {start} has a quotation mark that is not closed, text "
            f"after a closed one, or a cell of more than {csv.field_size_limit():,} characters. "
            "Correct that line, or save the list again as CSV."
        ) from error
    return rows


def _delimiter(text: str) -> str:
    """Return what the first line is separated by, commas if nothing else is there."""
    lines = text.lstrip("\r\n").splitlines()
    first = re.sub(r'"[^"]*"', "", lines[0] if lines else "")
    return max(DELIMITERS, key=first.count)


def _check_header(header: list[str]) -> None:
    filled = [cell for cell in header if cell]
    if not filled:
        raise Unreadable("The first row is empty. It must hold the names of the columns.")
    if len(header) > MOST_COLUMNS:
        raise Unreadable(
            f"The first row has {len(header):,} columns; an import takes {MOST_COLUMNS}. Remove "
            "the columns that are not about contacts, and upload the file again."
        )
    if any(LOOKS_LIKE_DATA.search(cell) for cell in filled):
        raise Unreadable(
            "The first row looks like a contact, not like column names. Add a first row with "
            "names such as Name, E-mail and Phone, and upload the file again."
        )


def _named(header: list[str], *, width: int) -> list[str]:
    """Return the header with a name for each column and no name twice."""
    named: list[str] = []
    for number, cell in enumerate(header[:width], start=1):
        name = cell or f"Column {number}"
        named.append(name if name not in named else f"{name} (column {number})")
    return named
