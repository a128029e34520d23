"""Linking two lists: what is suggested, what is preselected, and why."""

from dataclasses import replace

import pytest

from contacts.matching.link import NAMES_ONLY, link
from contacts.matching.records import Record
from contacts.matching.results import Suggestion
from contacts.matching.tests.made_lists import Style, link_lists

ANNA = Record(
    id="mine",
    name="Anna Kowalska",
    first_name="Anna",
    last_name="Kowalska",
    email="anna.k@example.org",
    phone="02 9123 4567",
    mobile="0412 345 678",
    address_line1="12 Wattle Street",
    city="Marrickville",
    postal_code="2204",
    tax_number="53004085616",
)
BACKGROUND_LEFT, BACKGROUND_RIGHT, _ = link_lists(3, 300)


def suggested(left: Record, *right: Record) -> Suggestion | None:
    """Link one record to others amid a few hundred contacts that have nothing to do with them."""
    found = link([left, *BACKGROUND_LEFT], [*right, *BACKGROUND_RIGHT])
    return found.suggestions.get(left.id)


def like(record: Record, new_id: str = "theirs", **changes: str) -> Record:
    return replace(record, id=new_id, **changes)


def test_the_same_contact_is_preselected_with_its_reasons() -> None:
    found = suggested(ANNA, like(ANNA, name="KOWALSKA, ANNA", phone="+61 2 9123 4567"))
    assert found is not None
    assert (found.right_id, found.decision) == ("theirs", "sure")
    assert found.probability > 0.99
    assert {"same name", "same e-mail", "same phone", "same mobile", "same address"} <= set(
        found.reasons
    )


def test_a_difference_of_one_letter_is_said() -> None:
    found = suggested(
        ANNA, like(ANNA, name="Anna Kowalsky", first_name="Anna", last_name="Kowalsky")
    )
    assert found is not None
    assert "surname differs by one letter" in found.reasons


def test_missing_fields_are_no_evidence_against() -> None:
    bare = Record(id="theirs", name=ANNA.name, email=ANNA.email)
    found = suggested(ANNA, bare)
    assert found is not None
    assert found.decision == "sure"


def test_a_relative_at_the_same_address_is_not_preselected() -> None:
    relative = like(
        ANNA,
        name="Piotr Kowalska",
        first_name="Piotr",
        email="piotr.k@example.org",
        mobile="0499 111 222",
        tax_number="",
    )
    found = suggested(ANNA, relative)
    assert found is None or found.decision != "sure"


def test_a_branch_elsewhere_is_not_preselected() -> None:
    here = Record(
        id="mine",
        name="Reefside Optical Pty Ltd",
        email="cairns@reefside.example",
        phone="07 4011 2233",
        address_line1="4 Spence Street",
        city="Cairns",
        postal_code="4870",
    )
    there = Record(
        id="theirs",
        name="Reefside Optical Pty Ltd",
        email="mackay@reefside.example",
        phone="07 4955 6677",
        address_line1="90 Sydney Street",
        city="Mackay",
        postal_code="4740",
    )
    found = suggested(here, there)
    assert found is None or found.decision != "sure"


def test_a_value_that_many_share_weighs_little() -> None:
    agent = {"email": "rentals@agent.example", "phone": "02 8000 1000"}
    tenants = [
        replace(
            record, **agent, mobile="", address_line1="", city="", postal_code="", tax_number=""
        )
        for record in BACKGROUND_LEFT[:40]
    ]
    left = [replace(t, id=f"TL{n}") for n, t in enumerate(tenants[:20])]
    right = [replace(t, id=f"TR{n}") for n, t in enumerate(tenants[20:])]
    found = link([*left, *BACKGROUND_LEFT[100:]], [*right, *BACKGROUND_RIGHT[100:]])
    tied = [s for s in found.suggestions.values() if s.left_id[0] == "T" and s.right_id[0] == "T"]
    assert not [s for s in tied if s.decision == "sure" and "same name" not in s.reasons]


def test_two_that_fit_equally_well_are_shown_and_none_is_preselected() -> None:
    found = link([ANNA, *BACKGROUND_LEFT], [like(ANNA), like(ANNA, "other"), *BACKGROUND_RIGHT])
    assert found.suggestions["mine"].decision == "likely"
    assert {c.id for c in found.alternatives["mine"][:2]} == {"theirs", "other"}


def test_no_right_record_is_given_twice() -> None:
    left, right, _ = link_lists(5, 400, Style(noise=0.3))
    found = link([*left, *(replace(r, id=f"again {r.id}") for r in left)], right)
    given = [s.right_id for s in found.suggestions.values()]
    assert len(given) == len(set(given))
    assert all(key == s.left_id for key, s in found.suggestions.items())


def test_alternatives_are_ranked_five_at_most_and_hold_the_suggestion() -> None:
    left, right, _ = link_lists(6, 400)
    found = link(left, right)
    for left_id, ranked in found.alternatives.items():
        chances = [c.probability for c in ranked]
        assert chances == sorted(chances, reverse=True)
        assert len(ranked) <= 5
        if left_id in found.suggestions and len(ranked) < 5:
            assert found.suggestions[left_id].right_id in {c.id for c in ranked}


def test_names_alone_preselect_nothing_and_the_result_says_so() -> None:
    left, right, _ = link_lists(7, 400, Style(fields=frozenset({"name"})))
    found = link(left, right)
    assert found.notes == (NAMES_ONLY,)
    assert found.suggestions
    assert all(s.decision == "likely" for s in found.suggestions.values())


@pytest.mark.parametrize(("left", "right"), [([], [ANNA]), ([ANNA], []), ([], [])])
def test_an_empty_list_links_nothing(left: list[Record], right: list[Record]) -> None:
    assert link(left, right).suggestions == {}


def test_one_against_one_works() -> None:
    assert link([ANNA], [like(ANNA)]).suggestions["mine"].decision == "sure"


def test_the_same_lists_give_the_same_answer() -> None:
    left, right, _ = link_lists(8, 300)
    assert link(left, right) == link(left, right)


def test_progress_rises_to_its_total() -> None:
    told: list[tuple[int, int]] = []
    link(BACKGROUND_LEFT, BACKGROUND_RIGHT, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_a_second_address_counts_as_much_as_the_first() -> None:
    moved = like(
        ANNA,
        address_line1="PO Box 9",
        city="Sydney",
        postal_code="2000",
        email="",
        phone="",
        mobile="",
        tax_number="",
        second_address_line1="12 Wattle St",
        second_city="Marrickville",
        second_postal_code="2204",
    )
    found = suggested(replace(ANNA, email="", phone="", mobile="", tax_number=""), moved)
    assert found is not None
    assert "same address" in found.reasons


def test_a_second_email_counts_as_much_as_the_first() -> None:
    other = like(
        ANNA, email="office@elsewhere.example", phone="", mobile="", address_line1="", tax_number=""
    )
    found = suggested(ANNA, replace(other, emails=("anna.k@example.org",)))
    assert found is not None
    assert "same e-mail" in found.reasons
