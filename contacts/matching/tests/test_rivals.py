"""What is nearly the same and is not: branches, firms named for one town, people of one home."""

from dataclasses import replace

from contacts.matching.duplicates import find_duplicates
from contacts.matching.records import Record
from contacts.matching.results import DuplicateGroup
from contacts.matching.tests.made_lists import Style, duplicate_list

BACKGROUND, _ = duplicate_list(6, 300)
HOME = {"address_line1": "14 Wharemoko Place", "city": "Bailey Hill", "postal_code": "7288"}
TOWN = {"city": "Port Wayne", "postal_code": "7172"}


def groups(*records: Record) -> list[DuplicateGroup]:
    """Find duplicates amid contacts that have nothing to do with `records`."""
    ids = {record.id for record in records}
    found = find_duplicates([*records, *BACKGROUND])
    return [group for group in found if ids.intersection(group.ids)]


def sure(*records: Record) -> list[set[str]]:
    return [set(group.ids) for group in groups(*records) if group.decision == "sure"]


def test_a_town_in_two_names_says_no_more_than_that_both_are_there() -> None:
    pool_shop = Record(
        "A",
        name="Sunshine Pool Supplies - Port Wayne",
        email="portwayne@sunshinepools.example",
        **TOWN,
    )
    gardener = Record(
        "B",
        name="Sunshine Landscapes - Port Wayne",
        email="portwayne@sunshinelandscapes.example",
        **TOWN,
    )
    assert sure(pool_shop, gardener) == []


def test_a_firm_and_its_branch_that_share_an_email_are_looked_at_by_a_person() -> None:
    head = Record("A", name="Davis Physio Pty Ltd", email="admin@davisphysio.example")
    assert sure(head, replace(head, id="B", name="Davis Physio Pty Ltd - Fullerleigh")) == []
    assert sure(head, replace(head, id="B", name="Davis Physio")) == [{"A", "B"}]


def test_an_initial_and_a_shared_phone_may_be_anybody_of_the_home() -> None:
    stephanie = Record("A", name="Stephanie Young", phone="07 5552 4628", mobile="0412 345 678")
    initial = Record("B", name="S Young", phone="07 5552 4628")
    assert sure(replace(stephanie, **HOME), replace(initial, **HOME)) == []
    assert sure(stephanie, replace(initial, mobile="0412 345 678")) == [{"A", "B"}]


def test_a_middle_initial_is_no_reason_to_doubt() -> None:
    stephanie = Record("A", name="Stephanie Younge", phone="07 5552 4628", **HOME)
    assert sure(stephanie, replace(stephanie, id="B", name="Stephanie M Younge")) == [{"A", "B"}]


def test_two_names_in_use_that_are_a_letter_apart_are_two_people() -> None:
    mark = Record("A", name="Mark Rodriguez", **HOME)
    mary = replace(mark, id="B", name="Mary Rodriguez")
    others = [Record(f"M{n}", name=f"{name} Odd{n}") for n, name in enumerate(["Mark", "Mary"] * 4)]
    assert sure(mark, mary, *others) == []
    assert sure(mark, replace(mark, id="B", name="Marj Rodriguez"), *others) == [{"A", "B"}]


def test_a_record_that_may_belong_to_either_of_two_makes_neither_group_sure() -> None:
    sharon = Record("A", name="Sharon Young", phone="07 5552 4628", email="sy@example.org")
    found = groups(
        sharon,
        replace(sharon, id="B", name="Stephanie Young", mobile="0412 345 678"),
        replace(sharon, id="C", name="S Young"),
    )
    assert all(group.decision == "likely" for group in found)


def test_a_list_full_of_branches_is_read_as_one() -> None:
    """What one list holds of branches decides how much a shared name says in it."""
    records, truth = duplicate_list(7, 1500, Style(branches=0.6))
    found = {(p.id_a, p.id_b) for g in find_duplicates(records) for p in g.pairs}
    assert len(found & truth) >= 0.9 * len(found)
    assert len(found & truth) >= 0.9 * len(truth)


def test_a_domain_as_much_like_another_as_the_names_are_says_nothing_of_its_own() -> None:
    one = Record("A", name="Haldale Signs Pty Ltd", email="info@haldalesigns.example")
    other = Record("B", name="Gardale Signs Pty Ltd", email="info@gardalesigns.example")
    assert sure(one, other) == []
    assert sure(one, replace(one, id="B", email="info@haldlesigns.example")) == [{"A", "B"}]


def test_father_and_son_of_one_name_and_home_are_two_people() -> None:
    father = Record("A", name="John Tavener Snr", **HOME)
    son = replace(father, id="B", name="John Tavener Jnr")
    assert sure(father, son) == []
    assert sure(father, replace(son, name="John Tavener", phone="07 5552 4628")) == []
    assert sure(father, replace(father, id="B", name="John Tavener Sr.")) == [{"A", "B"}]


def test_two_mobiles_at_one_home_may_be_father_and_son() -> None:
    home = {name: value for name, value in HOME.items() if name not in ("mobile", "email")}
    father = Record("A", name="John Tavener", mobile="0412 555 101", **home)
    son = replace(father, id="B", mobile="0433 555 862")
    assert sure(father, son) == []
    assert sure(father, replace(son, mobile="0412 555 107")) == [{"A", "B"}]
    assert sure(father, replace(son, mobile="")) == [{"A", "B"}]
    by_mail = replace(father, email="jt@tavener.example")
    assert sure(by_mail, replace(by_mail, id="B", mobile="0433 555 862")) == [{"A", "B"}]


def test_the_next_unit_of_a_building_is_another_owner_s() -> None:
    third = Record(
        "A",
        name="Ray White Unit 3",
        email="strata@raywhite.example",
        address_line1="3/10 Bay Rd",
        city="Bailey Hill",
        postal_code="7288",
    )
    fourth = replace(third, id="B", name="Ray White Unit 4", address_line1="4/10 Bay Rd")
    assert sure(third, fourth) == []


def test_north_and_south_are_no_slip_of_the_pen() -> None:
    north = Record(
        "A", name="Poolwerx Northside", email="office@poolwerx.example", phone="07 5552 4628"
    )
    assert sure(north, replace(north, id="B", name="Poolwerx Southside")) == []
    assert sure(north, replace(north, id="B", name="Poolwerx Nothside")) == [{"A", "B"}]
