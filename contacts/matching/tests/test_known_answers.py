"""Lists with known answers: a test fails when a set loses more than half a point of F1.

The shared sets are read where POOLTRACKR_SHARED names their folder; lists made to order with other
seeds, countries and fields always run, so that the figures cannot come from tuning.
"""

import csv
import os
from pathlib import Path

import pytest

from contacts.matching.duplicates import find_duplicates
from contacts.matching.files import read_records
from contacts.matching.link import link
from contacts.matching.records import Record
from contacts.matching.results import DuplicateGroup, LinkResult
from contacts.matching.tests.made_lists import Style, duplicate_list, link_lists
from contacts.matching.tests.scoring import figures

SHARED = os.environ.get("POOLTRACKR_SHARED")
needs_shared = pytest.mark.skipif(
    not SHARED, reason="POOLTRACKR_SHARED is not set: only the made lists are scored"
)
# Half a point of F1 is the most a change may cost.
SLACK = 0.005
ALL_FIELDS = Style().fields

Pairs = set[tuple[str, str]]


def linked(result: LinkResult, *, sure: bool = False) -> Pairs:
    found = result.suggestions.values()
    return {(s.left_id, s.right_id) for s in found if s.decision == "sure" or not sure}


def duplicated(groups: list[DuplicateGroup], *, sure: bool = False) -> Pairs:
    return {(p.id_a, p.id_b) for g in groups for p in g.pairs if p.decision == "sure" or not sure}


def shared(name: str, *files: str) -> tuple[list[list[Record]], Pairs]:
    folder = Path(str(SHARED)) / "matching/data" / name
    with (folder / "truth.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))[1:]
    return [read_records(folder / f"{one}.csv") for one in files], {(a, b) for a, b, *_ in rows}


@needs_shared
@pytest.mark.parametrize(
    ("name", "f1", "top1"),
    [("febrl4", 0.9991, 0.998), ("restaurants", 0.9911, 1.0), ("ausbiz_link", 0.9940, 0.993)],
)
def test_linking_the_shared_sets(name: str, f1: float, top1: float) -> None:
    (left, right), truth = shared(name, "left", "right")
    result = link(left, right)
    found = linked(result)
    assert figures(found, truth, ordered=True).f1 >= f1 - SLACK
    assert figures(linked(result, sure=True), truth, ordered=True).precision >= 0.995
    assert len(found & truth) / len(truth) >= top1 - SLACK


@needs_shared
@pytest.mark.parametrize(("name", "f1"), [("febrl3", 0.9910), ("ausbiz_dedup", 0.9788)])
def test_duplicates_of_the_shared_sets(name: str, f1: float) -> None:
    (records,), truth = shared(name, "contacts")
    groups = find_duplicates(records)
    assert figures(duplicated(groups), truth, ordered=False).f1 >= f1 - SLACK
    assert figures(duplicated(groups, sure=True), truth, ordered=False).precision >= 0.995


@pytest.mark.parametrize(
    ("seed", "style", "f1"),
    [
        (101, Style(), 0.983),
        (102, Style(country="GB"), 0.976),
        (103, Style(country="US"), 0.974),
        (104, Style(noise=0.25, blank=0.3), 0.972),
        (105, Style(fields=ALL_FIELDS - {"email", "tax"}), 0.972),
        (106, Style(fields=frozenset({"name", "address", "place"})), 0.958),
        (107, Style(fields=frozenset({"name", "phone", "mobile"})), 0.969),
        (108, Style(country="NZ", swapped=0.5), 0.981),
        (109, Style(country="IE", tenants=0.15), 0.976),
        (110, Style(branches=0.5), 0.973),
    ],
)
def test_linking_made_lists(seed: int, style: Style, f1: float) -> None:
    left, right, truth = link_lists(seed, 1500, style)
    result = link(left, right)
    assert figures(linked(result), truth, ordered=True).f1 >= f1 - SLACK
    assert figures(linked(result, sure=True), truth, ordered=True).precision >= 0.995


@pytest.mark.parametrize(
    ("seed", "style", "f1"),
    [
        (201, Style(), 0.966),
        (202, Style(country="GB"), 0.969),
        (203, Style(country="US"), 0.959),
        (204, Style(noise=0.25, blank=0.3), 0.929),
        (205, Style(country="NZ", swapped=0.5), 0.963),
        (206, Style(country="IE", tenants=0.15), 0.921),
        (207, Style(branches=0.5), 0.942),
    ],
)
def test_duplicates_of_made_lists(seed: int, style: Style, f1: float) -> None:
    records, truth = duplicate_list(seed, 1500, style)
    groups = find_duplicates(records)
    assert figures(duplicated(groups), truth, ordered=False).f1 >= f1 - SLACK
    assert figures(duplicated(groups, sure=True), truth, ordered=False).precision >= 0.995


def test_a_list_without_duplicates_shows_hardly_any() -> None:
    _, right, _ = link_lists(301, 1500)
    assert len(duplicated(find_duplicates(right), sure=True)) <= 3
