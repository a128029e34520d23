"""Lists of invoices: by number, status, contact, date, and in pages."""

import pytest

from simulators.xero.tests.caller import Api, Simulator, line


@pytest.fixture
def held(api: Api) -> Api:
    dana, erin = (
        api.contact(name, ContactNumber=name[0])["ContactID"] for name in ("Dana", "Erin")
    )
    api.invoice(dana, InvoiceNumber="A-1", Reference="north", Date="2026-01-10")
    api.invoice(dana, InvoiceNumber="A-2", Status="DRAFT", Date="2026-02-10")
    api.invoice(erin, InvoiceNumber="B-1", Reference="south", Date="2026-03-10")
    spent = [line(AccountCode="429", TaxType="INPUT", UnitAmount=20)]
    api.invoice(erin, InvoiceNumber="B-1", Type="ACCPAY", LineItems=spent, Date="2026-04-10")
    return api


def numbers(api: Api, **query: object) -> list[str]:
    rows = api.rows("Invoices", **query)
    return [f"{row['InvoiceNumber']} {row['Type'][3:].lower()}" for row in rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"InvoiceNumbers": "a-1,B-1"}, ["A-1 rec", "B-1 rec", "B-1 pay"]),
        ({"Statuses": "DRAFT,PAID"}, ["A-2 rec"]),
        ({"where": 'InvoiceNumber=="B-1" AND Type=="ACCREC"'}, ["B-1 rec"]),
        ({"where": 'Reference=="NORTH"'}, ["A-1 rec"]),
        ({"where": 'Contact.Name=="erin" AND AmountDue>50'}, ["B-1 rec"]),
        ({"where": 'Contact.ContactNumber=="D" AND Status=="DRAFT"'}, ["A-2 rec"]),
        (
            {"where": "Date>=DateTime(2026,02,10) AND Date<DateTime(2026,04,10)"},
            ["A-2 rec", "B-1 rec"],
        ),
        ({"where": "Total==22"}, ["B-1 pay"]),
        ({"searchTerm": "sou"}, ["B-1 rec"]),
        ({"order": "Date DESC", "page": 1}, ["B-1 pay", "B-1 rec", "A-2 rec", "A-1 rec"]),
    ],
)
def test_invoices_are_found(held: Api, query: dict[str, object], found: list[str]) -> None:
    assert numbers(held, **query) == found


def test_invoices_of_contacts_and_by_id(held: Api) -> None:
    dana = held.rows("Contacts", where='Name=="Dana"')[0]["ContactID"]
    assert numbers(held, ContactIDs=dana) == ["A-1 rec", "A-2 rec"]
    assert numbers(held, ContactIDs=dana, Statuses="DRAFT") == ["A-2 rec"]
    assert numbers(held, where=f'Contact.ContactID==guid("{dana}")') == ["A-1 rec", "A-2 rec"]
    first = held.rows("Invoices", page=1)[0]["InvoiceID"]
    assert numbers(held, IDs=first) == ["A-1 rec"]


def test_one_invoice_is_read_by_id_or_number(held: Api) -> None:
    assert held.rows("Invoices/a-1")[0]["InvoiceNumber"] == "A-1"
    assert held.get("Invoices/nothing").status_code == 404


def test_lines_come_only_with_pages(held: Api) -> None:
    assert all(row["LineItems"] for row in held.rows("Invoices", page=1))
    assert not any(row["LineItems"] for row in held.rows("Invoices"))
    summary = held.rows("Invoices", page=1, summaryOnly="True")[0]
    assert {"LineItems", "Payments", "HasAttachments"}.isdisjoint(summary)


def test_lists_by_parameter_are_paged_by_force(held: Api) -> None:
    answer = held.get("Invoices", Statuses="AUTHORISED").json()
    assert answer["pagination"]["itemCount"] == 3


def test_modified_since_misses_a_due_date_moved_on_a_part_paid_invoice(
    xero: Simulator, api: Api
) -> None:
    held = api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")
    body = {"InvoiceNumber": "PT-1", "Code": "090", "Date": "2026-11-09", "Amount": 1}
    api.put("Payments", body)
    xero.control("clock", advance=120)
    read = xero.state("clock")["clock"]["now"][:19]
    later = {"If-Modified-Since": read}
    xero.control("clock", advance=120)
    address = f"Invoices/{held['InvoiceID']}"
    moved = {"DueDate": "2026-12-24", "SentToContact": True}
    assert api.post(address, moved).status_code == 200
    assert api.rows(address)[0]["DueDateString"] == "2026-12-24T00:00:00"
    assert api.rows("Invoices", page=1, headers=later) == []
    assert api.post(address, {"Reference": "Gate code 7"}).status_code == 200
    assert len(api.rows("Invoices", page=1, headers=later)) == 1
