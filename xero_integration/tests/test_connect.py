"""Connecting and disconnecting, through the simulator's own consent."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from businesses.models import Business, User
from xero_integration import jobs
from xero_integration.connecting import connect, disconnecting, review
from xero_integration.linking import links
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    Consent,
    JobKind,
    Kind,
    OutboxStatus,
    XeroToken,
)
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

Walk = Callable[..., dict[str, str]]


def refusal(params: dict[str, str], user: User) -> connect.ConnectError:
    with pytest.raises(connect.ConnectError) as caught:
        connect.complete(params, user=user)
    return caught.value


def test_a_consent_becomes_a_connection(callback: Walk, alice: User, blue: Business) -> None:
    connection = connect.complete(callback(), user=alice)
    assert connection.is_active
    assert connection.organisation_name == "Blue Lagoon Pool Care Pty Ltd"
    assert (connection.base_currency, connection.short_code) == ("AUD", "!pool1")
    assert connection.contacts_open_at is None
    today = timezone.now().astimezone(ZoneInfo(blue.time_zone)).date()
    assert connection.send_from == today


def test_both_tokens_are_encrypted_at_rest(callback: Walk, alice: User) -> None:
    connect.complete(callback(), user=alice)
    token = XeroToken.objects.get()
    assert token.access_token.count(".") == 2
    assert token.access_token not in token.access_token_encrypted
    assert token.refresh_token not in token.refresh_token_encrypted
    assert token.refresh_expires_at > timezone.now() + dt.timedelta(days=59)


def test_the_consent_page_is_asked_with_state_pkce_and_one_organisation(
    xero: Xero, blue: Business, alice: User
) -> None:
    query = parse_qs(urlsplit(connect.authorise_url(blue, user=alice)).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["acr_values"] == ["bulk_connect:false"]
    assert query["redirect_uri"] == ["http://localhost:8000/xero/callback/"]
    assert "offline_access" in query["scope"][0]
    consent = Consent.objects.get()
    assert consent.verifier not in consent.verifier_encrypted
    assert consent.verifier not in query["code_challenge"][0]


def test_a_cancelled_consent_is_told_and_its_state_is_spent(callback: Walk, alice: User) -> None:
    params = callback(decision="deny")
    assert refusal(params, alice).code == "denied"
    assert refusal(params, alice).code == "already_used"
    assert not Connection.objects.exists()


def test_a_forged_state_is_refused(callback: Walk, alice: User) -> None:
    params = callback()
    assert refusal({**params, "state": params["state"] + "x"}, alice).code == "state"
    assert refusal({"code": params["code"]}, alice).code == "state"


def test_another_persons_state_is_refused(callback: Walk, charlie: User, bob: User) -> None:
    params = callback()
    assert refusal(params, charlie).code == "state"
    assert refusal(params, bob).code == "state"
    assert Consent.objects.get().used_at is None


def test_a_state_of_a_person_who_left_the_business_is_refused(
    callback: Walk, alice: User, blue: Business
) -> None:
    params = callback()
    blue.memberships.filter(user=alice).delete()
    assert refusal(params, alice).code == "state"


def test_an_old_state_is_refused(callback: Walk, alice: User, time_machine: Any) -> None:
    params = callback()
    time_machine.move_to(timezone.now() + connect.STATE_LIFE + dt.timedelta(minutes=1))
    assert refusal(params, alice).code == "expired"


def test_a_state_serves_once(callback: Walk, alice: User) -> None:
    params = callback()
    connect.complete(params, user=alice)
    assert refusal(params, alice).code == "already_used"


def test_a_code_older_than_five_minutes_is_told_as_expired(
    callback: Walk, alice: User, xero: Xero
) -> None:
    params = callback()
    xero.control("clock", advance=301)
    assert refusal(params, alice).code == "expired"
    assert not XeroToken.objects.exists()


def test_a_wrong_client_secret_is_the_operators_fault(
    callback: Walk, alice: User, settings: Any
) -> None:
    params = callback()
    settings.XERO_CLIENT_SECRET = "wrong"
    assert refusal(params, alice).code == "client_refused"


@pytest.mark.parametrize("kind", ["500", "503", "drop_before", "timeout_before", "not_json"])
def test_xero_down_at_the_exchange_is_told(
    callback: Walk, alice: User, xero: Xero, kind: str
) -> None:
    params = callback()
    xero.fault(kind, path="connect/token")
    assert refusal(params, alice).code == "xero_down"
    assert not Connection.objects.exists()


def test_xero_down_after_the_exchange_leaves_no_half_connection(
    callback: Walk, alice: User, xero: Xero
) -> None:
    params = callback()
    xero.fault("503", path="Organisation")
    assert refusal(params, alice).code == "xero_down"
    assert not Connection.objects.exists()
    assert connect.complete(callback(), user=alice).is_active


def test_an_organisation_of_another_business_is_refused_and_stays_connected_there(
    xero: Xero, callback: Walk, alice: User, dry: Business, charlie: User
) -> None:
    connect.complete(callback(), user=alice)
    params = xero.consent(connect.authorise_url(dry, user=charlie))
    assert refusal(params, charlie).code == "taken"
    assert Connection.objects.get().is_active
    assert len(xero.state("identity")["identity"]["connections"]) == 1


def test_a_second_organisation_is_refused_and_given_back(
    xero: Xero, callback: Walk, alice: User
) -> None:
    connect.complete(callback(), user=alice)
    other = xero.organisations[1]["id"]
    error = refusal(callback(organisation=other), alice)
    assert error.code == "other_organisation"
    assert "Blue Lagoon Pool Care Pty Ltd" in error.message
    reached = xero.state("identity")["identity"]["connections"]
    assert [one["tenantId"] for one in reached] == [Connection.objects.get().tenant_id]


def test_after_disconnecting_another_organisation_may_be_connected(
    xero: Xero, callback: Walk, alice: User
) -> None:
    first = connect.complete(callback(), user=alice)
    disconnecting.disconnect(first, by=alice)
    second = connect.complete(callback(organisation=xero.organisations[1]["id"]), user=alice)
    assert second.pk != first.pk
    assert second.is_active


def test_books_in_another_currency_are_refused_in_plain_words(
    callback: Walk, alice: User, blue: Business, xero: Xero
) -> None:
    blue.currency = "NZD"
    blue.save()
    error = refusal(callback(), alice)
    assert error.code == "currency"
    assert "AUD" in error.message
    assert "NZD" in error.message
    assert not Connection.objects.exists()
    assert xero.state("identity")["identity"]["connections"] == []


def test_reconnecting_keeps_the_connection_with_its_links_and_gates(
    xero: Xero, connection: Connection, blue: Business, alice: User, callback: Walk
) -> None:
    contact = making.contact(blue)
    making.drain(connection)
    disconnecting.disconnect(connection, by=alice)
    waiting = making.contact(blue, "Made meanwhile")

    again = connect.complete(callback(), user=alice)
    assert again.pk == connection.pk
    assert again.contacts_open_at is not None
    assert links.link_for(again, Kind.CONTACT, contact.pk) is not None
    jobs.run(jobs.start(again, JobKind.READ, by=alice).pk)
    assert review.go_on(again, by=alice)
    making.sweep_and_drain(again)
    assert making.row(waiting).status == OutboxStatus.DONE
    assert len(xero.contacts()) == 2


def test_disconnecting_deletes_the_one_connection_in_xero_and_the_unused_token(
    xero: Xero, connection: Connection, alice: User
) -> None:
    assert disconnecting.disconnect(connection, by=alice) is True
    assert connection.status == ConnectionStatus.DISCONNECTED
    assert xero.state("identity")["identity"]["connections"] == []
    assert not XeroToken.objects.exists()


def test_a_token_that_another_business_uses_is_kept(
    xero: Xero, callback: Walk, alice: User, dry: Business, charlie: User
) -> None:
    other = making.connected(xero, dry, charlie, organisation=xero.organisations[1]["id"])
    connection = connect.complete(callback(), user=alice)
    assert XeroToken.objects.count() == 1
    disconnecting.disconnect(connection, by=alice)
    making.ready(other)
    making.contact(dry, "Still going")
    making.drain(other)
    assert making.row(dry.contacts.get()).status == OutboxStatus.DONE


def test_disconnecting_holds_here_even_when_xero_is_down(
    xero: Xero, connection: Connection, alice: User
) -> None:
    xero.fault("503", method="DELETE")
    assert disconnecting.disconnect(connection, by=alice) is False
    assert connection.status == ConnectionStatus.DISCONNECTED
    assert len(xero.state("identity")["identity"]["connections"]) == 1
    making.sweep_and_drain(connection)
    assert xero.state("identity")["identity"]["connections"] == []
    assert not disconnecting.untold().exists()


def test_new_consent_mends_the_persons_other_connections(
    xero: Xero, callback: Walk, alice: User, dry: Business, charlie: User
) -> None:
    other = making.connected(xero, dry, charlie, organisation=xero.organisations[1]["id"])
    XeroToken.objects.update(broken_at=timezone.now())
    Connection.objects.update(status=ConnectionStatus.NEEDS_RECONNECT)
    connect.complete(callback(), user=alice)
    other.refresh_from_db()
    assert other.is_active
    assert XeroToken.objects.get().broken_at is None


def test_of_several_organisations_the_person_chooses(
    xero: Xero, alice: User, blue: Business, callback: Walk
) -> None:
    connection = connect.complete(callback(), user=alice)
    connection.delete()
    names = [one["id"] for one in xero.organisations]
    consent = Consent.objects.create(
        business=blue,
        user=alice,
        nonce="n",
        token=XeroToken.objects.get(),
        organisations=[
            {"connection_id": one["id"], "tenant_id": one["tenantId"], "name": one["tenantName"]}
            for one in xero.state("identity")["identity"]["connections"]
        ],
    )
    (choice,) = connect.organisations_of(consent)
    with pytest.raises(connect.ConnectError):
        connect.choose(consent, tenant_id=names[1], user=alice)
    chosen = connect.choose(consent, tenant_id=choice.tenant_id, user=alice)
    assert chosen.is_active
