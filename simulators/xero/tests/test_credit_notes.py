"""Credit notes: their life, allocation to invoices, and refunds."""

from typing import Any

import pytest

from simulators.xero.tests.caller import Api, Json, Simulator, invoice, line, messages


@pytest.fixture
def dana(api: Api) -> str:
    return api.contact()["ContactID"]


def credit(contact_id: str, **members: Any) -> Json:
    body = invoice(contact_id, **{"Type": "ACCRECCREDIT", **members})
    del body["DueDate"]
    return body


def written(api: Api, contact_id: str, **members: Any) -> Json:
    answer = api.put("CreditNotes", credit(contact_id, **members))
    assert answer.status_code == 200, answer.text
    return answer.json()["CreditNotes"][0]


def allocation(held: Json, amount: float, **members: Any) -> Json:
    return {
        "Invoice": {"InvoiceID": held["InvoiceID"]},
        "Amount": amount,
        "Date": "2026-11-10",
        **members,
    }


def test_a_credit_note_is_totalled_numbered_and_read(api: Api, dana: str) -> None:
    note = written(api, dana)
    assert (note["CreditNoteNumber"], note["Total"], note["RemainingCredit"]) == (
        "CN-0001",
        104.5,
        104.5,
    )
    read = api.rows("CreditNotes/CN-0001")[0]
    assert read["LineItems"][0]["LineAmount"] == 95
    assert "InvoiceID" not in read
    page = api.rows("CreditNotes", where='CreditNoteNumber=="CN-0001"', page=1)
    assert [one["CreditNoteID"] for one in page] == [note["CreditNoteID"]]


def test_it_follows_the_rules_of_invoices(xero: Simulator, api: Api, dana: str) -> None:
    note = written(api, dana, Status="DRAFT", CreditNoteNumber="C-1")
    address = f"CreditNotes/{note['CreditNoteID']}"
    assert messages(api.post(address, {"Status": "VOIDED"})) == [
        "Invoice not of valid status for modification"
    ]
    assert api.post(address, {"Status": "DELETED"}).status_code == 200
    assert api.put("CreditNotes", credit(dana, CreditNoteNumber="c-1")).status_code == 400
    assert api.put("CreditNotes", credit(dana, Type="ACCREC")).status_code == 400
    wrong = api.put("CreditNotes", credit(dana, LineItems=[line(AccountCode="610")]))
    assert "not a valid code" in messages(wrong)[0]
    xero.act("set_lock_dates", period="2026-11-02")
    assert "period lock date" in messages(api.put("CreditNotes", credit(dana)))[0]


def test_credit_allocated_in_full_pays_both_documents(api: Api, dana: str) -> None:
    held, note = api.invoice(dana), written(api, dana)
    address = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    both = {"Allocations": [allocation(held, 100), allocation(held, 4.5)]}
    assert len(api.put(address, both).json()["Allocations"]) == 2
    paid = api.rows(f"Invoices/{held['InvoiceID']}")[0]
    assert (paid["Status"], paid["AmountCredited"], paid["AmountDue"]) == ("PAID", 104.5, 0)
    assert [one["AppliedAmount"] for one in paid["CreditNotes"]] == [100, 4.5]
    used = api.rows(f"CreditNotes/{note['CreditNoteID']}")[0]
    assert (used["Status"], used["RemainingCredit"], len(used["Allocations"])) == ("PAID", 0, 2)
    assert api.post(f"Invoices/{held['InvoiceID']}", {"Status": "VOIDED"}).status_code == 400
    assert api.put(address, allocation(held, 1)).status_code == 400


def test_an_allocation_is_refused_whole(api: Api, dana: str) -> None:
    held, note = api.invoice(dana), written(api, dana)
    other = api.invoice(api.contact("Erin")["ContactID"])
    address = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    assert "exceeds" in messages(api.put(address, allocation(held, 104.51)))[0]
    assert "same contact" in messages(api.put(address, allocation(other, 1)))[0]
    assert api.put("CreditNotes/nix/Allocations", allocation(held, 1)).status_code == 404
    both = {"Allocations": [allocation(held, 1), allocation(held, 200)]}
    assert api.put(address, both).status_code == 400
    assert api.rows(f"CreditNotes/{note['CreditNoteID']}")[0]["RemainingCredit"] == 104.5


def test_a_refund_uses_credit_up(api: Api, dana: str) -> None:
    note = written(api, dana)
    refund = {
        "CreditNote": {"CreditNoteID": note["CreditNoteID"]},
        "Account": {"Code": "090"},
        "Amount": 104.5,
        "Date": "2026-11-12",
    }
    entered = api.put("Payments", refund).json()["Payments"][0]
    assert entered["PaymentType"] == "ARCREDITPAYMENT"
    assert entered["CreditNote"]["CreditNoteNumber"] == "CN-0001"
    address = f"CreditNotes/{note['CreditNoteID']}"
    assert api.rows(address)[0]["Status"] == "PAID"
    api.post(f"Payments/{entered['PaymentID']}", {"Status": "DELETED"})
    assert api.rows(address)[0]["RemainingCredit"] == 104.5
