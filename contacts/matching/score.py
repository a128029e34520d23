"""From outcomes to probabilities: four explanations compete for every pair.

For explanation h and field k the evidence is log(m_hk / u_k); the evidence of independent fields
adds up (Fellegi and Sunter 1969), and Bayes' rule with the prior odds of each explanation gives

    P(SAME) = e^(l_S) / (e^(l_S) + e^(l_R) + e^(l_B) + 1)
    l_h     = log prior_h + sum over k of log(m_hk / u_k)

The rates m of SAME and the expected number of partners are estimated once more from the lists,
shrunken towards the fixed tables. Free estimation (EM) is better on synthetic lists and collapses
on real ones, where fields that go together (one suburb) are mistaken for one contact:
docs/matching.md, "What was not done".
"""

from dataclasses import dataclass

import numpy as np

from contacts.matching import fields as f
from contacts.matching.arrays import Floats, Ints
from contacts.matching.compare import Compared, compare
from contacts.matching.encode import Encoded
from contacts.matching.households import related_persons
from contacts.matching.name_evidence import name_evidence
from contacts.matching.weights import (
    BRANCH,
    EXPECTED_BRANCHES,
    EXPECTED_PARTNERS,
    EXPECTED_RELATED,
    RELATED,
    SAME,
    SHRINKAGE,
)

# The row after SAME, RELATED and BRANCH in every table of rates (weights.py).
UNRELATED = 3
# Random pairs looked at for the rates of unrelated records, and the weight of the table against
# them.
_SAMPLE = 20_000
_SAMPLE_PRIOR = 500.0
# A very short list is a choice somebody made, with namesakes in it: it raises no hopes.
_FEWEST_OTHERS = 50


@dataclass(slots=True)
class Model:
    """What is known of a pair of lists: rates per field and explanation, and prior log odds per
    explanation.

    `related_persons` is what the lists say about relatives, as log odds on top of the prior of
    RELATED.
    """

    rates: dict[str, Floats]
    log_prior: Floats
    related_persons: float = 0.0


def fixed_model(data: Encoded, *, one_list: bool) -> Model:
    """Return the fixed tables with this list's rates of unrelated pairs."""
    sampled = _sample(data, one_list=one_list)
    rates = {}
    for field, table in f.TABLES.items():
        own = table.rates.copy()
        own[UNRELATED] = _blend(
            np.bincount(sampled.outcomes[field], minlength=len(table.groups)).astype(float),
            table.rates[UNRELATED],
            table.groups,
            _SAMPLE_PRIOR,
        )
        rates[field] = own
    others = max(data.right.size, data.left.size) if not one_list else data.left.size
    expected = np.array([EXPECTED_PARTNERS, EXPECTED_RELATED, EXPECTED_BRANCHES])
    return Model(rates, np.log(expected / max(others, _FEWEST_OTHERS)))


def _sample(data: Encoded, *, one_list: bool) -> Compared:
    """Compare random pairs, or all where they are few: then the order of rows does not matter."""
    left, right = data.left.size, data.right.size
    if left * right <= _SAMPLE:
        at = np.arange(left * right)
    else:
        at = np.random.default_rng(20).integers(0, left * right, _SAMPLE)
    i, j = at // max(right, 1), at % max(right, 1)
    keep = i < j if one_list else np.ones(len(at), np.bool_)
    return compare(data, i[keep], j[keep])


def _weighted_counts(outcomes: Ints, weights: Floats, size: int) -> Floats:
    return np.bincount(outcomes, weights=weights, minlength=size).astype(np.float64)


def _blend(counts: Floats, rates: Floats, groups: Ints, weight: float) -> Floats:
    """Return rates from counts, the given rates counting as `weight` more observations."""
    blended = counts + weight * rates
    return np.asarray(f.normalised(blended[None, :], groups)[0], np.float64)


def evidence(model: Model, compared: Compared) -> Floats:
    """Return log evidence, shape (3, pairs), of SAME, RELATED, BRANCH against UNRELATED."""
    total = field_evidence(model, compared) + name_evidence(compared)
    total[RELATED] += model.related_persons * compared.name.persons
    return total


def field_evidence(model: Model, compared: Compared) -> Floats:
    """Return the same of all fields but the name."""
    total = np.zeros((3, len(compared.outcomes["email"])))
    for field, table in f.TABLES.items():
        outcome, chance = compared.outcomes[field], compared.chances[field]
        known = table.groups[outcome] != f.NOTHING
        rates = model.rates[field]
        unrelated = np.where(np.isnan(chance), rates[UNRELATED, outcome], chance)
        ratio = np.log(rates[:3, outcome]) - np.log(np.maximum(unrelated, 1e-9))
        total += np.where(known, ratio, 0.0)
    total[RELATED] += _many_holders(compared)
    return total


def _many_holders(compared: Compared) -> Floats:
    """Return log(holders / 2) of the contact value in common that most records hold.

    c holders of an agent's e-mail make c (c - 1) / 2 pairs, of which at most about c / 2 are one
    contact twice: the odds of RELATED against SAME grow with the number of holders.
    """
    holders = np.full(len(compared.outcomes["email"]), 2.0)
    for field in ("email", "landline", "mobile"):
        same = compared.outcomes[field] == f.EQUAL
        holders[same] = np.maximum(
            holders[same], compared.chances[field][same] * compared.records + 1
        )
    return np.log(holders / 2)


def log_odds(model: Model, total: Floats) -> Floats:
    """Return the log odds of SAME against the other three explanations together."""
    weighted = total + model.log_prior[:, None]
    against = np.logaddexp(np.logaddexp(weighted[RELATED], weighted[BRANCH]), 0.0)
    return np.asarray(weighted[SAME] - against)


def _branches(model: Model, compared: Compared) -> float:
    """Return how many of the pairs are branches of one firm, by all that is known of them."""
    weighted = evidence(model, compared) + model.log_prior[:, None]
    among = np.logaddexp(np.logaddexp.reduce(weighted, axis=0), 0.0)
    return float(np.exp(weighted[BRANCH] - among).sum())


def reestimate(
    model: Model, data: Encoded, compared: Compared, same: Floats, *, one_list: bool
) -> Model:
    """Estimate the rates of SAME once from probabilities `same`, shrunken to those in force."""
    rates = {}
    found = float(same.sum())
    for field, table in f.TABLES.items():
        own = model.rates[field].copy()
        counts = _weighted_counts(compared.outcomes[field], same, len(table.groups))
        own[SAME] = _blend(counts, own[SAME], table.groups, SHRINKAGE * found + 50.0)
        rates[field] = own
    smaller = min(data.left.size, data.right.size)
    partners = found * (2 if one_list else 1) / max(smaller, 1)
    prior = model.log_prior.copy()
    # Between one in fifty and nearly all: a bad first estimate must not switch the matcher off, or
    # wide open.
    prior[SAME] += np.log(np.clip(partners, 0.02, 3.0 if one_list else 0.95) / EXPECTED_PARTNERS)
    # Half-way to what the lists show: a few namesakes must not make branches of everybody.
    branches = _branches(model, compared) * (2 if one_list else 1) / max(smaller, 1)
    usual = SHRINKAGE * EXPECTED_BRANCHES
    prior[BRANCH] += np.log((min(branches, 3.0) + usual) / (1 + SHRINKAGE) / EXPECTED_BRANCHES)
    relatives = related_persons(compared, field_evidence(model, compared)[SAME])
    return Model(rates, prior, relatives)
