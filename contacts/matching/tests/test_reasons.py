"""Reasons are short phrases that a person understands."""

import pytest

from contacts.matching.name_reasons import name_reason
from contacts.matching.prepare import Prepared, prepare
from contacts.matching.records import Record


def person(first: str, last: str) -> Prepared:
    return prepare(Record(id="1", name=f"{first} {last}", first_name=first, last_name=last))


def named(name: str) -> Prepared:
    return prepare(Record(id="1", name=name))


@pytest.mark.parametrize(
    ("a", "b", "phrase"),
    [
        (person("Anna", "Lee"), named("LEE, Anna"), "same name"),
        (person("Anna", "Kowalska"), person("Anna", "Kowalsky"), "surname differs by one letter"),
        (
            person("Christine", "Lee"),
            person("Chirstnie", "Lee"),
            "first name differs by two letters",
        ),
        (person("Robert", "Lee"), person("Bob", "Lee"), "short form of the same name"),
        (person("R", "Lee"), person("Robert", "Lee"), "same name, first name as an initial"),
        (person("Anna", "Lee"), person("Piotr", "Lee"), "same surname"),
        (person("Anna", "Lee"), person("Anna", "Nowak"), "same first name"),
        (named("Delta Fruit Market"), named("DeltaFruit Market"), "same name, spaced differently"),
        (named("Reef Cycles"), named("Reef Cycles Group"), 'same name but for "group"'),
        (named("Lee"), named("Anna Lee"), "one name is part of the other"),
        (named("Reef Cycles"), named("Reef Dental"), "part of the name is the same"),
        (named("Reef Cycles"), named("Snell Hardware"), ""),
        (named(""), named("Anna Lee"), ""),
    ],
)
def test_what_two_names_have_in_common_is_said(a: Prepared, b: Prepared, phrase: str) -> None:
    assert name_reason(a, b) == phrase
    assert name_reason(b, a) == phrase
