"""Any text is survivable, in bounded time and memory."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.matching.duplicates import find_duplicates, strict_groups
from contacts.matching.index import Index
from contacts.matching.keys import keys
from contacts.matching.link import link
from contacts.matching.names_alone import name_probabilities
from contacts.matching.prepare import prepare
from contacts.matching.records import Record
from contacts.matching.tests.made_lists import duplicate_list, link_lists

FIELDS = tuple(
    name for name in Record.__slots__ if name not in ("id", "emails", "phones", "second_region")
)
# Text that has broken matchers: right to left, marks on marks, emoji, joiners, control characters.
NASTY = st.sampled_from(
    [
        *("", " ", "\u0000", "\u200f\u05e9\u05dc\u05d5\u05dd", "a\u0301\u0301\u0301", "\ufeffx"),
        *("\U0001f3ca\U0001f3fd\u200d\u2642", "@", "@@@", "+61", "0" * 300, "1/", "/", "t/a"),
        *(
            "T/A T/A",
            "pty ltd",
            "and",
            "\r\n,\"'",
            "\ufb01",
            "x" * 10_000,
            "unit 1/",
            "po box",
            "'",
        ),
        *(
            "J & M",
            "\u00df",
            "\u0130",
            "\ud7ff",
            "12",
            "st",
            "-",
            "de la",
            "a b c d e f g h i j k l m",
        ),
    ]
)
TEXT = st.one_of(st.just(""), NASTY, st.text(max_size=40))
RECORDS = st.lists(st.fixed_dictionaries({field: TEXT for field in FIELDS}), max_size=12)
ANY_PACE = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def records(rows: list[dict[str, str]], prefix: str = "") -> list[Record]:
    return [Record(id=f"{prefix}{n}", **row) for n, row in enumerate(rows)]


@ANY_PACE
@given(RECORDS, RECORDS)
def test_any_two_lists_can_be_linked_one_to_one(
    left: list[dict[str, str]], right: list[dict[str, str]]
) -> None:
    found = link(records(left, "L"), records(right, "R"))
    given_right = [s.right_id for s in found.suggestions.values()]
    assert len(given_right) == len(set(given_right))
    for s in found.suggestions.values():
        assert 0 <= s.probability <= 1
        assert s.decision in ("sure", "likely")


@ANY_PACE
@given(RECORDS)
def test_any_list_can_be_searched_for_duplicates(rows: list[dict[str, str]]) -> None:
    made = records(rows)
    members = [member for group in find_duplicates(made) for member in group.ids]
    assert len(members) == len(set(members))
    strict_groups(made, ["name", "email"])
    index = Index(made)
    for record in made[:3]:
        assert all(c.id != record.id for c in index.search(record))


@ANY_PACE
@given(st.fixed_dictionaries({field: TEXT for field in FIELDS}))
def test_any_record_has_few_keys(row: dict[str, str]) -> None:
    assert len(keys(prepare(Record(id="1", **row)))) <= 300


@ANY_PACE
@given(TEXT, TEXT)
def test_a_name_comparison_is_symmetric(a: str, b: str) -> None:
    there, back = name_probabilities([(a, b), (b, a)])
    assert there == pytest.approx(back, abs=1e-6)


@ANY_PACE
@given(RECORDS, RECORDS)
def test_the_order_of_the_lists_does_not_change_who_is_sure(
    left: list[dict[str, str]], right: list[dict[str, str]]
) -> None:
    mine, theirs = records(left, "L"), records(right, "R")
    one, other = link(mine, theirs), link(mine[::-1], theirs[::-1])
    again = {(s.left_id, s.right_id): s.probability for s in other.suggestions.values()}
    for s in one.suggestions.values():
        if s.decision == "sure":
            # Not to the last digit: sums are taken in another order.
            assert again.get((s.left_id, s.right_id), 0) == pytest.approx(s.probability, abs=0.02)


ALIKE = Record(
    id="",
    name="Pool Customer",
    email="office@pools.example",
    phone="02 9123 4567",
    address_line1="1 Main St",
    city="Sydney",
    postal_code="2000",
)


def all_alike(size: int) -> list[Record]:
    return [replace(ALIKE, id=str(n)) for n in range(size)]


def one_email(size: int) -> list[Record]:
    made, _ = duplicate_list(11, size)
    return [replace(record, email="office@pools.example") for record in made]


def one_name(size: int) -> list[Record]:
    made, _ = duplicate_list(12, size)
    return [replace(r, name="John Smith", first_name="John", last_name="Smith") for r in made]


def long_texts(size: int) -> list[Record]:
    return [
        Record(id=str(n), name=f"{n} " * 3000, address_line1=f"{n}x" * 3000) for n in range(size)
    ]


def nothing_known(size: int) -> list[Record]:
    return [Record(id=str(n)) for n in range(size)]


# The whole size takes long enough to be a soak; a loop over all pairs is caught by 5,000 already.
WHOLE = pytest.mark.long


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (all_alike, 20_000),
        (one_email, 5_000),
        pytest.param(one_email, 20_000, marks=WHOLE),
        (one_name, 5_000),
        (nothing_known, 20_000),
    ],
)
def test_the_worst_lists_take_bounded_time(make: Callable[[int], list[Record]], size: int) -> None:
    made = make(size)
    started = time.process_time()
    find_duplicates(made)
    # Over ten times what it takes; a loop over all pairs would take hours.
    assert time.process_time() - started < 40


@pytest.mark.parametrize(
    ("make", "size", "most"),
    [
        (all_alike, 5_000, 100e6),
        pytest.param(all_alike, 20_000, 400e6, marks=WHOLE),
        (long_texts, 1_000, 400e6),
    ],
)
def test_the_worst_lists_take_bounded_memory(
    make: Callable[[int], list[Record]], size: int, most: float
) -> None:
    made = make(size)
    tracemalloc.start()
    find_duplicates(made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < most


def test_an_ordinary_list_does_not_lose_its_links_to_a_flood_of_one_email() -> None:
    left, right, truth = link_lists(13, 400)
    flood = [replace(r, id=f"F{r.id}", email="office@pools.example") for r in one_email(4_000)]
    found = link(left, [*right, *flood]).suggestions
    hits = sum(a in found and found[a].right_id == b for a, b in truth)
    assert hits >= 0.93 * len(truth)
