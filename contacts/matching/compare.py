"""Compare pairs of records field by field, many at once: an outcome per field, and the chance of
that agreement.

Where two values agree the chance is the value's own share of the lists; where they do not it is
left open (nan), and score.py takes it from a random sample of pairs. For the outcomes see
fields.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA, Prefix
from rapidfuzz.process import cpdist

from contacts.matching import fields as f
from contacts.matching.arrays import Bools, Floats, Ints
from contacts.matching.compare_names import NamesCompared, compare_names, compare_persons
from contacts.matching.encode import Codes, Encoded
from contacts.matching.identifiers import both_valid_abns
from contacts.matching.prepare import SLOTS
from contacts.matching.text import digits

# A street name this much alike is the same street mistyped (1 - optimal string alignment distance /
# longer length).
STREET_LIKENESS = 0.72
CITY_LIKENESS = 0.72
# A name that the other one begins with, from this length on; shorter ones begin too much.
_PREFIX = 5


@dataclass(slots=True)
class Compared:
    """What came out for each pair: name alignment, an outcome and a chance per field."""

    name: NamesCompared
    outcomes: dict[str, Ints]
    chances: dict[str, Floats]
    records: int

    def compact(self) -> "Compared":
        """Keep a quarter of the memory; the precision lost is far below any threshold."""
        return Compared(
            self.name.compact(),
            {field: column.astype(np.int8) for field, column in self.outcomes.items()},
            {field: column.astype(np.float32) for field, column in self.chances.items()},
            self.records,
        )

    @classmethod
    def concatenated(cls, parts: Sequence["Compared"]) -> "Compared":
        """Put the parts, one at least, one after another."""
        first = parts[0]
        return cls(
            NamesCompared.concatenated([p.name for p in parts]),
            {k: np.concatenate([p.outcomes[k] for p in parts]) for k in first.outcomes},
            {k: np.concatenate([p.chances[k] for p in parts]) for k in first.chances},
            first.records,
        )


def compare(data: Encoded, i: Ints, j: Ints) -> Compared:
    """Compare records i of the left with records j of the right."""
    outcomes: dict[str, Ints] = {}
    chances: dict[str, Floats] = {}
    for field, slots in (("landline", SLOTS), ("mobile", SLOTS), ("tax", 1), ("account", 1)):
        outcomes[field], chances[field] = _compare_code(data, field, i, j, slots)
    outcomes["email"], chances["email"] = _compare_email(data, i, j)
    outcomes["address"], chances["address"], outcomes["place"], chances["place"] = _best_address(
        data, i, j
    )
    outcomes["other"], chances["other"] = _compare_other_line(data, i, j)
    outcomes["person"], chances["person"] = compare_persons(data, i, j)
    return Compared(compare_names(data, i, j), outcomes, chances, data.records)


def _compare_code(data: Encoded, field: str, i: Ints, j: Ints, slots: int) -> tuple[Ints, Floats]:
    """Compare values where only equality and one wrong character count."""
    codes = data.codes["phone" if slots > 1 else field]
    a = data.left.columns[field][i].reshape(len(i), slots)
    b = data.right.columns[field][j].reshape(len(j), slots)
    outcome, share = _same_in_any_slot(a, b, codes)
    ask = np.flatnonzero(outcome == f.DIFFERENT)
    near = ask[_distance(codes, a[ask, 0], b[ask, 0], 1) <= 1]
    if field == "tax":
        near = near[_not_both_valid(codes, a[near, 0], b[near, 0])]
    outcome[near] = f.NEAR
    return outcome, share


def _not_both_valid(codes: Codes, a: Ints, b: Ints) -> Bools:
    pairs = zip(codes.texts[a], codes.texts[b], strict=True)
    return np.array([not both_valid_abns(x, y) for x, y in pairs], np.bool_)


def _same_in_any_slot(a: Ints, b: Ints, codes: Codes) -> tuple[Ints, Floats]:
    outcome = np.where((a[:, 0] >= 0) & (b[:, 0] >= 0), f.DIFFERENT, f.MISSING)
    share = np.full(len(a), np.nan)
    for s in range(a.shape[1]):
        for t in range(b.shape[1]):
            same = (a[:, s] == b[:, t]) & (a[:, s] >= 0)
            outcome[same] = f.EQUAL
            # Of several values in common the rarest says the most.
            share[same] = np.fmin(share[same], codes.share[a[same, s]])
    return outcome, share


def _distance(codes: Codes, a: Ints, b: Ints, most: int) -> Ints:
    """Return edit distances, anything over `most` as `most + 1`."""
    if not len(a):
        return np.zeros(0, np.int64)
    found = cpdist(
        codes.texts[a].tolist(),
        codes.texts[b].tolist(),
        scorer=OSA.distance,
        score_cutoff=most,
        dtype=np.int32,
    )
    return np.asarray(np.minimum(found, most + 1), np.int64)


def _compare_email(data: Encoded, i: Ints, j: Ints) -> tuple[Ints, Floats]:
    left, right, codes = data.left.columns, data.right.columns, data.codes
    a, b = left["email"][i], right["email"][j]
    outcome, chance = _same_in_any_slot(a, b, codes["email"])
    ask = np.flatnonzero(outcome == f.DIFFERENT)
    outcome[ask] = f.OTHER_EMAIL
    local, local_share = _same_in_any_slot(
        left["local"][i[ask]], right["local"][j[ask]], codes["local"]
    )
    domain, domain_share = _same_in_any_slot(
        left["domain"][i[ask]], right["domain"][j[ask]], codes["domain"]
    )
    outcome[ask[local == f.EQUAL]] = f.SAME_LOCAL
    chance[ask[local == f.EQUAL]] = local_share[local == f.EQUAL]
    outcome[ask[domain == f.EQUAL]] = f.SAME_DOMAIN
    chance[ask[domain == f.EQUAL]] = domain_share[domain == f.EQUAL]
    near = ask[_distance(codes["email"], a[ask, 0], b[ask, 0], 2) <= 2]
    mistyped = np.array(
        [
            _is_mistyping(codes["email"].texts[x], codes["email"].texts[y])
            for x, y in zip(a[near, 0], b[near, 0], strict=True)
        ],
        np.bool_,
    )
    outcome[near[mistyped]] = f.NEAR
    chance[near[mistyped]] = np.nan
    return outcome, chance


def _is_mistyping(a: str, b: str) -> bool:
    """Tell a mistyped address from another person's: jsmith, tsmith and smith81, smith83 are four
    people.

    Initials stand at the ends of the part before the @, and numbers tell namesakes apart.
    """
    local_a, local_b = a.partition("@")[0], b.partition("@")[0]
    same_ends = local_a[0] == local_b[0] and local_a[-1] == local_b[-1]
    return digits(local_a) == digits(local_b) and same_ends


def _best_address(data: Encoded, i: Ints, j: Ints) -> tuple[Ints, Floats, Ints, Floats]:
    """Compare addresses; where a record has two, the combination that agrees best counts."""
    best = _address_and_place(data, i, j, 0, 0)
    strength = _agreement(*best)
    for s, t in ((0, 1), (1, 0), (1, 1)):
        known = np.flatnonzero(
            _has_slot(data.left.columns, i, s) & _has_slot(data.right.columns, j, t)
        )
        if not len(known):
            continue
        other = _address_and_place(data, i[known], j[known], s, t)
        better = _agreement(*other) > strength[known]
        for kept, new in zip(best, other, strict=True):
            kept[known[better]] = new[better]
        strength[known[better]] = _agreement(*other)[better]
    return best


def _has_slot(columns: dict[str, Ints], at: Ints, slot: int) -> Bools:
    return np.asarray((columns["street"][at, slot] >= 0) | (columns["city"][at, slot] >= 0))


def _agreement(address: Ints, address_chance: Floats, place: Ints, place_chance: Floats) -> Floats:
    """Rank address comparisons by log evidence for one place, with the tables of fields.py."""
    total = np.zeros(len(address))
    for table, outcome, chance in (
        (f.ADDRESS, address, address_chance),
        (f.PLACE, place, place_chance),
    ):
        unrelated = np.where(np.isnan(chance), table.rates[3, outcome], chance)
        total += np.log(table.rates[0, outcome] / unrelated)
    return total


def _address_and_place(
    data: Encoded, i: Ints, j: Ints, s: int, t: int
) -> tuple[Ints, Floats, Ints, Floats]:
    a = {name: column[i, s] for name, column in data.left.columns.items() if column.ndim == 2}
    b = {name: column[j, t] for name, column in data.right.columns.items() if column.ndim == 2}
    address, address_chance = _compare_street(data, a, b)
    city = _state(data.codes["city"], a["city"], b["city"], CITY_LIKENESS)
    postcode = _state(data.codes["postcode"], a["postcode"], b["postcode"], 0.7)
    street = np.minimum(address, 15) // 4
    context = np.choose(
        street, [f.STREET_UNKNOWN, f.STREET_AGREES, f.STREET_AGREES, f.STREET_DIFFERS]
    )
    place_chance = _place_chance(data, a, b, city, postcode)
    return address, address_chance, context + 4 * city + postcode, place_chance


def _state(codes: Codes, a: Ints, b: Ints, likeness: float) -> Ints:
    """Classify two columns of one kind: missing, equal, near by likeness, different."""
    state = np.where(a == b, f.EQUAL, f.DIFFERENT)
    state[(a < 0) | (b < 0)] = f.MISSING
    ask = np.flatnonzero(state == f.DIFFERENT)
    if len(ask):
        x, y = codes.texts[a[ask]].tolist(), codes.texts[b[ask]].tolist()
        alike = cpdist(
            x, y, scorer=OSA.normalized_similarity, score_cutoff=likeness, dtype=np.float32
        )
        # "New York" and "New York City": one goes on where the other ends.
        begun = cpdist(x, y, scorer=Prefix.similarity, score_cutoff=_PREFIX, dtype=np.int32)
        shorter = np.minimum(codes.length[a[ask]], codes.length[b[ask]])
        state[ask[(alike > 0) | ((begun > 0) & (begun == shorter))]] = f.NEAR
    return state


def _compare_street(data: Encoded, a: dict[str, Ints], b: dict[str, Ints]) -> tuple[Ints, Floats]:
    streets, numbers = data.codes["street"], data.codes["number"]
    street = _state(streets, a["street"], b["street"], STREET_LIKENESS)
    _use_other_line(streets, street, a, b)
    number = _number_state(numbers, a["number"], b["number"])
    outcome = 4 * street + number
    # A number alone, without a street on both sides, is not an address.
    outcome[street == f.MISSING] = f.MISSING
    floor = 1 / max(data.records, 1)
    street_share = np.maximum(streets.share[a["street"]], floor)
    chance = np.full(len(street), np.nan)
    for state, spread in ((f.EQUAL, 0.0), (f.NEAR, 3e-3)):
        at = street == state
        chance[at] = street_share[at] + spread
        with_number = at & (number == f.EQUAL)
        chance[with_number] *= np.maximum(numbers.share[a["number"][with_number]], 2e-3)
    differs = (street == f.DIFFERENT) & (number == f.EQUAL)
    chance[differs] = numbers.share[a["number"][differs]]
    _mark_units_and_boxes(data, outcome, chance, a, b)
    return outcome, chance


def _compare_other_line(data: Encoded, i: Ints, j: Ints) -> tuple[Ints, Floats]:
    codes = data.codes["street"]
    a, b = data.left.columns["other"][i, 0], data.right.columns["other"][j, 0]
    outcome = _state(codes, a, b, STREET_LIKENESS)
    return outcome, np.where(outcome == f.EQUAL, codes.share[a], np.nan)


def _use_other_line(codes: Codes, street: Ints, a: dict[str, Ints], b: dict[str, Ints]) -> None:
    """Take the street for equal where it stands in the other line of the other record."""
    crossed = (a["street"] == b["other"]) | (a["other"] == b["street"])
    known = (a["street"] >= 0) & (b["street"] >= 0)
    street[known & crossed] = f.EQUAL


def _number_state(codes: Codes, a: Ints, b: Ints) -> Ints:
    state = np.where(a == b, f.EQUAL, f.DIFFERENT)
    state[(a < 0) | (b < 0)] = f.MISSING
    ask = np.flatnonzero(state == f.DIFFERENT)
    state[ask[_distance(codes, a[ask], b[ask], 1) <= 1]] = f.NEAR
    return state


def _mark_units_and_boxes(
    data: Encoded, outcome: Ints, chance: Floats, a: dict[str, Ints], b: dict[str, Ints]
) -> None:
    full = 4 * f.EQUAL + f.EQUAL
    units = (outcome == full) & (a["unit"] >= 0) & (b["unit"] >= 0) & (a["unit"] != b["unit"])
    outcome[units] = f.OTHER_UNIT
    # A post box against a street is two addresses of different kinds: no evidence.
    boxes = (a["box"] >= 0) & (b["box"] >= 0) & (a["box"] == b["box"])
    outcome[boxes] = full
    chance[boxes] = data.codes["box"].share[a["box"][boxes]]


def _place_chance(
    data: Encoded, a: dict[str, Ints], b: dict[str, Ints], city: Ints, postcode: Ints
) -> Floats:
    codes = data.codes
    city_share, code_share = codes["city"].share[a["city"]], codes["postcode"].share[a["postcode"]]
    chance = np.full(len(city), np.nan)
    chance[city == f.EQUAL] = city_share[city == f.EQUAL]
    of_code = (postcode == f.EQUAL) & (city != f.EQUAL)
    chance[of_code] = code_share[of_code]
    # City and postcode mostly go together, so their joint share counts, not the product of both.
    both = (city == f.EQUAL) & (postcode == f.EQUAL)
    chance[both] = codes["town"].share[a["town"][both]] + city_share[both] * code_share[both]
    return chance
