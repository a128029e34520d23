"""Xero's own SDK for Python against the simulator: every call the project makes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from requests_oauthlib import OAuth2Session
from xero_python.accounting import (
    Account,
    AccountingApi,
    Allocation,
    Allocations,
    BankTransaction,
    BankTransactions,
    BankTransfer,
    BankTransferDeleteByUrlParam,
    BankTransfers,
    BatchPayment,
    BatchPaymentDeleteByUrlParam,
    BatchPayments,
    Contact,
    ContactGroup,
    ContactGroups,
    Contacts,
    CreditNote,
    CreditNotes,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
    Payment,
    PaymentDelete,
    Payments,
    RequestEmpty,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.exceptions import AccountingBadRequestException, RateLimitException
from xero_python.identity import IdentityApi

from simulators.xero.tests.caller import (
    CALLBACK,
    CLIENT,
    SCOPES,
    Api,
    Simulator,
    query_of,
)

DATED = datetime(2026, 11, 2, tzinfo=UTC)


def client_of(tokens: dict[str, Any]) -> ApiClient:
    configuration = Configuration()
    # The configuration is one shared object: its token must be replaced, not passed.
    configuration.oauth2_token = OAuth2Token(client_id=CLIENT[0], client_secret=CLIENT[1])
    known = ("access_token", "expires_in", "token_type", "refresh_token", "id_token")
    token = {name: tokens[name] for name in known if name in tokens}
    token["scope"] = tokens["scope"].split()
    client = ApiClient(configuration, oauth2_token_getter=lambda: token)
    client.set_default_header("Accept-Encoding", "gzip")
    retries = urllib3.Retry(0, respect_retry_after_header=False)
    client.rest_client.pool_manager.connection_pool_kw["retries"] = retries
    return client


@pytest.fixture
def sdk(api: Api) -> AccountingApi:
    return AccountingApi(client_of(api.tokens), base_url=f"{api.url}/api.xro/2.0")


def test_connections_are_listed_and_deleted(xero: Simulator, api: Api) -> None:
    identity = IdentityApi(client_of(api.tokens), base_url=api.url)
    connections = identity.get_connections()
    assert [one.tenant_id for one in connections] == [api.tenant_id]
    identity.delete_connection(connections[0].id)
    assert xero.state("identity")["identity"]["connections"] == []


def test_settings_are_read(api: Api, sdk: AccountingApi) -> None:
    organisation = sdk.get_organisations(api.tenant_id).organisations[0]
    assert organisation.short_code == "!pool1"
    assert sdk.get_organisation_actions(api.tenant_id).actions
    accounts = sdk.get_accounts(api.tenant_id, where='Status=="ACTIVE"').accounts
    assert {"200", "201"} <= {account.code for account in accounts}
    rates = sdk.get_tax_rates(api.tenant_id).tax_rates
    assert next(rate for rate in rates if rate.tax_type == "OUTPUT").effective_rate == 10
    assert sdk.get_items(api.tenant_id).items
    assert sdk.get_branding_themes(api.tenant_id).branding_themes
    assert sdk.get_tracking_categories(api.tenant_id).tracking_categories


def test_contacts_are_created_changed_and_read(api: Api, sdk: AccountingApi) -> None:
    batch = Contacts(contacts=[Contact(name="Dana", contact_number="c-1"), Contact(name="Erin")])
    created = sdk.create_contacts(
        api.tenant_id, batch, summarize_errors=False, idempotency_key="k-1"
    )
    dana = created.contacts[0]
    change = Contacts(contacts=[Contact(first_name="D")])
    sdk.update_contact(api.tenant_id, dana.contact_id, change)
    upsert = Contacts(contacts=[Contact(name="Erin", email_address="e@example.com")])
    sdk.update_or_create_contacts(api.tenant_id, upsert, summarize_errors=False)
    page = sdk.get_contacts(
        api.tenant_id, page=1, page_size=1000, include_archived=True, order="Name ASC"
    )
    assert [one.name for one in page.contacts] == ["Dana", "Erin"]
    assert page.pagination.item_count == 2
    assert page.contacts[1].email_address == "e@example.com"
    assert page.contacts[0].updated_date_utc.tzinfo is not None
    since = datetime.now(UTC) + timedelta(hours=1)
    assert sdk.get_contacts(api.tenant_id, if_modified_since=since).contacts == []
    assert sdk.get_contact(api.tenant_id, dana.contact_id).contacts[0].first_name == "D"


def sale(contact_id: str, **members: Any) -> Invoice:
    line = LineItem(
        description="Service",
        quantity=2,
        unit_amount=33.3333,
        account_code="201",
        tax_type="OUTPUT",
    )
    return Invoice(
        type="ACCREC",
        contact=Contact(contact_id=contact_id),
        date=DATED,
        due_date=DATED + timedelta(days=14),
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        line_items=[line],
        **{"status": "AUTHORISED", **members},
    )


def test_invoices_are_created_changed_and_read(api: Api, sdk: AccountingApi) -> None:
    dana = api.contact()["ContactID"]
    batch = Invoices(invoices=[sale(dana, invoice_number="PT-1")])
    created = sdk.create_invoices(
        api.tenant_id, batch, summarize_errors=False, unitdp=4, idempotency_key="k-1"
    ).invoices[0]
    assert float(created.total) == 73.34
    assert created.date.isoformat()[:10] == "2026-11-02"
    void = Invoices(invoices=[Invoice(status="VOIDED")])
    sdk.update_invoice(api.tenant_id, created.invoice_id, void)
    found = sdk.get_invoices(
        api.tenant_id, invoice_numbers=["PT-1"], statuses=["VOIDED"], page=1
    ).invoices
    assert [one.status for one in found] == ["VOIDED"]
    whole = sdk.get_invoice(api.tenant_id, created.invoice_id, unitdp=4).invoices[0]
    assert float(whole.line_items[0].unit_amount) == 33.3333


def test_payments_and_credit_notes_come_and_go(api: Api, sdk: AccountingApi) -> None:
    dana, tenant = api.contact()["ContactID"], api.tenant_id
    held = Invoice(invoice_id=api.invoice(dana)["InvoiceID"])
    bank = Account(code="090")
    payment = Payment(invoice=held, account=bank, amount=10, date=DATED)
    many = Payments(payments=[payment])
    sdk.create_payments(tenant, many, summarize_errors=False, idempotency_key="k-1")
    one = sdk.create_payment(tenant, payment).payments[0]
    deleted = sdk.delete_payment(tenant, one.payment_id, PaymentDelete(status="DELETED"))
    assert deleted.payments[0].status == "DELETED"
    listed = sdk.get_payments(tenant, where='Status=="AUTHORISED"', page=1).payments
    assert [float(row.amount) for row in listed] == [10]
    assert sdk.get_payment(tenant, one.payment_id).payments[0].status == "DELETED"
    line = LineItem(description="Credit", unit_amount=20, account_code="201", tax_type="OUTPUT")
    note = CreditNote(
        type="ACCRECCREDIT",
        status="AUTHORISED",
        contact=Contact(contact_id=dana),
        date=DATED,
        line_items=[line],
    )
    notes = CreditNotes(credit_notes=[note])
    note_id = sdk.create_credit_notes(tenant, notes).credit_notes[0].credit_note_id
    allocation = Allocation(invoice=held, amount=12, date=DATED)
    sdk.create_credit_note_allocation(tenant, note_id, Allocations(allocations=[allocation]))
    refund = Payment(credit_note=CreditNote(credit_note_id=note_id), account=bank, amount=10)
    sdk.create_payment(tenant, refund)
    assert sdk.get_credit_note(tenant, note_id).credit_notes[0].status == "PAID"
    assert len(sdk.get_credit_notes(tenant, page=1).credit_notes) == 1
    whole = sdk.get_invoice(tenant, held.invoice_id).invoices[0]
    assert (float(whole.amount_credited), float(whole.amount_due)) == (12, 82.5)


def test_money_at_the_bank_is_entered_and_moved(api: Api, sdk: AccountingApi) -> None:
    dana, tenant = api.contact()["ContactID"], api.tenant_id
    rows = sdk.get_accounts(tenant, where='Name=="Card Clearing Account"').accounts
    clearing, bank = Account(account_id=rows[0].account_id), Account(code="090")
    entered = BankTransaction(
        type="RECEIVE-OVERPAYMENT",
        contact=Contact(contact_id=dana),
        bank_account=clearing,
        date=DATED,
        line_items=[LineItem(description="Twice", quantity=1, unit_amount=60)],
    )
    batch = BankTransactions(bank_transactions=[entered])
    made = sdk.create_bank_transactions(tenant, batch).bank_transactions[0]
    assert len(sdk.get_bank_transactions(tenant, page=1).bank_transactions) == 1
    held = Invoice(invoice_id=api.invoice(dana)["InvoiceID"])
    allocations = Allocations(allocations=[Allocation(invoice=held, amount=5, date=DATED)])
    sdk.create_overpayment_allocations(tenant, made.overpayment_id, allocations)
    assert float(sdk.get_overpayments(tenant).overpayments[0].remaining_credit) == 55
    moved = BankTransfer(from_bank_account=clearing, to_bank_account=bank, amount=60)
    transfers = BankTransfers(bank_transfers=[moved])
    transfer = sdk.create_bank_transfer(tenant, transfers).bank_transfers[0]
    gone = BankTransferDeleteByUrlParam(status="DELETED")
    sdk.delete_bank_transfer(tenant, transfer.bank_transfer_id, gone)
    assert sdk.get_bank_transfers(tenant).bank_transfers[0].status == "DELETED"


def test_money_comes_in_batches_and_ahead_of_invoices(api: Api, sdk: AccountingApi) -> None:
    dana, tenant = api.contact()["ContactID"], api.tenant_id
    bank, owner = Account(code="090"), Contact(contact_id=dana)
    held = [Invoice(invoice_id=api.invoice(dana)["InvoiceID"]) for _ in range(2)]
    parts = [Payment(invoice=one, amount=50) for one in held]
    whole = BatchPayments(batch_payments=[BatchPayment(account=bank, date=DATED, payments=parts)])
    made = sdk.create_batch_payment(tenant, whole).batch_payments[0]
    assert (made.type, float(made.total_amount), len(made.payments)) == ("RECBATCH", 100, 2)
    paid = sdk.get_payments(tenant, page=1).payments
    assert {one.batch_payment_id for one in paid} == {made.batch_payment_id}
    gone = BatchPaymentDeleteByUrlParam(status="DELETED")
    sdk.delete_batch_payment_by_url_param(tenant, made.batch_payment_id, gone)
    assert sdk.get_batch_payments(tenant).batch_payments[0].status == "DELETED"
    early = BankTransaction(
        type="RECEIVE-PREPAYMENT",
        contact=owner,
        bank_account=bank,
        line_items=[LineItem(description="Deposit", unit_amount=60, account_code="835")],
    )
    batch = BankTransactions(bank_transactions=[early])
    early_id = sdk.create_bank_transactions(tenant, batch).bank_transactions[0].prepayment_id
    allocations = Allocations(allocations=[Allocation(invoice=held[0], amount=5, date=DATED)])
    kept = sdk.create_prepayment_allocations(tenant, early_id, allocations).allocations[0]
    assert float(sdk.get_prepayment(tenant, early_id).prepayments[0].remaining_credit) == 55
    sdk.delete_prepayment_allocations(tenant, early_id, kept.allocation_id)
    assert float(sdk.get_prepayments(tenant).prepayments[0].remaining_credit) == 60


def test_an_invoice_is_noted_sent_printed_and_given_files(api: Api, sdk: AccountingApi) -> None:
    tenant = api.tenant_id
    held = api.invoice(api.contact()["ContactID"])["InvoiceID"]
    notes = HistoryRecords(history_records=[HistoryRecord(details="From the app")])
    sdk.create_invoice_history(tenant, held, notes)
    records = sdk.get_invoice_history(tenant, held).history_records
    assert records[0].details == "From the app"
    sdk.email_invoice(tenant, held, RequestEmpty())
    assert sdk.get_online_invoice(tenant, held).online_invoices[0].online_invoice_url
    assert Path(sdk.get_invoice_as_pdf(tenant, held)).read_bytes().startswith(b"%PDF")
    sdk.create_invoice_attachment_by_file_name(tenant, held, "a.txt", b"a", include_online=True)
    assert sdk.get_invoice_attachments(tenant, held).attachments[0].include_online
    file = sdk.get_invoice_attachment_by_file_name(tenant, held, "a.txt", "text/plain")
    assert Path(file).read_bytes() == b"a"


def test_contacts_are_grouped(api: Api, sdk: AccountingApi) -> None:
    dana, tenant = api.contact()["ContactID"], api.tenant_id
    groups = ContactGroups(contact_groups=[ContactGroup(name="Weekly")])
    group = sdk.create_contact_group(tenant, groups).contact_groups[0].contact_group_id
    members = Contacts(contacts=[Contact(contact_id=dana)])
    sdk.create_contact_group_contacts(tenant, group, members)
    assert len(sdk.get_contact_group(tenant, group).contact_groups[0].contacts) == 1
    sdk.delete_contact_group_contact(tenant, group, dana)
    assert sdk.get_contact_group(tenant, group).contact_groups[0].contacts == []


def test_errors_arrive_as_the_sdk_knows_them(xero: Simulator, api: Api, sdk: AccountingApi) -> None:
    api.contact("Dana")
    with pytest.raises(AccountingBadRequestException) as refused:
        sdk.create_contacts(api.tenant_id, Contacts(contacts=[Contact(name="Dana")]))
    assert "already assigned to another contact" in refused.value.reason
    both = Contacts(contacts=[Contact(name="Dana"), Contact(name="Erin")])
    rows = sdk.create_contacts(api.tenant_id, both, summarize_errors=False).contacts
    assert [row.has_validation_errors for row in rows] == [True, False]
    assert "already assigned" in rows[0].validation_errors[0].message
    xero.fault("429_day")
    with pytest.raises(RateLimitException) as limited:
        sdk.get_accounts(api.tenant_id)
    assert limited.value.headers["X-Rate-Limit-Problem"] == "day"


def test_a_whole_organisation_can_be_read(xero: Simulator) -> None:
    xero.reset(seed="demo")
    api = xero.connect()
    sdk = AccountingApi(client_of(api.tokens), base_url=f"{api.url}/api.xro/2.0")
    contacts = sdk.get_contacts(api.tenant_id, page=1, page_size=1000).contacts
    invoices = sdk.get_invoices(api.tenant_id, page=1, page_size=1000).invoices
    assert (len(contacts), len(invoices)) == (260, 60)
    paid = [one for one in invoices if one.status == "PAID"]
    assert paid
    assert all(one.payments and one.amount_due == 0 for one in paid)


def test_requests_oauthlib_goes_through_code_flow_and_refresh(
    xero: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    session = OAuth2Session(CLIENT[0], redirect_uri=CALLBACK, scope=SCOPES.split(), pkce="S256")
    url, state = session.authorization_url(f"{xero.url}/identity/connect/authorize")
    redirect = xero.control("authorise", url=url).json()["redirect"]
    assert query_of(redirect)["state"] == state
    endpoint = f"{xero.url}/connect/token"
    tokens = session.fetch_token(endpoint, authorization_response=redirect, client_secret=CLIENT[1])
    fresh = session.refresh_token(endpoint, auth=CLIENT)
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert session.get(f"{xero.url}/connections").json()[0]["tenantName"]
