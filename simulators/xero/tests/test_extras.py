"""History, e-mail, online address, PDF and files of an invoice; groups of contacts."""

import pytest

from simulators.xero.tests.caller import Api, Json, messages


@pytest.fixture
def held(api: Api) -> Json:
    return api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")


def test_notes_are_added_and_read_and_never_too_long(api: Api, held: Json) -> None:
    contact = f"Contacts/{held['Contact']['ContactID']}/History"
    for address in (contact, "Invoices/PT-1/History"):
        both = {"HistoryRecords": [{"Details": "Sent from the app"}, {"Details": "x" * 2501}]}
        assert api.put(address, both).status_code == 400
        assert api.get(address).json()["HistoryRecords"] == []
        assert api.put(address, {"HistoryRecords": [{"Details": "Pool 7"}]}).status_code == 200
        records = api.get(address).json()["HistoryRecords"]
        assert [one["Details"] for one in records] == ["Pool 7"]


def test_an_invoice_is_sent_once_it_is_no_draft(api: Api, held: Json) -> None:
    assert held["SentToContact"] is False
    answer = api.post("Invoices/PT-1/Email", {})
    assert (answer.status_code, answer.text) == (204, "")
    assert api.rows("Invoices/PT-1")[0]["SentToContact"] is True
    online = api.get("Invoices/PT-1/OnlineInvoice").json()["OnlineInvoices"][0]
    assert online["OnlineInvoiceUrl"].startswith("https://")
    draft = api.invoice(held["Contact"]["ContactID"], Status="DRAFT")["InvoiceID"]
    assert api.post(f"Invoices/{draft}/Email", {}).status_code == 400
    assert api.get(f"Invoices/{draft}/OnlineInvoice").status_code == 400


def test_an_invoice_is_a_pdf_for_who_accepts_one(api: Api, held: Json) -> None:
    answer = api.get("Invoices/PT-1", headers={"Accept": "application/pdf"})
    assert answer.headers["Content-Type"] == "application/pdf"
    start = int(answer.content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert answer.content[start:].startswith(b"xref")
    assert b"(Invoice PT-1 total 104.50 AUD)" in answer.content


def test_files_are_kept_by_name_up_to_ten(api: Api, held: Json) -> None:
    def attach(name: str, content: bytes = b"one", **query: str) -> int:
        address = f"Invoices/PT-1/Attachments/{name}"
        headers = {"Content-Type": "image/png"}
        return api.call("PUT", address, data=content, headers=headers, params=query).status_code

    assert attach("pool.png") == 200
    assert attach("pool.png", b"two!", IncludeOnline="true") == 200
    files = api.get("Invoices/PT-1/Attachments").json()["Attachments"]
    assert [(one["FileName"], one["ContentLength"], one["IncludeOnline"]) for one in files] == [
        ("pool.png", 4, True)
    ]
    read = api.get("Invoices/PT-1/Attachments/pool.png", headers={"Accept": "image/png"})
    assert (read.content, read.headers["Content-Type"]) == (b"two!", "image/png")
    assert api.rows("Invoices/PT-1")[0]["HasAttachments"] is True
    assert attach("a:b.png") == 400
    assert attach("empty.png", b"") == 400
    assert [attach(f"{number}.png") for number in range(10)] == [200] * 9 + [400]
    assert attach("pool.png", b"three") == 200


def test_groups_are_filled_and_emptied(api: Api) -> None:
    dana, erin = (api.contact(name)["ContactID"] for name in ("Dana", "Erin"))
    group = api.put("ContactGroups", {"Name": "Weekly"}).json()["ContactGroups"][0]
    address = f"ContactGroups/{group['ContactGroupID']}"
    assert messages(api.put("ContactGroups", {"Name": "weekly"})) == ["Please enter a unique Name."]
    both = {"Contacts": [{"ContactID": dana}, {"ContactID": erin}]}
    assert api.put(f"{address}/Contacts", both).status_code == 200
    unknown = {"Contacts": [{"ContactID": group["ContactGroupID"]}]}
    assert api.put(f"{address}/Contacts", unknown).status_code == 400
    assert len(api.rows(address)[0]["Contacts"]) == 2
    assert api.rows(f"Contacts/{dana}")[0]["ContactGroups"][0]["Name"] == "Weekly"
    assert api.call("DELETE", f"{address}/Contacts/{dana}").status_code == 204
    assert [one["ContactID"] for one in api.rows(address)[0]["Contacts"]] == [erin]
    assert api.call("DELETE", f"{address}/Contacts").status_code == 204
    assert api.post(address, {"Status": "DELETED"}).status_code == 200
    assert api.rows("ContactGroups") == []
    assert api.put("ContactGroups", {"Name": "Weekly"}).status_code == 200


def test_an_organisation_has_at_most_a_hundred_groups(api: Api) -> None:
    groups = [{"Name": f"Group {number}"} for number in range(101)]
    answer = api.put("ContactGroups", {"ContactGroups": groups})
    assert messages(answer) == ["You've reached the limit of 100 contact groups."]
