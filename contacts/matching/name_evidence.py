"""The evidence of a pair of names under each explanation."""

import numpy as np

from contacts.matching import fields as f
from contacts.matching.arrays import Floats
from contacts.matching.compare import Compared
from contacts.matching.weights import WORDS


def name_evidence(compared: Compared) -> Floats:
    """Return log evidence, shape (3, pairs), of SAME, RELATED and BRANCH against UNRELATED."""
    name = compared.name.aligned
    contradiction = np.minimum(name.left_over_a, name.left_over_b)
    addition = WORDS.one_left_over * np.abs(name.left_over_a - name.left_over_b)
    against = np.minimum(WORDS.both_left_over * contradiction, _most_contradiction(compared))
    joined = compared.name.joined
    same = np.maximum(name.evidence - against - addition, np.where(joined > 0, joined, -np.inf))
    branch = np.maximum(
        name.evidence - against - 0.5 * addition, np.where(joined > 0, joined, -np.inf)
    )
    branch = branch + WORDS.persons_branch * compared.name.persons
    # A firm in one list may stand under its owner's name in the other.
    owner = compared.outcomes["person"] == f.EQUAL
    same = np.where(owner, np.maximum(same, WORDS.owner_for_firm), same)
    # Related contacts share a surname at best: the one best word counts, and only every other time.
    related = np.log(0.5 + 0.5 * np.exp(np.clip(name.best, -20, 20)))
    whole = (name.partners > 0) & (name.left_over_a <= 0) & (name.left_over_b <= 0)
    related = related + WORDS.related_namesake * whole
    return np.where(name.known, np.stack([same, related, branch]), 0.0)


def _most_contradiction(compared: Compared) -> Floats:
    return np.where(compared.name.mixed, WORDS.most_contradiction_mixed, WORDS.most_contradiction)
