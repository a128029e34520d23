"""What day it is at a business: invoices are dated and fall due by its own clock."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from businesses.models import Business
from businesses.terms import due_date
from contacts.models import Contact


def today(business: Business) -> dt.date:
    return timezone.localdate(timezone=ZoneInfo(business.time_zone))


def due_by_terms(contact: Contact, *, date: dt.date) -> dt.date:
    """When an invoice of `date` is due by the contact's terms, or else the business's."""
    days, kind = contact.effective_terms
    return due_date(date, days=days, kind=kind)
