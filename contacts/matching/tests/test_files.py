"""The matcher on files, as the two commands run it."""

import csv
import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contacts.matching.files import UnreadableList, read_records

LEFT = "id,name,email\nL1,Anna Lee,anna@example.org\nL2,Reef Cycles,office@reef.example\n"
RIGHT = "id,name,email\nR1,LEE ANNA,anna@example.org\nR2,Other,other@example.org\n"
TWICE = (
    "id,name,email\nC1,Anna Lee,anna@example.org\nC2,LEE ANNA,anna@example.org\nC3,Reef Cycles,\n"
)


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_match_contacts_writes_links_one_to_one(tmp_path: Path) -> None:
    (tmp_path / "left.csv").write_text(LEFT)
    (tmp_path / "right.csv").write_text(RIGHT)
    out, said = tmp_path / "out.csv", StringIO()
    call_command(
        "match_contacts", tmp_path / "left.csv", tmp_path / "right.csv", output=out, stdout=said
    )
    header, *found = rows(out)
    assert header == ["left_id", "right_id", "score"]
    assert [row[:2] for row in found] == [["L1", "R1"]]
    assert 0.9 <= float(found[0][2]) <= 1
    assert "1 links" in said.getvalue()


def test_find_duplicates_writes_pairs(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text(TWICE)
    out = tmp_path / "out.csv"
    call_command("find_duplicates", tmp_path / "contacts.csv", output=out, stdout=StringIO())
    header, *found = rows(out)
    assert header == ["id_a", "id_b", "score"]
    assert [row[:2] for row in found] == [["C1", "C2"]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"name,email\nAnna,\n", "no column named id"),
        (b"", "no column named id"),
        (b"id,name\n1,Anna\n1,Bob\n", "repeats the id 1"),
        (b"id,name\n,Anna\n", "record 1 has no id"),
        (b"id,name\n1,\xff\xfe\n", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_contact_list_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=problem):
        call_command("find_duplicates", path, output=tmp_path / "out.csv")


def test_a_missing_file_and_an_unwritable_output_are_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("find_duplicates", tmp_path / "none.csv", output=tmp_path / "out.csv")
    (tmp_path / "contacts.csv").write_text(TWICE)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("find_duplicates", tmp_path / "contacts.csv", output=tmp_path / "no/out.csv")


def test_a_gzipped_list_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv.gz"
    path.write_bytes(gzip.compress(("\ufeff" + TWICE).encode()))
    assert [record.id for record in read_records(path)] == ["C1", "C2", "C3"]


def test_a_broken_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv.gz"
    path.write_bytes(gzip.compress(TWICE.encode())[:-10])
    with pytest.raises(UnreadableList):
        read_records(path)
