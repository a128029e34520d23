"""Sending what a dry run showed: only what was looked at, and nothing while an error is open."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from businesses.models import User
from xero_integration import outbox
from xero_integration.models import Kind, Lane, Link
from xero_integration.resend.asked import Asked
from xero_integration.resend.plan import Act, Line, Plan, plan


class NotRun(Exception):
    """Why nothing was sent, in words for the person."""


CHANGED = "Something changed since you looked, so nothing was sent. Look once more at what follows."


def run(asked: Asked, *, seen: str, left_out: Collection[str], by: User | None) -> int:
    """Queue what the plan `seen` (its digest) would send; return how many records.

    `left_out` names those that cannot go and are to stay as they are. Raises NotRun when one of
    them is missing there, or when the plan is another one by now; then nothing was queued.
    """
    with transaction.atomic():
        found = plan(asked)
        if found.digest != seen:
            raise NotRun(CHANGED)
        open_ones = [line for line in found.stops if line.key not in left_out]
        if open_ones:
            raise NotRun(_words(open_ones))
        return _send(found, by=by)


def _words(lines: Sequence[Line]) -> str:
    what = "1 record" if len(lines) == 1 else f"{len(lines)} records"
    return f"{what} cannot go. Mend the cause, or tick to leave out of this run."


def _send(found: Plan, *, by: User | None) -> int:
    going = [line for line in found.lines if line.act != Act.STOP]
    if not found.asked.again:
        return outbox.retry([line.row for line in going], by=by)
    going = [line for line in going if line.act != Act.SKIP]
    for line in going:
        _forget(line)
    for kind in Kind:
        labels = {one.row.object_id: one.row.label for one in going if one.row.kind == kind}
        outbox.put(found.asked.connection, kind, labels, lane=Lane.BULK)
    return len(going)


def _forget(line: Line) -> None:
    """Write down what the plan took for unknown: that Xero got this record as it is."""
    if line.link is not None:
        Link.objects.current().filter(pk=line.link.pk).update(
            pushed_digest="", agreed=line.link.agreed, updated_at=timezone.now()
        )
