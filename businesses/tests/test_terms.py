"""When an invoice is due."""

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from businesses.terms import TermsType, due_date, in_words

dates = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2100, 1, 1))
days = st.integers(min_value=0, max_value=365)
kinds = st.sampled_from(TermsType.values)


@pytest.mark.parametrize(
    ("date", "number", "kind", "due"),
    [
        ("2026-11-22", 14, TermsType.DAYS_AFTER_BILL_DATE, "2026-12-06"),
        ("2026-11-22", 0, TermsType.DAYS_AFTER_BILL_DATE, "2026-11-22"),
        ("2026-11-22", 7, TermsType.DAYS_AFTER_BILL_MONTH, "2026-12-07"),
        ("2028-02-10", 1, TermsType.DAYS_AFTER_BILL_MONTH, "2028-03-01"),
        ("2026-11-05", 20, TermsType.OF_CURRENT_MONTH, "2026-11-20"),
        ("2026-11-22", 20, TermsType.OF_CURRENT_MONTH, "2026-11-22"),
        ("2026-11-22", 20, TermsType.OF_FOLLOWING_MONTH, "2026-12-20"),
        ("2026-12-22", 20, TermsType.OF_FOLLOWING_MONTH, "2027-01-20"),
        ("2026-01-31", 31, TermsType.OF_FOLLOWING_MONTH, "2026-02-28"),
        ("2028-01-31", 31, TermsType.OF_FOLLOWING_MONTH, "2028-02-29"),
    ],
)
def test_each_kind_counts_as_xero_describes_it(date, number, kind, due) -> None:
    found = due_date(dt.date.fromisoformat(date), days=number, kind=kind)
    assert found == dt.date.fromisoformat(due)


@given(dates, days, kinds)
def test_nothing_is_due_before_its_date(date, number, kind) -> None:
    assert due_date(date, days=number, kind=kind) >= date


@given(dates, days, kinds)
def test_more_days_are_never_due_earlier(date, number, kind) -> None:
    assert due_date(date, days=number + 1, kind=kind) >= due_date(date, days=number, kind=kind)


@given(dates, st.integers(min_value=1, max_value=365))
def test_a_day_that_the_following_month_lacks_is_its_last(date, number) -> None:
    due = due_date(date, days=number, kind=TermsType.OF_FOLLOWING_MONTH)
    length = calendar.monthrange(due.year, due.month)[1]
    assert due.day == min(number, length)
    assert (due.year * 12 + due.month) - (date.year * 12 + date.month) == 1


@given(dates, days)
def test_days_after_the_month_count_from_its_last_day(date, number) -> None:
    due = due_date(date, days=number, kind=TermsType.DAYS_AFTER_BILL_MONTH)
    last = date.replace(day=calendar.monthrange(date.year, date.month)[1])
    assert (due - last).days == number


@pytest.mark.parametrize(
    ("days", "kind", "words"),
    [
        (1, TermsType.DAYS_AFTER_BILL_DATE, "1 day after the invoice date"),
        (14, TermsType.DAYS_AFTER_BILL_MONTH, "14 days after the end of the invoice month"),
        (20, TermsType.OF_FOLLOWING_MONTH, "20 of the following month"),
    ],
)
def test_terms_are_read_as_words(days, kind, words) -> None:
    assert in_words(days, kind) == words
