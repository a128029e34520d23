"""Payments: entered, refused, taken back, and what the invoice says of them."""

from typing import Any

import pytest

from simulators.xero.tests.caller import Api, Json, Simulator, line, messages

NOT_AUTHORISED = "Payments can only be made against Authorised documents"
TOO_LARGE = "Payment amount exceeds the amount outstanding on this document"


@pytest.fixture
def held(api: Api) -> Json:
    return api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")


def payment(invoice: Json, **members: Any) -> Json:
    return {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"Code": "090"},
        "Date": "2026-11-09",
        "Amount": 104.5,
        **members,
    }


def test_a_payment_in_full_pays_the_invoice_and_its_reversal_opens_it(api: Api, held: Json) -> None:
    entered = api.post("Payments", payment(held, Reference="card")).json()["Payments"][0]
    assert (entered["Status"], entered["PaymentType"]) == ("AUTHORISED", "ACCRECPAYMENT")
    paid = api.rows("Invoices/PT-1")[0]
    assert (paid["Status"], paid["AmountPaid"], paid["AmountDue"]) == ("PAID", 104.5, 0)
    assert entered["UpdatedDateUTCString"].endswith("Z")
    assert [one["PaymentID"] for one in paid["Payments"]] == [entered["PaymentID"]]
    address = f"Payments/{entered['PaymentID']}"
    assert api.post(address, {"Status": "DELETED"}).json()["Payments"][0]["Status"] == "DELETED"
    opened = api.rows("Invoices/PT-1")[0]
    assert (opened["Status"], opened["AmountDue"], opened["Payments"]) == ("AUTHORISED", 104.5, [])
    assert "FullyPaidOnDate" not in opened
    assert api.rows(address)[0]["Status"] == "DELETED"
    assert api.post(address, {"Status": "DELETED"}).status_code == 400
    assert api.post(address, {"Amount": 1}).status_code == 400


def test_several_in_one_call_may_not_pay_more_than_is_due(api: Api, held: Json) -> None:
    both = {"Payments": [payment(held, Amount=100), payment(held, Amount=4.51)]}
    answer = api.put("Payments", both)
    assert (answer.status_code, messages(answer)) == (400, [TOO_LARGE])
    assert api.rows("Payments") == []
    api.put("Payments", both, summarizeErrors="false")
    part = api.rows("Invoices/PT-1")[0]
    assert (part["Status"], part["AmountDue"]) == ("AUTHORISED", 4.5)
    assert api.post("Payments", both).status_code == 400


def test_a_paid_invoice_takes_no_more_and_says_so_twice(api: Api, held: Json) -> None:
    api.put("Payments", payment(held))
    assert messages(api.put("Payments", payment(held))) == [NOT_AUTHORISED, TOO_LARGE]


def test_money_goes_to_a_bank_account_or_one_that_takes_payments(api: Api, held: Json) -> None:
    refused = api.put("Payments", payment(held, Account={"Code": "200"}))
    assert messages(refused) == ["The account must be a bank account or be enabled for payments."]
    assert api.put("Payments", payment(held, Account={"Code": "nix"})).status_code == 400
    assert api.put("Payments", payment(held, Account={"Code": "640"})).status_code == 200


@pytest.mark.parametrize("amount", [0, -1, 1.005, "much", None])
def test_an_amount_that_is_none_is_refused(api: Api, held: Json, amount: object) -> None:
    assert api.put("Payments", payment(held, Amount=amount)).status_code == 400


def test_only_an_approved_invoice_outside_locked_days_is_paid(
    xero: Simulator, api: Api, held: Json
) -> None:
    draft = api.invoice(held["Contact"]["ContactID"], Status="DRAFT")
    assert messages(api.put("Payments", payment(draft))) == [NOT_AUTHORISED]
    entered = api.put("Payments", payment(held, Amount=5)).json()["Payments"][0]
    xero.act("set_lock_dates", period="2026-11-10")
    answer = api.post(f"Payments/{entered['PaymentID']}", {"Status": "DELETED"})
    assert "period lock date" in messages(answer)[0]
    assert "period lock date" in messages(api.put("Payments", payment(held)))[0]


def test_payments_are_listed_by_filter_page_and_time(xero: Simulator, api: Api, held: Json) -> None:
    for amount in (10, 20, 30):
        api.put("Payments", payment(held, Amount=amount))
    where = f'Invoice.InvoiceID==guid("{held["InvoiceID"]}")&&Amount>=20'
    page = api.get("Payments", where=where, page=2, pageSize=1).json()
    assert (len(page["Payments"]), page["pagination"]["itemCount"]) == (1, 2)
    later = {"If-Modified-Since": "2099-01-01T00:00:00"}
    assert api.rows("Payments", headers=later) == []


def bill(held: Json, **members: Any) -> Json:
    """Return a bill of the same contact under a number of its own."""
    return {
        "Type": "ACCPAY",
        "InvoiceNumber": "B-7",
        "LineItems": [line(AccountCode="405", TaxType="INPUT")],
        **members,
    }


def test_an_invoice_or_a_bill_may_be_named_by_its_number(api: Api, held: Json) -> None:
    owed = api.invoice(held["Contact"]["ContactID"], **bill(held))
    for named in ({"Invoice": {"InvoiceNumber": "pt-1"}}, {"InvoiceNumber": "B-7"}):
        unnamed = {"Account": {"Code": "090"}, "Date": "2026-11-09", "Amount": 5}
        body = {**unnamed, **named}
        assert api.put("Payments", body).status_code == 200
    paid = [api.rows(f"Invoices/{one['InvoiceID']}")[0]["AmountPaid"] for one in (held, owed)]
    assert paid == [5, 5]
    unknown = {**payment(held), "Invoice": {"InvoiceNumber": "PT-2"}}
    assert api.put("Payments", unknown).status_code == 400


def test_a_number_means_the_bill_that_can_be_paid(api: Api, held: Json) -> None:
    contact = held["Contact"]["ContactID"]
    draft, owed = (
        api.invoice(contact, **bill(held, Status=status)) for status in ("DRAFT", "AUTHORISED")
    )
    body = {**payment(held, Amount=5), "Invoice": {"InvoiceNumber": "B-7"}}
    entered = api.put("Payments", body).json()["Payments"][0]
    assert entered["Invoice"]["InvoiceID"] == owed["InvoiceID"] != draft["InvoiceID"]


def test_a_reconciled_payment_stays_until_a_person_unreconciles_it(
    xero: Simulator, api: Api, held: Json
) -> None:
    entered = api.put("Payments", payment(held)).json()["Payments"][0]
    address = f"Payments/{entered['PaymentID']}"
    xero.act("reconcile_payments", invoice="PT-1")
    assert api.rows(address)[0]["IsReconciled"] is True
    answer = api.post(address, {"Status": "DELETED"})
    assert messages(answer) == ["A reconciled payment cannot be deleted."]
    assert api.rows("Invoices/PT-1")[0]["Status"] == "PAID"
    xero.act("unreconcile_payments", invoice="PT-1")
    assert api.post(address, {"Status": "DELETED"}).status_code == 200
    assert api.rows("Invoices/PT-1")[0]["Status"] == "AUTHORISED"


def test_a_reconciled_payment_can_be_deleted_under_the_other_reading(
    xero: Simulator, api: Api, held: Json
) -> None:
    xero.control("switches", reconciled_deletable=True)
    body = payment(held, IsReconciled=True)
    entered = api.put("Payments", body).json()["Payments"][0]
    deleted = api.post(f"Payments/{entered['PaymentID']}", {"Status": "DELETED"})
    assert deleted.status_code == 200
