"""Batch payments: one amount at the bank for several invoices, and what each of them says of it."""

from typing import Any

import pytest

from simulators.xero.tests.caller import Api, Json, Simulator, line, messages

NOT_ALONE = "Payments within a batch cannot be deleted."


@pytest.fixture
def dana(api: Api) -> str:
    return api.contact()["ContactID"]


@pytest.fixture
def two(api: Api, dana: str) -> list[Json]:
    return [api.invoice(dana, InvoiceNumber=f"PT-{number}") for number in (1, 2)]


def batch(invoices: list[Json], amounts: tuple[float, ...] = (104.5, 4.5), **members: Any) -> Json:
    payments = [
        {"Invoice": {"InvoiceID": one["InvoiceID"]}, "Amount": amount}
        for one, amount in zip(invoices, amounts, strict=True)
    ]
    return {
        "Account": {"Code": "090"},
        "Date": "2026-11-09",
        "Reference": "Deposit",
        "Payments": payments,
        **members,
    }


def entered(api: Api, body: Json) -> Json:
    answer = api.put("BatchPayments", {"BatchPayments": [body]})
    assert answer.status_code == 200, answer.text
    return answer.json()["BatchPayments"][0]


def test_a_batch_pays_its_invoices_and_each_payment_names_it(api: Api, two: list[Json]) -> None:
    made = entered(api, batch(two))
    assert (made["Type"], made["Status"], made["TotalAmount"]) == ("RECBATCH", "AUTHORISED", 109)
    read = api.rows(f"BatchPayments/{made['BatchPaymentID']}")[0]
    assert [one["Amount"] for one in read["Payments"]] == [104.5, 4.5]
    full, part = (api.rows(f"Invoices/{one['InvoiceID']}")[0] for one in two)
    assert (full["Status"], part["Status"], part["AmountDue"]) == ("PAID", "AUTHORISED", 100)
    assert full["Payments"][0]["BatchPaymentID"] == made["BatchPaymentID"]
    payment = api.rows(f"Payments/{full['Payments'][0]['PaymentID']}")[0]
    assert payment["BatchPayment"]["TotalAmount"] == 109
    assert payment["Account"]["Code"] == "090"


def test_a_payment_of_a_batch_is_not_deleted_alone_but_with_it(api: Api, two: list[Json]) -> None:
    made = entered(api, batch(two))
    answer = api.post(f"Payments/{made['Payments'][0]['PaymentID']}", {"Status": "DELETED"})
    assert messages(answer) == [NOT_ALONE]
    assert api.rows("Invoices/PT-1")[0]["Status"] == "PAID"
    address = f"BatchPayments/{made['BatchPaymentID']}"
    gone = api.post(address, {"Status": "DELETED"}).json()["BatchPayments"][0]
    assert (gone["Status"], gone["Payments"], gone["TotalAmount"]) == ("DELETED", [], 109)
    opened = [api.rows(f"Invoices/PT-{number}")[0] for number in (1, 2)]
    assert [(one["Status"], one["AmountDue"]) for one in opened] == [("AUTHORISED", 104.5)] * 2
    assert api.post(address, {"Status": "DELETED"}).status_code == 400


def test_a_batch_is_deleted_by_the_id_in_the_body_too(api: Api, two: list[Json]) -> None:
    made = entered(api, batch(two))
    named = {"BatchPaymentID": made["BatchPaymentID"], "Status": "DELETED"}
    assert api.post("BatchPayments", named).status_code == 200
    assert api.rows("BatchPayments", where='Status=="AUTHORISED"') == []


def test_a_batch_is_refused_whole(api: Api, dana: str, two: list[Json]) -> None:
    answer = api.put("BatchPayments", {"BatchPayments": [batch(two, (104.5, 104.51))]})
    assert answer.status_code == 400
    element = answer.json()["Elements"][0]
    assert "exceeds" in element["Payments"][1]["ValidationErrors"][0]["Message"]
    assert api.rows("Payments") == api.rows("BatchPayments") == []
    bill = api.invoice(dana, Type="ACCPAY", LineItems=[line(AccountCode="405", TaxType="INPUT")])
    mixed = api.put("BatchPayments", {"BatchPayments": [batch([two[0], bill])]})
    assert messages(mixed) == ["A batch pays either invoices or bills."]
    assert api.put("BatchPayments", batch([], ())).status_code == 400
    assert entered(api, batch([bill], (5.0,)))["Type"] == "PAYBATCH"


def test_a_person_pays_several_invoices_at_once(xero: Simulator, api: Api, two: list[Json]) -> None:
    xero.act("pay_in_batch", invoices=["PT-1", "PT-2"])
    paid = [api.rows(f"Invoices/PT-{number}")[0] for number in (1, 2)]
    assert [one["Status"] for one in paid] == ["PAID", "PAID"]
    made = api.rows("BatchPayments")[0]
    assert made["TotalAmount"] == 209
    # The bank has one line for all of them: matched it is all of them that are reconciled.
    xero.act("reconcile_payments", invoice="PT-1")
    assert api.rows("BatchPayments")[0]["IsReconciled"] is True
    assert all(one["IsReconciled"] for one in api.rows("Payments"))
    answer = api.post(f"BatchPayments/{made['BatchPaymentID']}", {"Status": "DELETED"})
    assert "reconciled" in messages(answer)[0]


def test_an_act_that_cannot_pay_one_pays_none(xero: Simulator, api: Api, two: list[Json]) -> None:
    api.invoice(two[0]["Contact"]["ContactID"], InvoiceNumber="PT-3", Status="DRAFT")
    answer = xero.control("act", do="pay_in_batch", invoices=["PT-1", "PT-3"])
    assert answer.status_code == 400
    assert api.rows("Invoices/PT-1")[0]["AmountDue"] == 104.5


def test_a_locked_day_holds_a_batch(xero: Simulator, api: Api, two: list[Json]) -> None:
    made = entered(api, batch(two))
    xero.act("set_lock_dates", period="2026-11-09")
    address = f"BatchPayments/{made['BatchPaymentID']}"
    assert "lock date" in messages(api.post(address, {"Status": "DELETED"}))[0]
    assert api.rows(address)[0]["Status"] == "AUTHORISED"
