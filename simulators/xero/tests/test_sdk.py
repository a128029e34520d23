"""Xero's own SDK for Python against the simulator: every call the project makes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import urllib3
from requests_oauthlib import OAuth2Session
from xero_python.accounting import (
    AccountingApi,
    Contact,
    Contacts,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
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
