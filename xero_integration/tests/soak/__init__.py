"""Random work on both sides, held against the rule whenever all of it has arrived.

`world.py` is both sides and the dice; each subject has a file of steps with how often they are
taken (`STEPS`), and `agreement.py` says what must hold at rest. A further subject is one more file
of steps, and its line in the walk of `test_money.py`.
"""
