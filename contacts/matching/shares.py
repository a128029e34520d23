"""The chance rate of a value: the share of unrelated records that hold it.

In a long list it is counted; in a short one the count says little, and two records that agree may
be all there is. So the count starts from usual shares, worth EXPERIENCE records (the posterior mean
of a Beta prior):

    share = (others + EXPERIENCE * usual) / (records + EXPERIENCE)

`others` leaves out the pair itself, and is one at least: a value is never taken for unique.
"""

import numpy as np

from contacts.matching.arrays import Floats, Ints
from contacts.matching.word_lists import COMMON_IN_FIRMS, NICKNAME_KEYS

# Records that the usual shares are worth: a list of a few hundred contacts speaks for itself.
EXPERIENCE = 300

# Usual shares by kind, for customer lists of one region; kinds not named are all but unique.
_USUAL = {
    "word": 3e-4,
    "domain": 3e-4,
    "local": 3e-4,
    "number": 6e-3,
    "street": 5e-4,
    "unit": 0.05,
    "box": 2e-3,
    "city": 5e-3,
    "postcode": 3e-3,
    "town": 2e-3,
}
_COMMON_GIVEN_NAME = 4e-3
_COMMON_FIRM_WORD = 1e-2


def usual_share(kind: str, value: str) -> float:
    """Return the share of a value in contact lists in general."""
    if kind == "word" and value in COMMON_IN_FIRMS:
        return _COMMON_FIRM_WORD
    if kind == "word" and value in NICKNAME_KEYS:
        return _COMMON_GIVEN_NAME
    return _USUAL.get(kind, 0.0)


def counted_shares(kind: str, values: list[str], counts: Ints, records: int) -> Floats:
    """Return the share of each value that `counts` of `records` records hold."""
    usual = np.array([usual_share(kind, value) for value in values])
    others = np.maximum(counts - 2, 0) + 1
    shares: Floats = (others + EXPERIENCE * usual) / (records + EXPERIENCE)
    return np.minimum(shares, 1.0)
