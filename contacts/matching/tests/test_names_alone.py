"""Names compared with nothing else known."""

import csv
import os
from pathlib import Path

import pytest

from contacts.matching.names_alone import name_probabilities
from contacts.matching.tests.scoring import figures

SHARED = os.environ.get("POOLTRACKR_SHARED")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Bob Smith", "Smith, Robert"),
        ("J Smith", "John Smith"),
        ("Siemens AG", "SiemensAG"),
        ("Siemens AG", "Siemens Aktiengesellschaft"),
        ("Mahmood Ahmadinezhad", "Mahmoud Ahmadinejad"),
        ("Barack Obama", "ბარაკ ობამა"),
        ("The Puffin Trust", "Puffin Trust"),
    ],
)
def test_spellings_of_one_name_are_one_name(a: str, b: str) -> None:
    assert name_probabilities([(a, b)])[0] >= 0.5


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Octavian Scholz", "Olaf Scholz"),
        ("Kim Song Min", "Kim Song Chol"),
        ("The Puffin Trust", "The Puccini Trust"),
        ("Anna Lee", ""),
        ("", ""),
    ],
)
def test_other_names_are_other_names(a: str, b: str) -> None:
    assert name_probabilities([(a, b)])[0] < 0.5


def test_no_pairs_no_answers() -> None:
    assert name_probabilities([]) == []


@pytest.mark.skipif(not SHARED, reason="POOLTRACKR_SHARED is not set: no adversarial name pairs")
def test_the_adversarial_name_pairs_are_told_apart_as_well_as_before() -> None:
    path = Path(str(SHARED)) / "matching/data/name_pairs/name_pairs.csv"
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    likely = name_probabilities([(row["name1"], row["name2"]) for row in rows])
    predicted = [(str(n), "") for n, p in enumerate(likely) if p >= 0.5]
    truth = [(str(n), "") for n, row in enumerate(rows) if row["is_match"] == "1"]
    # 0.882 when written; half a point less is a step back.
    assert figures(predicted, truth, ordered=True).f1 >= 0.877
