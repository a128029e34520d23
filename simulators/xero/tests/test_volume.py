"""Lists that would go through too many records: which are refused, and which ways are left."""

import pytest

from simulators.xero.tests.caller import Api, Simulator

DAY = "DateTime(2026,01,01)"


@pytest.fixture
def large(xero: Simulator) -> Api:
    """Return an organisation above the ceiling, which is made low enough for a test."""
    xero.reset(seed="demo")
    xero.control("limits", most_rows=50)
    return xero.connect()


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("Contacts", {}),
        ("Contacts", {"page": 1, "where": 'ContactNumber=="PT-1"'}),
        ("Contacts", {"page": 1, "where": 'Name=="A" AND FirstName=="B"'}),
        ("Contacts", {"page": 1, "order": "EmailAddress DESC"}),
        ("Invoices", {}),
        ("Invoices", {"page": 1, "where": "Total>5"}),
        ("Invoices", {"page": 1, "order": "Total"}),
    ],
)
def test_a_list_read_whole_or_searched_without_index_is_refused(
    large: Api, path: str, query: dict[str, object]
) -> None:
    answer = large.get(path, **query)
    assert answer.status_code == 400
    error = answer.json()
    assert (error["ErrorNumber"], error["Type"]) == (51, "HighVolumeException")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("Contacts", {"page": 1, "pageSize": 1000}),
        ("Contacts", {"page": 1, "where": 'EmailAddress=="a@example.com"', "order": "Name"}),
        ("Contacts", {"page": 1, "searchTerm": "Dana"}),
        ("Contacts", {"IDs": "00000000-0000-0000-0000-000000000000"}),
        ("Contacts", {"headers": {"If-Modified-Since": "2099-01-01T00:00:00"}}),
        ("Invoices", {"page": 1, "where": f'Status=="PAID" AND Date>={DAY}', "order": "Date"}),
        ("Invoices", {"Statuses": "PAID"}),
        ("Invoices", {"InvoiceNumbers": "BL-0001"}),
        ("Accounts", {}),
    ],
)
def test_pages_and_optimised_searches_go_through(
    large: Api, path: str, query: dict[str, object]
) -> None:
    assert large.get(path, **query).status_code == 200


def test_a_small_organisation_may_ask_as_it_likes(xero: Simulator, api: Api) -> None:
    api.contact(ContactNumber="PT-1")
    assert len(api.rows("Contacts", where='ContactNumber=="PT-1"')) == 1
