"""Payment terms: when an invoice is due. The kinds are Xero's (OpenAPI: PaymentTermType)."""

import calendar
import datetime as dt

from django.db import models


class TermsType(models.TextChoices):
    DAYS_AFTER_BILL_DATE = "DAYSAFTERBILLDATE", "day(s) after the invoice date"
    DAYS_AFTER_BILL_MONTH = "DAYSAFTERBILLMONTH", "day(s) after the end of the invoice month"
    OF_CURRENT_MONTH = "OFCURRENTMONTH", "of the current month"
    OF_FOLLOWING_MONTH = "OFFOLLOWINGMONTH", "of the following month"


def in_words(days: int, kind: str) -> str:
    """Return terms as read: "14 days after the invoice date"."""
    label = str(TermsType(kind).label).replace("day(s)", "day" if days == 1 else "days")
    return f"{days} {label}"


def _end_of_month(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _on_day(month: dt.date, number: int) -> dt.date:
    """Day `number` of the month of `month`, or its last day where the month is shorter."""
    last = _end_of_month(month)
    return month.replace(day=min(max(number, 1), last.day))


def due_date(date: dt.date, *, days: int, kind: str) -> dt.date:
    """Return when an invoice of `date` is due: never before `date`."""
    try:
        return max(_by_kind(date, days=days, kind=kind), date)
    except OverflowError:
        return dt.date.max


def _by_kind(date: dt.date, *, days: int, kind: str) -> dt.date:
    if kind == TermsType.DAYS_AFTER_BILL_DATE:
        return date + dt.timedelta(days=days)
    if kind == TermsType.DAYS_AFTER_BILL_MONTH:
        return _end_of_month(date) + dt.timedelta(days=days)
    if kind == TermsType.OF_CURRENT_MONTH:
        return _on_day(date, days)
    return _on_day(_end_of_month(date) + dt.timedelta(days=1), days)
