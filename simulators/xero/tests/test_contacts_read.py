"""Lists of contacts: pages, filters, order, search, and what each form leaves out."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from simulators.xero.tests.caller import Api, Simulator


@pytest.fixture
def many(api: Api) -> Api:
    """Hold 250 contacts named in the order of their creation."""
    for start in range(0, 250, 50):
        batch = [{"Name": f"Contact {number:03d}"} for number in range(start, start + 50)]
        assert api.put("Contacts", {"Contacts": batch}).status_code == 200
    return api


def names(api: Api, **query: object) -> list[str]:
    return [row["Name"] for row in api.rows("Contacts", **query)]


def test_pages_are_of_a_hundred_and_together_hold_each_contact_once(many: Api) -> None:
    pages = [many.get("Contacts", page=number).json() for number in (1, 2, 3, 4)]
    assert [len(page["Contacts"]) for page in pages] == [100, 100, 50, 0]
    assert pages[0]["pagination"] == {
        "page": 1,
        "pageSize": 100,
        "pageCount": 3,
        "itemCount": 250,
    }
    seen = {row["ContactID"] for page in pages for row in page["Contacts"]}
    assert len(seen) == 250


@pytest.mark.parametrize(("asked", "given"), [("1000", 1000), ("5000", 1000), ("0", 1), ("7", 7)])
def test_a_page_holds_at_most_a_thousand(many: Api, asked: str, given: int) -> None:
    answer = many.get("Contacts", page=1, pageSize=asked).json()
    assert answer["pagination"]["pageSize"] == given
    assert len(answer["Contacts"]) == min(given, 250)


def test_the_default_order_is_least_recently_changed_first(xero: Simulator, api: Api) -> None:
    first, _ = api.contact("Zoe"), api.contact("Adam")
    assert names(api, page=1) == ["Zoe", "Adam"]
    xero.control("clock", advance=5)
    api.post(f"Contacts/{first['ContactID']}", {"FirstName": "Z"})
    assert names(api, page=1) == ["Adam", "Zoe"]
    assert names(api, page=1, order="Name DESC") == ["Zoe", "Adam"]
    assert names(api, page=1, order="Name") == ["Adam", "Zoe"]


def test_archived_contacts_show_only_when_asked_for(api: Api) -> None:
    gone, _ = api.contact("Gone"), api.contact("Here")
    api.post(f"Contacts/{gone['ContactID']}", {"ContactStatus": "ARCHIVED"})
    assert names(api, page=1) == ["Here"]
    assert names(api, page=1, includeArchived="True") == ["Here", "Gone"]
    assert names(api, IDs=gone["ContactID"]) == ["Gone"]


def test_modified_since_gives_what_changed_after(xero: Simulator, api: Api) -> None:
    api.contact("Old")
    xero.control("clock", advance=10)
    since = datetime.now(UTC) + timedelta(seconds=5)
    api.contact("New")
    for written in (since.strftime("%Y-%m-%dT%H:%M:%S"), since.isoformat()):
        rows = api.rows("Contacts", page=1, headers={"If-Modified-Since": written})
        assert [row["Name"] for row in rows] == ["New"]
    http = since.strftime("%a, %d %b %Y %H:%M:%S GMT")
    rows = api.rows("Contacts", page=1, headers={"If-Modified-Since": http})
    assert [row["Name"] for row in rows] == ["New"]


@pytest.mark.parametrize(
    "where",
    [
        'Name=="dana BROOK"',
        'Name = "Dána Brook"',
        'EmailAddress=="DANA@example.com"',
        'AccountNumber=="a-1"',
        'ContactNumber=="c-1" AND ContactStatus=="ACTIVE"',
        'Name.StartsWith("dan")',
        'Name.ToLower().Contains("brook")',
        'EmailAddress!=null AND (Name=="x" OR LastName=="Brook")',
        'UpdatedDateUTC>=DateTime(2020,01,01) && FirstName=="Dana"',
    ],
)
def test_filters_find_the_contact(api: Api, where: str) -> None:
    api.contact("Other")
    api.contact(
        FirstName="Dana",
        LastName="Brook",
        EmailAddress="dana@example.com",
        AccountNumber="A-1",
        ContactNumber="c-1",
    )
    assert names(api, where=where, page=1) == ["Dana Brook"]


def test_a_filter_by_id_takes_a_guid(api: Api) -> None:
    contact, _ = api.contact(), api.contact("Other")
    where = f'ContactID==Guid("{contact["ContactID"].upper()}")'
    assert names(api, where=where) == ["Dana Brook"]


@pytest.mark.parametrize(
    "where",
    ["Name==", 'Nonsense=="x"', 'Name=="x" AND', 'Name ~ "x"', '(Name=="x"', "Name==unquoted"],
)
def test_a_filter_that_cannot_be_read_is_refused(api: Api, where: str) -> None:
    answer = api.get("Contacts", where=where)
    assert answer.status_code == 400
    assert answer.json()["Type"] == "QueryParseException"
    assert answer.json()["ErrorNumber"] == 16


def test_search_looks_into_names_numbers_and_email(api: Api) -> None:
    api.contact("One", EmailAddress="reed@example.com")
    api.contact("Two", ContactNumber="reed-7")
    api.contact("Three Reeds")
    api.contact("Four")
    assert sorted(names(api, searchTerm="REED", page=1)) == ["One", "Three Reeds", "Two"]


def test_lists_without_pages_and_summaries_leave_things_out(api: Api) -> None:
    api.contact(ContactPersons=[{"FirstName": "Ari"}])
    whole = api.rows("Contacts", page=1)[0]
    unpaged = api.rows("Contacts")[0]
    summary = api.rows("Contacts", page=1, summaryOnly="true")[0]
    assert [one["FirstName"] for one in whole["ContactPersons"]] == ["Ari"]
    assert unpaged["ContactPersons"] == []
    assert {"Addresses", "ContactPersons", "ContactGroups", "IsCustomer"}.isdisjoint(summary)


def test_one_contact_is_read_by_id_or_number(api: Api) -> None:
    contact = api.contact(ContactNumber="our-7")
    assert api.rows("Contacts/OUR-7")[0]["ContactID"] == contact["ContactID"]
    assert api.rows(f"Contacts/{contact['ContactID'].upper()}")[0]["Name"] == "Dana Brook"
    missing = api.get("Contacts/nobody")
    assert missing.status_code == 404
    assert "was not found" in missing.text


def test_balances_and_customer_follow_from_invoices(xero: Simulator, api: Api) -> None:
    contact = api.contact()
    held = api.rows(f"Contacts/{contact['ContactID']}")[0]
    assert (held["IsCustomer"], "Balances" in held) == (False, False)
    invoice = api.invoice(contact["ContactID"], DueDate="2020-01-31")
    held = api.rows("Contacts", page=1)[0]
    assert held["IsCustomer"] is True
    assert held["Balances"]["AccountsReceivable"] == {"Outstanding": 104.5, "Overdue": 104.5}
    xero.act("pay_invoice", invoice=invoice["InvoiceID"])
    held = api.rows("Contacts", page=1)[0]
    assert held["Balances"]["AccountsReceivable"]["Outstanding"] == 0


def test_a_page_of_a_thousand_is_quick(xero: Simulator) -> None:
    xero.reset(seed="empty")
    api = xero.connect()
    for start in range(0, 2000, 500):
        batch = [{"Name": f"Contact {number}"} for number in range(start, start + 500)]
        api.put("Contacts", {"Contacts": batch}, summarizeErrors="false")
    started = time.perf_counter()
    assert len(api.rows("Contacts", page=2, pageSize=1000)) == 1000
    # Tens of milliseconds on an idle machine; a scan per contact would take seconds.
    assert time.perf_counter() - started < 1
