"""The explanations of a pair that compete, and the rates of words in names under them.

Following Fellegi and Sunter (1969) every comparison adds log(m / u): m is the rate of an outcome
among pairs that the explanation holds for, u among unrelated pairs. Four explanations compete
(docs/matching.md):

    SAME       one contact
    RELATED    two contacts with something in common: household, premises, agent
    BRANCH     one name at another place: branches, franchises, and namesakes
    UNRELATED  nothing in common

Rates of the first three are fixed here by field: set by hand from how contact lists differ, checked
on lists with known answers and on made ones, and rounded on purpose: the lists at hand re-estimate
those of SAME once, and shrunken (score.py). Rates of UNRELATED come from the lists: a value's own
share where the values are equal, else a random sample of pairs.
"""

from dataclasses import dataclass

import numpy as np

from contacts.matching.arrays import Floats

SAME, RELATED, BRANCH = 0, 1, 2


@dataclass(frozen=True, slots=True)
class WordRates:
    """Rates for pairs of words in names, and the chance of words one or two letters away."""

    rates: Floats
    one_letter_away: Floats
    two_letters_away: Floats
    initial_chance: float
    both_left_over: float
    one_left_over: float
    most_contradiction: float
    most_contradiction_mixed: float
    owner_for_firm: float
    given_name_shared: float
    persons_branch: float
    related_namesake: float
    town_in_name: float
    typo_to_real: float
    typo_share: float


WORDS = WordRates(
    # none, the same, one letter apart, two apart, short form, initial
    rates=np.array([1.0, 0.85, 0.10, 0.025, 0.03, 0.8]),
    # Counted over the names of 5,000 Australian persons, by length of the longer word, for a name
    # of two words: four-letter words have neighbours everywhere, nine-letter words hardly any.
    one_letter_away=np.array(
        [1, 1, 1, 2e-3, 1.5e-3, 1.2e-3, 8e-4, 8e-4, 6e-4, 3e-4, 2e-4, 2e-4, 2e-4]
    ),
    two_letters_away=np.array(
        [1, 1, 1, 0.03, 0.02, 0.01, 4e-3, 2e-3, 1.2e-3, 1e-3, 6e-4, 4e-4, 4e-4]
    ),
    initial_chance=0.08,
    both_left_over=3.0,
    one_left_over=0.7,
    # Left-over words of one name are not independent: a renamed firm differs in all of them at
    # once.
    most_contradiction=5.0,
    # A person in one list and a firm in the other differ in every word when the owner stands for
    # the firm.
    most_contradiction_mixed=3.5,
    owner_for_firm=-1.0,
    # Relatives and housemates share a given name by chance only, about a fifth as often as a
    # surname.
    given_name_shared=1.6,
    # Persons have no branches; namesakes by chance are in UNRELATED already, by the shares of their
    # words.
    persons_branch=-2.0,
    # A father and son of one whole name, against relatives of two names: about one in five.
    related_namesake=-1.6,
    # Log evidence that two names both hold the town of their address, given that it is one town:
    # about one firm in seven is named for its town, and one that is stays so.
    town_in_name=1.8,
    # About one mistyping in ten makes another word that is in use: log(.1), against people who are
    # called so.
    typo_to_real=-2.3,
    # All mistypings of a word together are a few in a hundred; one of them alone is far less.
    typo_share=0.02,
)

# Partners, related contacts and branches that a record is expected to have in the list before
# anything is known.
EXPECTED_PARTNERS = 0.5
EXPECTED_RELATED = 0.3
EXPECTED_BRANCHES = 0.15

# Weight of the fixed tables in the one re-estimation, as a share of the matches found.
SHRINKAGE = 0.5
