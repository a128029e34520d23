"""Random edits on both sides: at rest they agree by the rule, and then nothing is sent any more.

The short runs are part of the normal tests; `-m long` walks 2,000 steps under each rule.
"""

from collections.abc import Callable

import pytest

from contacts.models import Contact
from xero_integration import pull
from xero_integration.both_sides.fields import PAIRS, Pair, Values, beside, our_values, their_values
from xero_integration.models import EditRule
from xero_integration.tests.soak import contacts, post
from xero_integration.tests.soak.agreement import check_contacts, sides
from xero_integration.tests.soak.contacts import edit_here, edit_there
from xero_integration.tests.soak.world import World, walk

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = {**contacts.STEPS, **post.STEPS}


@pytest.mark.parametrize("rule", EditRule.values)
def test_random_edits_on_both_sides_converge(world: Callable[..., World], rule: str) -> None:
    walk(world(rule, seed=7), 60, of=STEPS, rest_each=20, check=check_contacts)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("rule", EditRule.values)
def test_two_thousand_random_steps_converge(
    world: Callable[..., World], rule: str, seed: int
) -> None:
    walk(world(rule, seed=seed), 2000, of=STEPS, rest_each=50, check=check_contacts)


# --- what stands, and not only that both agree


def expected(rule: str, pair: Pair, before: Values, ours: Values, theirs: Values) -> str | None:
    """Return which side's value stands after edits that neither side had seen of the other."""
    here = any(ours[name] != before[name] for name in pair.ours)
    there = any(theirs[name] != before[name] for name in pair.ours)
    both = beside(pair, ours, theirs)
    if here and there and any(both.ours) and any(both.theirs):
        return {"ours": "ours", "theirs": "theirs", "ask": None}[rule]
    if here and any(both.ours):
        return "ours"
    return "theirs" if there and any(both.theirs) else None


@pytest.mark.parametrize("rule", EditRule.values)
def test_what_stands_is_what_the_rule_says(world: Callable[..., World], rule: str) -> None:
    """Twelve rounds of edits unseen by the other side, each compared with the rule by itself."""
    both = world(rule, seed=11)
    compared = 0
    for _ in range(12):
        link = both.dice.choice(both.links())
        before, _ = sides(both, link)
        if before != sides(both, link)[1]:
            # Blanks and questions of before would have to be told apart from those of now.
            continue
        for edit in (edit_here, edit_there, edit_here):
            edit(both, link)
        ours = our_values(Contact.objects.get(pk=link.object_id))
        (raw,) = [one for one in both.xero.contacts() if one["ContactID"] == link.xero_id]
        (row,) = pull.contact_rows(both.connection, [raw])
        theirs = their_values(row)
        both.come_to_rest()
        compared += 1
        now = dict(zip(("ours", "theirs"), sides(both, link), strict=True))
        for pair in PAIRS:
            side = expected(rule, pair, before, ours, theirs)
            if side is not None:
                stood = {"ours": ours, "theirs": theirs}[side]
                for name in pair.ours:
                    assert now["ours"][name] == now["theirs"][name] == stood[name], (name, side)
    assert compared > 5
