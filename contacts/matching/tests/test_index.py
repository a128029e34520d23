"""Looking up one contact in an indexed list."""

from dataclasses import replace

from contacts.matching.index import Index
from contacts.matching.records import Record
from contacts.matching.tests.made_lists import link_lists

LEFT, RIGHT, TRUTH = link_lists(9, 500)


def test_the_true_partner_comes_first_nearly_always() -> None:
    index = Index(RIGHT)
    partner = dict(TRUTH)
    asked = [record for record in LEFT if record.id in partner]
    hits = sum(
        bool(found := index.search(record)) and found[0].id == partner[record.id]
        for record in asked
    )
    assert hits >= 0.95 * len(asked)


def test_a_record_of_the_list_does_not_find_itself() -> None:
    index = Index([*RIGHT, replace(RIGHT[0], id="copy")])
    assert [c.id for c in index.search(RIGHT[0], limit=1)] == ["copy"]


def test_reasons_and_limit() -> None:
    index = Index([replace(RIGHT[0], id=f"copy {n}") for n in range(5)] + RIGHT[1:])
    found = index.search(RIGHT[0], limit=3)
    assert len(found) == 3
    assert all("same name" in c.reasons for c in found)


def test_a_stranger_and_an_empty_record_find_nothing() -> None:
    index = Index(RIGHT)
    assert index.search(Record(id="x", name="Xylophon Quux", email="q@quux.example")) == ()
    assert index.search(Record(id="x")) == ()


def test_an_empty_index_finds_nothing() -> None:
    assert Index([]).search(LEFT[0]) == ()
