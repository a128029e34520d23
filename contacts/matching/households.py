"""Do the lists hold relatives who share an address? The given names tell.

Two persons at one address with one surname and two given names are relatives, or one person whose
given name was mangled; the fields of the pair cannot tell which. The list can: mangling strikes
surnames as often as given names, and relatives hardly ever share a given name but not a surname. So
with

    g = pairs that agree in all but the surname,  s = pairs that agree in all but the given name,
    n = pairs whose names share nothing,          b = pairs that agree in the name as well

among pairs of persons whose other fields agree strongly, about s - g + n of them are related.
"""

import math

import numpy as np

from contacts.matching.arrays import Floats
from contacts.matching.compare import Compared
from contacts.matching.names import GIVEN, SURNAME

# Evidence of the other fields from which a pair shares address or phone beyond doubt (1 to 5,000
# against chance).
_STRONG = 8.5
# Related pairs among such pairs of persons in ordinary lists, and the number of pairs this
# experience is worth.
_USUAL_SHARE = 0.25
_EXPERIENCE = 40.0


def related_persons(compared: Compared, other_fields: Floats) -> float:
    """Return the log of the share of related persons, against the share usually expected."""
    name = compared.name.aligned
    asked = compared.name.persons & (other_fields >= _STRONG)
    apart = (name.left_over_a >= 0.5) & (name.left_over_b >= 0.5) & asked
    both = int(np.count_nonzero(asked & ~apart))
    given = int(np.count_nonzero(apart & (name.roles == GIVEN)))
    surname = int(np.count_nonzero(apart & (name.roles == SURNAME)))
    nothing = int(np.count_nonzero(apart & (name.partners == 0)))
    related = max(surname - given, 0) + nothing
    share = (related + _USUAL_SHARE * _EXPERIENCE) / (
        both + given + surname + nothing + _EXPERIENCE
    )
    return math.log(share / _USUAL_SHARE)
