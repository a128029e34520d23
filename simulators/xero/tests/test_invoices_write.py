"""Invoices: creation, life cycle, numbers, locks, money, and the lines' coming and going."""

from typing import Any

import pytest

from simulators.xero.tests.caller import Api, Simulator, invoice, line, messages


@pytest.fixture
def dana(api: Api) -> str:
    return api.contact()["ContactID"]


def test_an_invoice_comes_back_whole(api: Api, dana: str) -> None:
    held = api.invoice(
        dana,
        InvoiceNumber="PT-1",
        Reference="Pool 7",
        Url="https://pooltrackr.example/invoices/1",
        LineItems=[line(Quantity=1.5, UnitAmount=33.3333, DiscountRate=10)],
    )
    read = api.rows(f"Invoices/{held['InvoiceID']}")[0]
    assert read["Total"] == 49.5
    assert (read["SubTotal"], read["TotalTax"]) == (45.0, 4.5)
    assert (read["DateString"], read["DueDateString"]) == (
        "2026-11-02T00:00:00",
        "2026-11-16T00:00:00",
    )
    assert read["Date"] == "/Date(1793577600000+0000)/"
    assert read["UpdatedDateUTCString"].endswith("Z")
    assert read["LineItems"][0]["UnitAmount"] == 33.3333
    assert read["LineItems"][0]["AccountCode"] == "201"
    assert (read["Reference"], read["Url"]) == (
        "Pool 7",
        "https://pooltrackr.example/invoices/1",
    )
    assert read["Contact"]["Name"] == "Dana Brook"


def test_a_missing_date_is_today_where_the_organisation_is(api: Api, dana: str) -> None:
    body = invoice(dana)
    del body["Date"]
    created = api.put("Invoices", body).json()["Invoices"][0]
    assert created["DateString"][:4] >= "2026"


def test_sales_are_numbered_and_their_numbers_unique(api: Api, dana: str) -> None:
    assert api.invoice(dana)["InvoiceNumber"] == "INV-0001"
    api.invoice(dana, InvoiceNumber="INV-0002")
    assert api.invoice(dana)["InvoiceNumber"] == "INV-0003"
    answer = api.put("Invoices", invoice(dana, InvoiceNumber="inv-0002"))
    assert messages(answer) == ["Invoice # must be unique."]


def test_bills_may_share_a_number(api: Api, dana: str) -> None:
    bill = {"Type": "ACCPAY", "InvoiceNumber": "7"}
    spent = [line(AccountCode="429", TaxType="INPUT")]
    for _ in range(2):
        assert api.put("Invoices", invoice(dana, LineItems=spent, **bill)).status_code == 200


def test_the_number_of_a_voided_invoice_stays_taken_unless_switched(
    xero: Simulator, api: Api, dana: str
) -> None:
    held = api.invoice(dana, InvoiceNumber="PT-1")
    api.post(f"Invoices/{held['InvoiceID']}", {"Status": "VOIDED"})
    again = invoice(dana, InvoiceNumber="PT-1")
    assert messages(api.put("Invoices", again)) == ["Invoice # must be unique."]
    xero.control("switches", voided_number_reusable=True)
    assert api.put("Invoices", again).status_code == 200


def test_post_with_a_known_number_edits_that_invoice(api: Api, dana: str) -> None:
    held = api.invoice(dana, InvoiceNumber="PT-1")
    answer = api.post("Invoices", invoice(dana, InvoiceNumber="PT-1", Reference="again"))
    assert answer.json()["Invoices"][0]["InvoiceID"] == held["InvoiceID"]
    assert len(api.rows("Invoices", page=1)) == 1


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Type": "SALE"}, "The Type must be ACCREC or ACCPAY."),
        ({"Contact": None}, "An invoice must have a contact."),
        ({"LineItems": []}, "One or more line items must be specified."),
        ({"DueDate": None}, "A due date is needed to approve or submit this invoice."),
        ({"Status": "PAID"}, "Invoice not of valid status for creation"),
        ({"Status": "VOIDED"}, "Invoice not of valid status for creation"),
        ({"Status": "OPEN"}, "The invoice status is not valid."),
        ({"Date": "soon"}, "The date is not valid."),
        ({"CurrencyCode": "EUR"}, "Organisation is not subscribed to currency EUR"),
        ({"LineAmountTypes": "Both"}, "LineAmountTypes must be Exclusive, Inclusive or NoTax."),
        ({"Url": "https://xero.example/1"}, "The Url must not contain the word xero."),
        ({"Url": "invoices/1"}, "The Url must be an absolute address."),
        ({"BrandingThemeID": "x"}, "The BrandingThemeID does not match a branding theme."),
        ({"InvoiceNumber": "1" * 256}, "InvoiceNumber must not be longer than 255 characters."),
    ],
)
def test_what_xero_does_not_take_is_refused(
    api: Api, dana: str, members: dict[str, Any], message: str
) -> None:
    answer = api.put("Invoices", {**invoice(dana), **members})
    assert answer.status_code == 400
    assert messages(answer) == [message]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"Quantity": -1},
            "The quantity value '-1.0000' is invalid. Quantity must not be less than zero.",
        ),
        ({"AccountCode": "610"}, "Account code '610' is not a valid code for this document."),
        ({"AccountCode": "090"}, "Account code '090' is not a valid code for this document."),
        ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        (
            {"AccountCode": "219"},
            "Account code '219' has been archived, or has been deleted. Each line item must "
            "reference a valid account.",
        ),
        ({"AccountCode": ""}, "Account must be valid."),
        ({"TaxType": "OUTPUT9"}, "Tax rate must be valid."),
        (
            {"TaxType": "INPUT"},
            "The TaxType code 'INPUT' cannot be used with account code '201'.",
        ),
        ({"Description": ""}, "A description is needed on every line."),
        ({"Description": "d" * 4001}, "Description must not be longer than 4000 characters."),
        ({"DiscountRate": 101}, "The discount rate must be between 0 and 100."),
        ({"LineAmount": 99}, "The line total 99 does not match the expected line total 95.00"),
        ({"UnitAmount": -1}, "The total of the document must not be less than zero."),
        ({"UnitAmount": 99999999999}, "The line amount exceeds 9,999,999,999.99."),
        ({"ItemCode": "NONE"}, "Item code 'NONE' is not valid"),
        (
            {"Tracking": [{"Name": "Region", "Option": "North"}] * 3},
            "A line can have at most 2 tracking categories.",
        ),
        (
            {"Tracking": [{"Name": "Zone", "Option": "North"}]},
            "Unknown tracking details. A Tracking Category did not match a known Active "
            "TrackingCategory",
        ),
        (
            {"Tracking": [{"Name": "Region", "Option": "West"}]},
            "The tracking option does not exist or is archived.",
        ),
    ],
)
def test_a_line_that_xero_does_not_take_is_refused(
    api: Api, dana: str, members: dict[str, Any], message: str
) -> None:
    answer = api.put("Invoices", invoice(dana, LineItems=[line(**members)]))
    assert answer.status_code == 400
    assert messages(answer) == [message]


def test_a_draft_takes_lines_without_account_and_warns_of_unknown_ones(api: Api, dana: str) -> None:
    lines = [{"Description": "To be seen"}, line(AccountCode="999")]
    body = invoice(dana, Status="DRAFT", DueDate=None, LineItems=lines)
    answer = api.put("Invoices", body, summarizeErrors="false")
    created = answer.json()["Invoices"][0]
    assert created["StatusAttributeString"] == "WARNING"
    assert created["Warnings"] == [
        {
            "Message": "Account code '999' has been removed as it does not match a recognised "
            "account."
        }
    ]
    assert all("AccountCode" not in one for one in created["LineItems"])


def test_the_account_fills_in_its_tax_and_the_item_everything(api: Api, dana: str) -> None:
    lines = [
        {"Description": "Test", "UnitAmount": 20, "AccountCode": "205"},
        {"ItemCode": "SALT20", "Quantity": 2},
    ]
    first, second = api.invoice(dana, LineItems=lines)["LineItems"]
    assert first["TaxType"] == "EXEMPTOUTPUT"
    assert (second["Description"], second["UnitAmount"], second["LineAmount"]) == (
        "Pool salt 20 kg",
        13.9,
        27.8,
    )
    assert (second["AccountCode"], second["TaxType"]) == ("202", "OUTPUT")


def test_a_line_may_name_its_account_by_id(api: Api, dana: str) -> None:
    account = next(one for one in api.rows("Accounts") if one.get("Code") == "204")
    lines = [{**line(AccountID=account["AccountID"]), "AccountCode": ""}]
    assert api.invoice(dana, LineItems=lines)["LineItems"][0]["AccountCode"] == "204"


def test_prices_keep_four_decimals_only_when_asked(api: Api, dana: str) -> None:
    lines = [line(Quantity=10, UnitAmount=1.2345)]
    coarse = api.put("Invoices", invoice(dana, LineItems=lines)).json()["Invoices"][0]
    fine = api.put("Invoices", invoice(dana, LineItems=lines), unitdp=4).json()["Invoices"][0]
    assert (coarse["LineItems"][0]["UnitAmount"], coarse["SubTotal"]) == (1.23, 12.3)
    assert (fine["LineItems"][0]["UnitAmount"], fine["SubTotal"]) == (1.2345, 12.35)
    updated = api.post(f"Invoices/{fine['InvoiceID']}", {"Reference": "r"}).json()
    assert updated["Invoices"][0]["SubTotal"] == 12.35


def test_an_update_replaces_the_set_of_lines(api: Api, dana: str) -> None:
    held = api.invoice(dana, Status="DRAFT", LineItems=[line(), line(Description="Salt")])
    keep = held["LineItems"][1]["LineItemID"]
    lines = [{"LineItemID": keep, "Quantity": 3}, line(Description="New")]
    changed = api.post(f"Invoices/{held['InvoiceID']}", {"LineItems": lines}).json()["Invoices"][0]
    assert [one["Description"] for one in changed["LineItems"]] == ["Salt", "New"]
    assert changed["LineItems"][0]["LineItemID"] == keep
    assert changed["SubTotal"] == 4 * 95
    alien = [{**line(), "LineItemID": "00000000-0000-0000-0000-000000000001"}]
    answer = api.post(f"Invoices/{held['InvoiceID']}", {"LineItems": alien})
    assert messages(answer) == ["The LineItemID does not match a line of this invoice."]


@pytest.mark.parametrize(
    ("start", "end", "allowed"),
    [
        ("DRAFT", "SUBMITTED", True),
        ("DRAFT", "AUTHORISED", True),
        ("DRAFT", "DELETED", True),
        ("DRAFT", "VOIDED", False),
        ("SUBMITTED", "DRAFT", True),
        ("SUBMITTED", "DELETED", True),
        ("AUTHORISED", "VOIDED", True),
        ("AUTHORISED", "DELETED", False),
        ("AUTHORISED", "DRAFT", False),
        ("AUTHORISED", "PAID", False),
    ],
)
def test_the_life_cycle(api: Api, dana: str, start: str, end: str, *, allowed: bool) -> None:
    held = api.invoice(dana, Status=start)
    answer = api.post(f"Invoices/{held['InvoiceID']}", {"Status": end})
    assert (answer.status_code == 200) is allowed
    if not allowed:
        assert messages(answer) == ["Invoice not of valid status for modification"]


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_the_dead_cannot_be_changed(api: Api, dana: str, status: str) -> None:
    held = api.invoice(dana, Status="AUTHORISED" if status == "VOIDED" else "DRAFT")
    address = f"Invoices/{held['InvoiceID']}"
    gone = api.post(address, {"Status": status}).json()["Invoices"][0]
    assert gone["AmountDue"] == 0
    answer = api.post(address, {"Reference": "late"})
    assert messages(answer) == ["Invoice not of valid status for modification"]


def test_an_invoice_with_money_keeps_its_amounts(xero: Simulator, api: Api, dana: str) -> None:
    held = api.invoice(dana)
    address = f"Invoices/{held['InvoiceID']}"
    xero.act("pay_invoice", invoice=held["InvoiceID"], amount=50)
    allowed = api.post(address, {"Reference": "r", "DueDate": "2026-12-24"})
    assert allowed.json()["Invoices"][0]["AmountDue"] == 54.5
    more = [{"LineItemID": held["LineItems"][0]["LineItemID"], "Quantity": 2}]
    assert messages(api.post(address, {"LineItems": more})) == [
        "This document cannot be edited as it has a payment or credit note allocated to it."
    ]
    assert messages(api.post(address, {"Status": "VOIDED"})) == [
        "The status VOIDED cannot be applied to the invoice because it has payments or credit "
        "notes allocated to it."
    ]
    renamed = [{"LineItemID": held["LineItems"][0]["LineItemID"], "AccountCode": "204"}]
    assert api.post(address, {"LineItems": renamed}).status_code == 200


def test_a_locked_period_takes_nothing_in_and_lets_nothing_out(
    xero: Simulator, api: Api, dana: str
) -> None:
    held = api.invoice(dana, Date="2026-06-30")
    xero.act("set_lock_dates", period="2026-06-30")
    words = "The document date cannot be before the period lock date, currently set at 30 June 2026"
    assert messages(api.put("Invoices", invoice(dana, Date="2026-06-30"))) == [words]
    assert messages(api.post(f"Invoices/{held['InvoiceID']}", {"Status": "VOIDED"})) == [words]
    assert api.put("Invoices", invoice(dana, Date="2026-07-01")).status_code == 200
    assert api.put("Invoices", invoice(dana, Date="2026-06-30", Status="DRAFT")).status_code == 200
    xero.act("set_lock_dates", period=None, year="2026-06-30")
    answer = api.put("Invoices", invoice(dana, Date="2026-05-01"))
    assert "end of year lock date, currently set at 30 June 2026" in messages(answer)[0]


def test_an_archived_contact_takes_no_new_invoice(api: Api, dana: str) -> None:
    held = api.invoice(dana, Status="DRAFT")
    api.post(f"Contacts/{dana}", {"ContactStatus": "ARCHIVED"})
    answer = api.put("Invoices", invoice(dana))
    assert messages(answer) == [
        "The contact with the specified contact details has been archived. The contact must be "
        "un-archived before creating new invoices or credit notes."
    ]
    assert api.post(f"Invoices/{held['InvoiceID']}", {"Reference": "r"}).status_code == 200


def test_a_name_alone_finds_or_creates_the_contact(xero: Simulator, api: Api, dana: str) -> None:
    body = invoice(dana, Contact={"Name": "dana brook"})
    assert api.put("Invoices", body).json()["Invoices"][0]["Contact"]["ContactID"] == dana
    body = invoice(dana, Contact={"Name": "Nobody Yet"})
    assert api.put("Invoices", body).status_code == 200
    assert xero.organisation()["counts"]["contacts"] == 2


def test_a_contact_block_with_more_than_an_id_changes_the_contact(api: Api) -> None:
    dana = api.contact(ContactPersons=[{"FirstName": "Ari"}])["ContactID"]
    api.invoice(dana, Contact={"ContactID": dana, "HasValidationErrors": False})
    assert api.rows(f"Contacts/{dana}")[0]["ContactPersons"] != []
    api.invoice(dana, Contact={"ContactID": dana, "FirstName": "D"})
    held = api.rows(f"Contacts/{dana}")[0]
    assert (held["FirstName"], held["ContactPersons"]) == ("D", [])


def test_a_contact_made_for_a_refused_invoice_is_not_kept(xero: Simulator, api: Api) -> None:
    body = invoice("", Contact={"Name": "Ghost"}, LineItems=[line(AccountCode="610")])
    assert api.put("Invoices", body, summarizeErrors="false").status_code == 200
    assert xero.organisation()["counts"]["contacts"] == 0


def test_a_fault_of_the_contact_stands_in_the_contact(api: Api) -> None:
    body = invoice("", Contact={"Name": "A", "EmailAddress": "no"})
    element = api.put("Invoices", body).json()["Elements"][0]
    assert element["Contact"]["ValidationErrors"] == [{"Message": "Email address must be valid."}]


def test_ms_dates_are_taken_as_the_sdk_sends_them(api: Api, dana: str) -> None:
    held = api.invoice(dana, Date="/Date(1793577600000)/", DueDate="/Date(1794787200000+0000)/")
    assert held["DateString"] == "2026-11-02T00:00:00"
    assert held["DueDateString"] == "2026-11-16T00:00:00"


def test_a_batch_of_fifty_goes_in_quickly_and_by_element(api: Api, dana: str) -> None:
    batch = [invoice(dana, InvoiceNumber=f"PT-{number}") for number in range(49)]
    batch.append(invoice(dana, InvoiceNumber="PT-7"))
    answer = api.put("Invoices", {"Invoices": batch}, summarizeErrors="False", unitdp=4)
    rows = answer.json()["Invoices"]
    assert [row["HasErrors"] for row in rows] == [False] * 49 + [True]
    assert answer.elapsed.total_seconds() < 1


def test_a_line_is_tracked_by_ids_or_names_and_stays_so(api: Api, dana: str) -> None:
    category = api.rows("TrackingCategories")[0]
    south = next(one for one in category["Options"] if one["Name"] == "South")
    by_id = {
        "TrackingCategoryID": category["TrackingCategoryID"],
        "TrackingOptionID": south["TrackingOptionID"],
    }
    held = api.invoice(dana, LineItems=[line(Tracking=[by_id])])
    kept = {"LineItemID": held["LineItems"][0]["LineItemID"], "Description": "Changed"}
    api.post(f"Invoices/{held['InvoiceID']}", {"LineItems": [kept]})
    tracking = api.rows(f"Invoices/{held['InvoiceID']}")[0]["LineItems"][0]["Tracking"]
    assert [(one["Name"], one["Option"]) for one in tracking] == [("Region", "South")]


def test_a_small_plan_approves_so_many_invoices_a_month(
    xero: Simulator, api: Api, dana: str
) -> None:
    xero.act("set_plan", invoices=2, bills=1)
    drafts = [api.invoice(dana, Status="DRAFT") for _ in range(3)]
    approve = {"Status": "AUTHORISED"}
    answers = [api.post(f"Invoices/{one['InvoiceID']}", approve) for one in drafts]
    assert [one.status_code for one in answers] == [200, 200, 400]
    assert messages(answers[-1]) == ["You have reached the limit of invoices you can approve"]
    # By the date of the invoice; one that is approved already may be changed.
    assert api.put("Invoices", invoice(dana, Date="2026-12-01")).status_code == 200
    first = f"Invoices/{drafts[0]['InvoiceID']}"
    assert api.post(first, {"Reference": "x"}).status_code == 200
    bill = invoice(dana, Type="ACCPAY", LineItems=[line(AccountCode="405", TaxType="INPUT")])
    assert [api.put("Invoices", bill).status_code for _ in range(2)] == [200, 400]
    assert api.post(first, {"Status": "VOIDED"}).status_code == 200
    assert api.post(f"Invoices/{drafts[2]['InvoiceID']}", approve).status_code == 200
    xero.act("set_plan")
    assert api.put("Invoices", invoice(dana)).status_code == 200


def test_the_error_of_a_line_may_stand_within_the_line(
    xero: Simulator, api: Api, dana: str
) -> None:
    lines = [line(), line(AccountCode="610")]
    wrong = "Account code '610' is not a valid code for this document."
    element = api.put("Invoices", invoice(dana, LineItems=lines)).json()["Elements"][0]
    assert element["ValidationErrors"] == [{"Message": wrong}]
    xero.control("switches", line_errors="line")
    element = api.put("Invoices", invoice(dana, LineItems=lines)).json()["Elements"][0]
    assert element["ValidationErrors"] == []
    assert element["LineItems"][1]["ValidationErrors"] == [{"Message": wrong}]
