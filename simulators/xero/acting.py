"""What every act stands on: finding what it names, and saying why it cannot be done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.contact_model import Contact, folded
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.problems import Problems
from simulators.xero.accounting.settings_model import Account
from simulators.xero.wire import Json


class ActRefused(Exception):
    """Xero would not let a person do this; the text says why."""


Act = Callable[[Call, Json], Json]


def the_contact(call: Call, named: object) -> Contact:
    contacts, text = call.organisation.contacts, str(named)
    found = (
        contacts.get(text)
        or contacts.find("number", folded(text))
        or contacts.find("name", folded(text))
        or contacts.find("archived name", folded(text))
    )
    if found is None:
        raise ActRefused(f"No contact {text}.")
    return found


def the_invoice(call: Call, named: object) -> Invoice:
    invoices, text = call.organisation.invoices, str(named)
    found = invoices.get(text) or invoices.find("number", text.casefold())
    if found is None:
        raise ActRefused(f"No invoice {text}.")
    return found


def the_account(call: Call, named: object) -> Account:
    accounts, text = call.organisation.accounts, str(named)
    found = accounts.get(text) or accounts.find("code", text.casefold())
    if found is None:
        raise ActRefused(f"No account {text}.")
    return found


def refuse_if(problems: Problems) -> None:
    if problems:
        raise ActRefused(" ".join(message for _, message in problems.found()))


@contextmanager
def wholly(call: Call) -> Iterator[Problems]:
    """Collect problems; where there are any, undo everything and refuse."""
    undo, problems = call.organisation.undo, Problems()
    undo.begin()
    try:
        yield problems
        if problems:
            undo.roll_back(0)
    finally:
        undo.end()
    refuse_if(problems)
