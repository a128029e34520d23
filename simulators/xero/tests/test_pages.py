"""The pages: what a person sees "in Xero", and the addresses that lead there."""

from urllib.parse import quote

import pytest
import requests

from simulators.xero.tests.caller import TIMEOUT, Api, Simulator, invoice, line


@pytest.fixture
def site(xero: Simulator) -> Simulator:
    xero.reset(seed="demo")
    return xero


def page(site: Simulator, path: str, **query: str) -> str:
    answer = requests.get(site.url + path, params=query, timeout=TIMEOUT)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    assert "Xero simulator" in answer.text
    return answer.text


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("/", "Blue Lagoon Spas Pty Ltd"),
        ("/o/pool1/", "Last changed invoices"),
        ("/o/pool1/contacts", "1 to 50 of 260"),
        ("/o/pool1/invoices", "Awaiting payment"),
        ("/o/pool1/accounts", "Pool Servicing"),
        ("/o/pool1/tax-rates", "GST Free Income"),
        ("/o/pool1/items", "Pool salt 20 kg"),
        ("/o/demo2/contacts", "1 to 12 of 12"),
    ],
)
def test_every_page_shows_what_it_is_for(site: Simulator, path: str, shows: str) -> None:
    assert shows in page(site, path)


def test_a_sent_invoice_can_be_read_with_lines_accounts_and_totals(site: Simulator) -> None:
    api = site.connect()
    dana = api.contact("Dana &3", EmailAddress="dana@example.com")
    lines = [line(Quantity=1.5, UnitAmount=33.3333), line(Description="Salt", AccountCode="202")]
    held = api.invoice(dana["ContactID"], InvoiceNumber="PT-1", LineItems=lines)
    text = page(site, f"/o/pool1/invoices/{held['InvoiceID']}")
    for shown in ("PT-1", "33.3333", "201 Pool Servicing", "202 Chemical Sales", "159.50"):
        assert shown in text
    assert "Dana &amp;3" in text
    contact = page(site, f"/o/pool1/contacts/{dana['ContactID']}")
    assert "dana@example.com" in contact
    assert "PT-1" in contact


def test_search_and_pages(site: Simulator) -> None:
    assert "51 to 100 of 260" in page(site, "/o/pool1/contacts", page="2")
    assert "251 to 260 of 260" in page(site, "/o/pool1/contacts", page="99")
    assert "No contact fits." in page(site, "/o/pool1/contacts", q="zzzz")
    assert "of 60" in page(site, "/o/pool1/invoices", q="BL-")
    assert "1 to 1 of 1" in page(site, "/o/pool1/invoices", q="BL-0007")
    assert "No invoice fits." in page(site, "/o/pool1/invoices", status="VOIDED")


def test_xeros_own_addresses_lead_to_the_document(site: Simulator) -> None:
    organisation = site.organisation("contacts", "invoices")
    invoice_id = organisation["invoices"][0]["InvoiceID"]
    contact_id = organisation["contacts"][0]["ContactID"]
    target = f"/AccountsReceivable/View.aspx?InvoiceID={invoice_id}"
    for path in (
        f"/organisationlogin/default.aspx?shortcode=!pool1&redirecturl={target}",
        f"/organisationlogin/default.aspx?shortcode=%21pool1&redirecturl={quote(target, safe='')}",
        target,
    ):
        answer = requests.get(site.url + path, timeout=TIMEOUT)
        assert answer.url == f"{site.url}/o/pool1/invoices/{invoice_id}"
    login = "/organisationlogin/default.aspx?shortcode=!pool1&redirecturl="
    answer = requests.get(f"{site.url}{login}/Contacts/View/{contact_id}", timeout=TIMEOUT)
    assert answer.url == f"{site.url}/o/pool1/contacts/{contact_id}"


@pytest.mark.parametrize(
    "path",
    [
        "/o/none/",
        "/o/pool1/contacts/none",
        "/o/pool1/invoices/none",
        "/Contacts/View/none",
        "/organisationlogin/default.aspx?shortcode=!none",
    ],
)
def test_what_is_not_there_is_not_found(site: Simulator, path: str) -> None:
    assert requests.get(site.url + path, timeout=TIMEOUT).status_code == 404


def do(site: Simulator, **form: str) -> requests.Response:
    return requests.post(f"{site.url}/o/pool1/do", data=form, timeout=TIMEOUT)


def test_buttons_do_what_a_person_in_xero_would(site: Simulator) -> None:
    contact = site.organisation("contacts")["contacts"][0]
    back = f"/o/pool1/contacts/{contact['ContactID']}"
    answer = do(site, do="archive_contact", contact=contact["ContactID"], back=back)
    assert "Archived" in answer.text
    assert answer.url.startswith(site.url + back)
    do(site, do="set_lock_dates", period="2026-06-30")
    assert site.organisation()["periodLockDate"] == "2026-06-30"
    do(site, do="set_lock_dates", period="")
    assert site.organisation()["periodLockDate"] is None


def test_a_button_that_cannot_act_says_why(site: Simulator) -> None:
    assert "No contact nobody." in do(site, do="archive_contact", contact="nobody").text


def test_a_button_leads_back_to_this_server_only(site: Simulator) -> None:
    answer = requests.post(
        f"{site.url}/o/pool1/do",
        data={"do": "set_lock_dates", "back": "//elsewhere.example/"},
        allow_redirects=False,
        timeout=TIMEOUT,
    )
    assert answer.headers["Location"].startswith("/?said=")


def test_disconnecting_on_the_dashboard_cuts_the_app_off(site: Simulator) -> None:
    api: Api = site.connect()
    assert "connected by Alex Reid" in page(site, "/o/pool1/")
    do(site, do="disconnect")
    assert api.get("Organisation").status_code == 403


def test_an_invoice_shows_the_credit_allocated_to_it(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    held = api.invoice(dana)
    body = {**invoice(dana, Type="ACCRECCREDIT"), "CreditNoteNumber": "CN-77"}
    note = api.put("CreditNotes", body).json()["CreditNotes"][0]["CreditNoteID"]
    allocation = {"Invoice": {"InvoiceID": held["InvoiceID"]}, "Amount": 4.5}
    allocation["Date"] = "2026-11-09"
    assert api.put(f"CreditNotes/{note}/Allocations", allocation).status_code == 200
    shown = page(xero, f"/o/pool1/invoices/{held['InvoiceID']}")
    assert "Less credit CN-77" in shown
    assert "Void" not in shown
