"""Overpayments and prepayments, which bank transactions make: read, listed and shown."""

from simulators.xero.accounting.allocation_render import allocation_of
from simulators.xero.accounting.bank_transactions import listed, named, render_shared
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.accounting.payment_render import render_brief
from simulators.xero.accounting.series import Series, series_of
from simulators.xero.answers import Answer, envelope
from simulators.xero.wire import Json, number, utc_string


def list_credits(series: Series, call: Call) -> Answer:
    return listed(call, call.organisation.documents(series.types[0]), series.name, render_credit)


def read_credit(series: Series, call: Call) -> Answer:
    rendered = render_credit(call.organisation, named_credit(series, call))
    return envelope(f"{series.name}s", [rendered], call.now)


def named_credit(series: Series, call: Call) -> Invoice:
    return named(call, call.organisation.documents(series.types[0]))


def render_credit(organisation: Organisation, credit: Invoice) -> Json:
    return {
        **render_shared(organisation, credit),
        series_of(credit).id_member: credit.id,
        "UpdatedDateUTCString": utc_string(credit.updated),
        "RemainingCredit": number(credit.amount_due),
        "Allocations": [allocation_of(organisation, one) for one in credit.allocations],
        "Payments": [render_brief(payment) for payment in credit.payments],
    }
