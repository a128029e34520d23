"""Xero's ceiling for lists: a call that would go through too many records is refused."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.listing import modified
from simulators.xero.accounting.where import Filter
from simulators.xero.table import Row, Table

RowT = TypeVar("RowT", bound=Row)


class HighVolume(Exception):
    """Too many records would have to be looked at; the text says what to do about it."""


@dataclass(frozen=True)
class Optimised:
    """By what a list can be filtered and ordered without looking at every record."""

    filters: Collection[str]
    orders: Collection[str]


CONTACTS = Optimised(
    filters=frozenset({"Name", "EmailAddress", "AccountNumber"}),
    orders=frozenset({"contactid", "updateddateutc", "name"}),
)
INVOICES = Optimised(
    filters=frozenset(
        {
            "Status",
            "Contact.ContactID",
            "Contact.Name",
            "Contact.ContactNumber",
            "Reference",
            "InvoiceNumber",
            "InvoiceID",
            "Type",
            "AmountPaid",
            "Date",
            "DueDate",
            "AmountDue",
        }
    ),
    orders=frozenset({"invoiceid", "updateddateutc", "date"}),
)


def check_volume(
    call: Call, table: Table[RowT], chosen: Filter | None, optimised: Optimised, *, paged: bool
) -> None:
    """Raise HighVolume where the list is too long to be read whole, or searched so."""
    orders = {part.split()[0].lower() for part in call.text("order").split(",") if part.strip()}
    filters = chosen.fields if chosen else frozenset[str]()
    is_cheap = filters <= frozenset(optimised.filters) and orders <= frozenset(optimised.orders)
    if (is_cheap and paged) or len(table) <= call.most_rows:
        return
    if sum(1 for _ in modified(call, table)) > call.most_rows:
        raise HighVolume("Too many records: use paging and the optimised filters and orders.")
