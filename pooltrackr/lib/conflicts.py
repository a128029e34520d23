"""Two transactions that write the same row in the same instant."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

T = TypeVar("T")

# The second try sees what the other one wrote; more would be another writer each time.
TRIES = 3


def settled_together(work: Callable[[], T]) -> T:
    """Return what `work` does in a transaction of its own; again where a constraint stopped it.

    PostgreSQL lets two transactions look before either has written, and stops the second only when
    the first commits. `work` must look again each time. Raises IntegrityError when it was no
    coincidence.
    """
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return work()
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("The last try returns or raises.")
