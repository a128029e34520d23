"""Three decisions from a probability, with the thresholds and the reasons for them.

Suggesting from .05 costs a person a look and finds nearly all true links. Links preselected from .9
were right in .997 to 1.0 of cases on every list measured, duplicates in .99 to 1.0 except where
names and e-mails were all there was (.970; docs/matching.md). A wrong preselected link sends money
to the wrong customer, so a name alone, however rare, is never preselected: some other field has to
agree, and one that a branch or a relative would not share.
"""

from contacts.matching.results import Decision

SUGGEST_FROM = 0.05
SURE_FROM = 0.9
DUPLICATES_FROM = 0.5


def decide(probability: float, *, corroborated: bool, shown_from: float = SUGGEST_FROM) -> Decision:
    """Return the decision; `corroborated` says that something besides the name agrees."""
    if probability < shown_from:
        return "none"
    return "sure" if probability >= SURE_FROM and corroborated else "likely"
