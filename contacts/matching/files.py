"""The matcher on csv files, without Django: for the two commands and the benchmark."""

import csv
import gzip
from pathlib import Path
from typing import IO

from contacts.matching.duplicates import find_duplicates
from contacts.matching.link import link
from contacts.matching.records import Record


class UnreadableList(Exception):
    """A file that cannot be read as a contact list; the text says why, for a person."""


def read_records(path: Path) -> list[Record]:
    """Read a contact list, plain or gzipped; unknown columns are ignored."""
    try:
        with _open(path) as file:
            reader = csv.DictReader(file)
            if "id" not in (reader.fieldnames or ()):
                raise UnreadableList(f"{path} has no column named id; the first line must name it.")
            records = [Record.from_row(row) for row in reader]
    except (OSError, EOFError) as error:
        raise UnreadableList(f"{path} cannot be read: {error}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableList(f"{path} is not UTF-8 text; save it as CSV UTF-8.") from error
    except csv.Error as error:
        raise UnreadableList(f"{path} is not a csv file: {error}.") from error
    _check_ids(path, records)
    return records


def _check_ids(path: Path, records: list[Record]) -> None:
    seen: set[str] = set()
    for number, record in enumerate(records, 1):
        if not record.id or record.id in seen:
            problem = f"repeats the id {record.id}" if record.id else "has no id"
            raise UnreadableList(f"{path}: record {number} {problem}; each needs its own.")
        seen.add(record.id)


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", newline="", encoding="utf-8-sig")
    return path.open(newline="", encoding="utf-8-sig")


def link_files(left: Path, right: Path, output: Path) -> int:
    """Write left_id,right_id,score, one to one, best first; return the number of links."""
    found = link(read_records(left), read_records(right))
    rows = [(s.left_id, s.right_id, s.probability) for s in found.suggestions.values()]
    _write(output, ("left_id", "right_id", "score"), rows)
    return len(rows)


def find_duplicates_in_file(contacts: Path, output: Path) -> int:
    """Write id_a,id_b,score of every pair inside a group; return the number of pairs."""
    groups = find_duplicates(read_records(contacts))
    rows = [(p.id_a, p.id_b, p.probability) for group in groups for p in group.pairs]
    _write(output, ("id_a", "id_b", "score"), rows)
    return len(rows)


def _write(output: Path, header: tuple[str, str, str], rows: list[tuple[str, str, float]]) -> None:
    try:
        with output.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows((a, b, f"{score:.6f}") for a, b, score in rows)
    except OSError as error:
        raise UnreadableList(f"{output} cannot be written: {error}.") from error
