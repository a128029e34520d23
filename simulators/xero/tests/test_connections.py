"""Which organisations a token reaches, and how that ends."""

import requests

from simulators.xero.tests.caller import CLIENT, SCOPES, TIMEOUT, Api, Simulator

SECOND = "Blue Lagoon Spas Pty Ltd"


def test_one_token_reaches_every_organisation_its_user_connected(xero: Simulator) -> None:
    xero.connect()
    api = xero.connect(organisation=SECOND)
    assert {one["tenantName"] for one in api.connections()} == {
        "Blue Lagoon Pool Care Pty Ltd",
        SECOND,
    }
    for connection in api.connections():
        api.choose(connection["tenantId"])
        assert api.get("Organisation").status_code == 200


def test_a_connection_of_one_user_is_no_connection_of_another(xero: Simulator) -> None:
    xero.connect(organisation=SECOND)
    sam = xero.connect(user="sam@bluelagoon.example")
    assert [one["tenantName"] for one in sam.connections()] == ["Blue Lagoon Pool Care Pty Ltd"]


def test_connecting_again_keeps_the_connection_and_changes_its_date(xero: Simulator) -> None:
    first = xero.connect().connections()[0]
    xero.control("clock", advance=60)
    second = xero.connect().connections()[0]
    assert second["id"] == first["id"]
    assert second["createdDateUtc"] == first["createdDateUtc"]
    assert second["updatedDateUtc"] > first["updatedDateUtc"]
    assert second["authEventId"] != first["authEventId"]


def test_disconnecting_one_organisation_leaves_the_other_and_the_token(
    xero: Simulator,
) -> None:
    xero.connect()
    api = xero.connect(organisation=SECOND)
    first, second = api.connections()
    gone = api.session.delete(f"{xero.url}/Connections/{first['id']}", timeout=TIMEOUT)
    assert (gone.status_code, gone.content) == (204, b"")
    forbidden = api.choose(first["tenantId"]).get("Organisation")
    assert forbidden.status_code == 403
    assert forbidden.json()["Detail"] == "AuthenticationUnsuccessful"
    assert api.choose(second["tenantId"]).get("Organisation").status_code == 200
    assert xero.refresh(api.tokens["refresh_token"]).status_code == 200
    again = api.session.delete(f"{xero.url}/connections/{first['id']}", timeout=TIMEOUT)
    assert again.status_code == 404


def test_a_disconnection_inside_xero_shows_only_in_api_calls(xero: Simulator, api: Api) -> None:
    xero.act("disconnect")
    assert xero.refresh(api.tokens["refresh_token"]).status_code == 200
    assert api.get("Organisation").status_code == 403


def test_revocation_ends_every_connection_of_its_user(xero: Simulator) -> None:
    xero.connect()
    api = xero.connect(organisation=SECOND)
    form = {"token": api.tokens["refresh_token"]}
    answer = requests.post(
        f"{xero.url}/connect/revocation", data=form, auth=CLIENT, timeout=TIMEOUT
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert xero.refresh(api.tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert xero.state("identity")["identity"]["connections"] == []


def test_a_missing_tenant_header_is_forbidden(api: Api) -> None:
    del api.session.headers["xero-tenant-id"]
    assert api.get("Organisation").status_code == 403


def test_a_scope_that_was_not_granted_is_refused_by_name(xero: Simulator) -> None:
    api = xero.connect(scope="openid offline_access accounting.contacts.read")
    assert api.get("Contacts").status_code == 200
    for refused in (api.put("Contacts", {"Name": "New"}), api.get("Invoices")):
        assert refused.status_code == 401
        assert refused.json()["Detail"] == "AuthorizationUnsuccessful"
        assert refused.headers["WWW-Authenticate"] == "insufficient_scope"


def test_scopes_add_up_over_consents(xero: Simulator) -> None:
    xero.connect(scope="openid offline_access accounting.contacts")
    api = xero.connect(scope="openid offline_access accounting.settings.read")
    assert api.get("Contacts").status_code == 200
    assert api.get("Accounts").status_code == 200


def test_items_come_with_invoices_or_with_settings(xero: Simulator) -> None:
    assert xero.connect(scope=SCOPES).get("Items").status_code == 200


def test_the_app_itself_may_clear_connections_up(xero: Simulator, api: Api) -> None:
    """A connection outlives its tokens, and is counted; it takes no user to end it."""
    xero.connect(user="sam@bluelagoon.example")
    xero.act("forget_refresh_tokens")
    answer = xero.token(grant_type="client_credentials", scope="app.connections")
    assert "refresh_token" not in answer.json()
    own = Api(xero.url, answer.json())
    listed = own.connections()
    assert len(listed) == 2
    gone = own.session.delete(f"{xero.url}/connections/{listed[0]['id']}", timeout=5)
    assert (gone.status_code, len(own.connections())) == (204, 1)
    assert own.choose(api.tenant_id).get("Organisation").status_code == 403
    refused = xero.token(grant_type="client_credentials", scope="accounting.contacts")
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_scope"})
