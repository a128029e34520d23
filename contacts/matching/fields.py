"""The fields besides the name: the outcomes each comparison can have, and their rates under each
explanation.

An outcome belongs to a group of outcomes that were possible for what is known on both sides; rates
add up to one within a group. Group NOTHING holds the outcomes where a side is blank: they are no
evidence at all. Rates are stated as parts, and scaled to one; they are rounded on purpose
(weights.py says why).
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from contacts.matching.arrays import Floats, Ints

_Number = TypeVar("_Number", int, float)

NOTHING: Final = -1
# What a state of one value can be; two states combine to one outcome as 4 * first + second.
MISSING, EQUAL, NEAR, DIFFERENT = 0, 1, 2, 3

# E-mail: after EQUAL and NEAR, the same part before the @, the same domain of their own, or
# neither.
SAME_LOCAL, SAME_DOMAIN, OTHER_EMAIL = 3, 4, 5

# One house number and street, but both name a unit and the units differ.
OTHER_UNIT = 16
# Places are judged apart by whether the street addresses agree, differ, or are not known (16
# outcomes each).
STREET_AGREES, STREET_DIFFERS, STREET_UNKNOWN = 0, 16, 32


@dataclass(frozen=True, slots=True)
class FieldTable:
    """Rates by explanation (SAME, RELATED, BRANCH, UNRELATED) and outcome; groups of outcomes."""

    rates: Floats
    groups: Ints


def _table(groups: list[int], *parts: list[float]) -> FieldTable:
    return FieldTable(normalised(np.array(parts, float), np.array(groups)), np.array(groups))


def normalised(parts: Floats, groups: Ints) -> Floats:
    """Scale parts to add up to one within each group; outcomes that are no evidence become one."""
    rates = np.ones_like(parts)
    for group in np.unique(groups[groups != NOTHING]):
        at = groups == group
        rates[:, at] = parts[:, at] / parts[:, at].sum(axis=1, keepdims=True)
    return rates


def _grid(*rows: list[_Number]) -> list[_Number]:
    """Lay out four rows of four: first state by second state."""
    return [value for row in rows for value in row]


# Which outcomes compete, by which of the two states are known: both, the first only, the second
# only.
_GRID_GROUPS = _grid([-1, 1, 1, 1], [2, 0, 0, 0], [2, 0, 0, 0], [2, 0, 0, 0])

EMAIL = _table(
    [-1, 0, 0, 0, 0, 0],
    [0, 0.66, 0.07, 0.05, 0.10, 0.12],
    [0, 0.25, 0.025, 0.01, 0.15, 0.565],
    [0, 0.08, 0.005, 0.03, 0.20, 0.685],
    [0, 1e-4, 1e-4, 1e-3, 1e-4, 1],
)

LANDLINE = _table(
    [-1, 0, 0, 0],
    [0, 0.72, 0.04, 0.24],
    [0, 0.40, 0.022, 0.578],
    [0, 0.03, 0.005, 0.965],
    [0, 1e-4, 1e-4, 1],
)

MOBILE = _table(
    [-1, 0, 0, 0],
    [0, 0.74, 0.04, 0.22],
    [0, 0.15, 0.008, 0.842],
    [0, 0.02, 0.005, 0.975],
    [0, 1e-4, 1e-4, 1],
)

TAX = _table(
    [-1, 0, 0, 0],
    [0, 0.92, 0.03, 0.05],
    [0, 0.05, 0.005, 0.945],
    [0, 0.10, 0.005, 0.895],
    [0, 1e-4, 1e-4, 1],
)

ACCOUNT = _table(
    [-1, 0, 0, 0],
    [0, 0.60, 0.03, 0.37],
    [0, 0.02, 0.005, 0.975],
    [0, 0.02, 0.005, 0.975],
    [0, 1e-4, 2e-3, 1],
)

# The person named beside a firm.
PERSON = _table(
    [-1, 0, 0, 0],
    [0, 0.72, 0.12, 0.16],
    [0, 0.04, 0.15, 0.81],
    [0, 0.25, 0.08, 0.67],
    [0, 1e-3, 1e-2, 1],
)

# The line of an address that is not the street: a building, an estate, a property.
OTHER_LINE = _table(
    [-1, 0, 0, 0],
    [0, 0.62, 0.14, 0.24],
    [0, 0.40, 0.08, 0.52],
    [0, 0.02, 0.01, 0.97],
    [0, 1e-3, 3e-3, 1],
)

# Street (rows) by house number (columns): missing, equal, near, different.
ADDRESS = _table(
    [*_GRID_GROUPS, 0],
    [
        *_grid(
            [0, 0.75, 0.06, 0.19],
            [0.66, 0.62, 0.025, 0.03],
            [0.14, 0.12, 0.006, 0.008],
            [0.20, 0.02, 0.005, 0.15],
        ),
        0.012,
    ],
    [
        *_grid(
            [0, 0.45, 0.02, 0.53],
            [0.45, 0.42, 0.005, 0.02],
            [0.05, 0.05, 0.001, 0.006],
            [0.50, 0.01, 0.005, 0.43],
        ),
        0.05,
    ],
    [
        *_grid(
            [0, 0.05, 0.02, 0.93],
            [0.03, 0.015, 0.002, 0.01],
            [0.02, 0.006, 0.002, 0.01],
            [0.95, 0.02, 0.02, 0.91],
        ),
        0.005,
    ],
    [
        *_grid(
            [0, 0.02, 0.04, 0.94],
            [5e-4, 1e-5, 3e-5, 5e-4],
            [5e-3, 1e-4, 3e-4, 5e-3],
            [1.0, 0.02, 0.04, 0.94],
        ),
        1e-5,
    ],
)

_SAME_PLACE_STREET_AGREES = _grid(
    [0, 0.90, 0.05, 0.05],
    [0.86, 0.74, 0.05, 0.05],
    [0.09, 0.08, 0.006, 0.006],
    [0.05, 0.04, 0.004, 0.02],
)
_SAME_PLACE_STREET_DIFFERS = _grid(
    [0, 0.42, 0.04, 0.54],
    [0.50, 0.40, 0.03, 0.03],
    [0.06, 0.05, 0.005, 0.005],
    [0.44, 0.03, 0.02, 0.43],
)
_SAME_PLACE_STREET_UNKNOWN = _grid(
    [0, 0.75, 0.05, 0.20],
    [0.75, 0.62, 0.05, 0.06],
    [0.08, 0.07, 0.005, 0.005],
    [0.17, 0.04, 0.01, 0.14],
)
_RELATED_PLACE_STREET_DIFFERS = _grid(
    [0, 0.25, 0.02, 0.73],
    [0.30, 0.22, 0.01, 0.03],
    [0.02, 0.02, 0.002, 0.005],
    [0.68, 0.03, 0.01, 0.67],
)
_BRANCH_PLACE = _grid(
    [0, 0.04, 0.03, 0.93],
    [0.06, 0.03, 0.005, 0.02],
    [0.02, 0.01, 0.002, 0.01],
    [0.92, 0.03, 0.02, 0.87],
)
_UNRELATED_PLACE = _grid(
    [0, 2e-3, 0.01, 0.99],
    [2e-3, 1e-3, 1e-4, 1e-3],
    [0.01, 1e-4, 1e-4, 0.01],
    [0.98, 2e-3, 0.01, 0.97],
)

# City (rows) by postcode (columns): missing, equal, near, different; three times, see
# STREET_AGREES.
PLACE = _table(
    [g if g < 0 else g + shift for shift in (0, 3, 6) for g in _GRID_GROUPS],
    [*_SAME_PLACE_STREET_AGREES, *_SAME_PLACE_STREET_DIFFERS, *_SAME_PLACE_STREET_UNKNOWN],
    [*_SAME_PLACE_STREET_AGREES, *_RELATED_PLACE_STREET_DIFFERS, *_RELATED_PLACE_STREET_DIFFERS],
    [*_BRANCH_PLACE, *_BRANCH_PLACE, *_BRANCH_PLACE],
    [*_UNRELATED_PLACE, *_UNRELATED_PLACE, *_UNRELATED_PLACE],
)

TABLES: dict[str, FieldTable] = {
    "email": EMAIL,
    "landline": LANDLINE,
    "mobile": MOBILE,
    "tax": TAX,
    "account": ACCOUNT,
    "person": PERSON,
    "address": ADDRESS,
    "other": OTHER_LINE,
    "place": PLACE,
}
