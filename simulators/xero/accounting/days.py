"""The days of documents: read from what was sent, and kept out of locked periods."""

from datetime import date

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.problems import Problems
from simulators.xero.wire import Json, parse_day

# The action that advisers have; it does not reach into a closed year.
BEFORE_LOCK = "ApproveTransactionsBeforePeriodLockDate"


def checked_day(sent: Json, member: str, before: date | None, problems: Problems) -> date | None:
    if sent.get(member) in (None, ""):
        return before
    day = parse_day(sent[member])
    if day is None:
        problems.add(messages.DATE_INVALID)
    return day


def check_locks(call: Call, day: date, problems: Problems) -> None:
    organisation = call.organisation
    year_lock, period_lock = organisation.end_of_year_lock_date, organisation.period_lock_date
    if year_lock is not None and day <= year_lock:
        problems.add(messages.year_locked(year_lock))
    elif period_lock is not None and day <= period_lock and not organisation.allows(BEFORE_LOCK):
        problems.add(messages.period_locked(period_lock))
