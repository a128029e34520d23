"""Duplicates inside one list: groups, not chains; and the strict mode."""

from dataclasses import replace

import numpy as np
import pytest

from contacts.matching.duplicates import find_duplicates, strict_groups
from contacts.matching.groups import group
from contacts.matching.records import Record
from contacts.matching.tests.made_lists import duplicate_list

ANNA = Record(
    id="A",
    name="Anna Kowalska",
    email="anna.k@example.org",
    phone="02 9123 4567",
    address_line1="12 Wattle Street",
    city="Marrickville",
    postal_code="2204",
)
BACKGROUND, _ = duplicate_list(4, 300)


def test_copies_of_a_contact_are_one_group() -> None:
    copies = [ANNA, replace(ANNA, id="B", name="Anna Kowalsky"), replace(ANNA, id="C", email="")]
    found = [g for g in find_duplicates([*copies, *BACKGROUND]) if "A" in g.ids]
    assert [set(g.ids) for g in found] == [{"A", "B", "C"}]
    assert found[0].decision == "sure"
    assert all(pair.reasons for pair in found[0].pairs)


def test_every_contact_is_in_one_group_at_most() -> None:
    ids = [member for g in find_duplicates(BACKGROUND) for member in g.ids]
    assert len(ids) == len(set(ids))


def test_the_pairs_of_a_group_are_between_its_members() -> None:
    for g in find_duplicates(BACKGROUND):
        assert {id_ for pair in g.pairs for id_ in (pair.id_a, pair.id_b)} == set(g.ids)
        assert g.probability == min(pair.probability for pair in g.pairs)


def test_a_chain_of_neighbours_is_not_one_group() -> None:
    # 0-1 and 2-3 are surely the same; 1-2 may be, all else is not: a closure joins all four.
    i, j = np.array([0, 2, 1, 0, 0, 1]), np.array([1, 3, 2, 2, 3, 3])
    found = group(i, j, np.array([0.99, 0.99, 0.6, 0.01, 0.01, 0.01]))
    assert [g.members for g in found] == [[0, 1], [2, 3]]


def test_two_that_each_agree_with_a_third_are_supported_by_it() -> None:
    found = group(np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([0.99, 0.97, 0.4]))
    assert [g.members for g in found] == [[0, 1, 2]]
    assert min(p for _, p in found[0].pairs) > 0.5


@pytest.mark.parametrize("records", [[], [ANNA]])
def test_too_few_contacts_have_no_duplicates(records: list[Record]) -> None:
    assert find_duplicates(records) == []


def test_strict_mode_groups_equal_names_whatever_their_case_and_marks() -> None:
    records = [
        Record("1", name="Zoë O'Brien"),
        Record("2", name="ZOE OBRIEN"),
        Record("3", name="Zoe Brien"),
    ]
    assert strict_groups(records) == [("1", "2")]


def test_strict_mode_wants_all_chosen_fields_equal() -> None:
    records = [
        Record("1", name="Anna Lee", phone="02 9123 4567"),
        Record("2", name="Anna Lee", phone="+61 2 9123 4567"),
        Record("3", name="Anna Lee", phone="02 9999 0000"),
    ]
    assert strict_groups(records, ["name", "phone"]) == [("1", "2")]


def test_in_strict_mode_a_blank_equals_nothing() -> None:
    records = [Record("1", name="Anna Lee"), Record("2", name="Anna Lee")]
    assert strict_groups(records, ["name", "email"]) == []


@pytest.mark.parametrize("fields", [[], ["colour"], ["name", "id"]])
def test_strict_mode_refuses_fields_it_does_not_know(fields: list[str]) -> None:
    with pytest.raises(ValueError, match="Choose from"):
        strict_groups([ANNA], fields)
