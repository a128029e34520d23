"""Refreshing: one at a time, both tokens stored, grace used, an end that asks for a person."""

import datetime as dt
import logging
import threading
from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.db import connection as database
from django.test import Client as Browser
from django.utils import timezone

from businesses.models import Business, User
from xero_integration.client import tokens
from xero_integration.client.api import Client
from xero_integration.client.errors import XeroError
from xero_integration.connecting import disconnecting
from xero_integration.health import notices
from xero_integration.models import (
    Connection,
    ConnectionStatus,
    ErrorClass,
    Lane,
    OutboxStatus,
    XeroToken,
)
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory
from xero_integration.tests.simulator import Xero


def expire(connection: Connection) -> XeroToken:
    past = timezone.now() - dt.timedelta(seconds=1)
    XeroToken.objects.filter(pk=connection.token_id).update(expires_at=past)
    return XeroToken.objects.get(pk=connection.token_id)


def test_a_refresh_stores_both_new_tokens(xero: Xero, connection: Connection) -> None:
    before = expire(connection)
    after = tokens.usable(before.pk)
    assert after.generation == before.generation + 1
    assert after.access_token != before.access_token
    assert after.refresh_token != before.refresh_token
    assert (after.lease_owner, after.lease_until) == ("", None)


def test_a_token_that_is_good_is_not_refreshed(xero: Xero, connection: Connection) -> None:
    calls = xero.counts()["token calls"]
    tokens.usable(connection.token_id)
    assert xero.counts()["token calls"] == calls


def test_a_refresh_whose_answer_was_lost_is_repeated_within_the_grace(
    xero: Xero, connection: Connection
) -> None:
    before = expire(connection)
    xero.fault("drop_after", path="connect/token")
    with pytest.raises(XeroError) as caught:
        tokens.usable(before.pk)
    assert caught.value.error_class == ErrorClass.TEMPORARY
    assert tokens.usable(before.pk).generation == before.generation + 1


def test_without_grace_a_lost_answer_ends_in_reconnect_and_loses_no_row(
    xero: Xero, connection: Connection, blue: Business
) -> None:
    xero.control("switches", refresh_grace=False)
    contact = making.contact(blue)
    expire(connection)
    xero.fault("drop_after", path="connect/token")
    making.drain(connection)
    making.make_due(connection)
    making.drain(connection)
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.NEEDS_RECONNECT
    assert making.row(contact).status == OutboxStatus.WAITING


def test_invalid_grant_breaks_the_token_and_all_its_connections(
    xero: Xero, connection: Connection, dry: Business, charlie: User
) -> None:
    other = making.connected(xero, dry, charlie, organisation=xero.organisations[1]["id"])
    assert other.token_id == connection.token_id
    xero.act("forget_refresh_tokens")
    token = expire(connection)
    with pytest.raises(XeroError) as caught:
        tokens.usable(token.pk)
    assert caught.value.error_class == ErrorClass.CONNECTION_LOST
    statuses = set(Connection.objects.values_list("status", flat=True))
    assert statuses == {ConnectionStatus.NEEDS_RECONNECT}
    # Never a loop: the next one does not even ask.
    calls = xero.counts()["token calls"]
    with pytest.raises(XeroError):
        tokens.usable(token.pk)
    assert xero.counts()["token calls"] == calls


def test_a_worker_that_died_while_refreshing_is_taken_over(
    xero: Xero, connection: Connection
) -> None:
    token = expire(connection)
    past = timezone.now() - dt.timedelta(seconds=1)
    XeroToken.objects.filter(pk=token.pk).update(lease_owner="dead", lease_until=past)
    assert tokens.usable(token.pk).generation == token.generation + 1


@pytest.mark.parametrize("grace", [True, False], ids=["grace", "strict"])
def test_eight_threads_meeting_an_expired_token_make_one_refresh(
    transactional_db: None, xero: Xero, connection: Connection, grace: bool
) -> None:
    xero.control("switches", refresh_grace=grace)
    token = expire(connection)
    xero.fault("slow", path="connect/token", seconds=0.3)
    calls = xero.counts()["token calls"]
    found = in_threads(8, lambda: tokens.usable(token.pk).access_token)
    assert len(found) == 8
    assert len(set(found)) == 1
    assert xero.counts()["token calls"] == calls + 1


def in_threads(count: int, work: Callable[[], str]) -> list[str]:
    found: list[str] = []
    gate = threading.Barrier(count)

    def run() -> None:
        gate.wait()
        try:
            found.append(work())
        finally:
            database.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_clients_never_share_a_token_object(connection: Connection) -> None:
    with Client(connection, lane=Lane.BULK) as one, Client(connection, lane=Lane.BULK) as two:
        tokens_of = [client._client.configuration.oauth2_token for client in (one, two)]
    assert tokens_of[0] is not tokens_of[1]


def test_the_log_holds_no_token_name_amount_or_body(
    xero: Xero, connection: Connection, blue: Business, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="xero_integration")
    expire(connection)
    contact = making.contact(blue, "Rosa Sekretova", email="hidden@example.com")
    making.invoice(contact, making.line(blue, "7654.32", description="Secret work"))
    making.contact(blue, "Bad Address", email="no-at-sign")
    xero.fault("500_after", method="PUT", path="Contacts", text="Rosa Sekretova leaked")
    for _ in range(3):
        making.drain(connection)
        making.make_due(connection)
    token = XeroToken.objects.get()
    assert "create_contacts" in caplog.text
    for secret in (
        token.access_token,
        token.refresh_token,
        "Sekretova",
        "hidden@",
        "7654",
        "Secret work",
        "no-at-sign",
        "Bearer",
    ):
        assert secret not in caplog.text


# --- keeping alive what nobody uses -------------------------------------------------------------


def let_be_quiet(connection: Connection, *, days: float) -> XeroToken:
    """Let the token's last refresh be `days` ago."""
    ago = timezone.now() - dt.timedelta(days=days)
    XeroToken.objects.filter(pk=connection.token_id).update(
        expires_at=ago, refresh_expires_at=ago + dt.timedelta(days=60), updated_at=ago
    )
    return XeroToken.objects.get(pk=connection.token_id)


def test_a_token_that_nothing_used_for_weeks_is_refreshed(
    xero: Xero, connection: Connection
) -> None:
    before = let_be_quiet(connection, days=24)
    assert tokens.keep_alive() == 0
    let_be_quiet(connection, days=26)
    assert tokens.keep_alive() == 1
    after = XeroToken.objects.get()
    assert after.generation == before.generation + 1
    assert after.refresh_expires_at > timezone.now() + dt.timedelta(days=59)
    assert tokens.keep_alive() == 0


def test_a_token_that_no_connection_needs_is_left_to_die(
    xero: Xero, connection: Connection
) -> None:
    let_be_quiet(connection, days=30)
    connection.status = ConnectionStatus.DISCONNECTED
    connection.save()
    assert tokens.keep_alive() == 0


def test_a_round_takes_a_few_and_the_next_one_others(
    xero: Xero, connection: Connection, settings: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch, dry: Business,
) -> None:  # fmt: skip
    monkeypatch.setattr(tokens, "KEEP_ALIVE_LIMIT", 1)
    let_be_quiet(connection, days=50)
    # A second Xero user, whose token no key of ours opens any more.
    stuck = XeroToken.objects.create(
        xero_userid="u2",
        refresh_token_encrypted="none",
        expires_at=timezone.now(),
        refresh_expires_at=timezone.now(),
    )
    long_ago = timezone.now() - dt.timedelta(days=60)
    XeroToken.objects.filter(pk=stuck.pk).update(updated_at=long_ago)
    ConnectionFactory(business=dry, token=stuck)
    assert [tokens.keep_alive(), tokens.keep_alive()] == [0, 1]


def test_a_token_about_to_die_is_said_before(
    xero: Xero, connection: Connection, as_alice: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="xero_integration")
    page = "/b/blue/"
    let_be_quiet(connection, days=52)
    assert b"for weeks" not in as_alice.get(page).content
    let_be_quiet(connection, days=54)
    xero.fault("503", path="connect/token")
    assert tokens.keep_alive() == 0
    assert "token-dying" in caplog.text
    assert b"for weeks" in as_alice.get(page).content
    assert tokens.keep_alive() == 1
    assert b"for weeks" not in as_alice.get(page).content


def test_disconnecting_one_organisation_keeps_the_other_of_the_same_xero_user(
    xero: Xero, connection: Connection, blue: Business, dry: Business, charlie: User
) -> None:
    other = making.ready(
        making.connected(xero, dry, charlie, organisation=xero.organisations[1]["id"])
    )
    disconnecting.disconnect(connection, by=charlie)
    contact = making.contact(dry)
    making.drain(other)
    assert making.row(contact).status == OutboxStatus.DONE
    expire(other)
    assert tokens.usable(other.token_id).refresh_token
    assert XeroToken.objects.count() == 1


def test_invalid_grant_shows_a_banner_and_writes_to_the_owners(
    xero: Xero, connection: Connection, as_alice: Browser, mailoutbox: list[EmailMessage]
) -> None:
    xero.act("forget_refresh_tokens")
    expire(connection)
    making.contact(connection.business)
    making.drain(connection)
    assert b"is broken" in as_alice.get("/b/blue/").content
    notices.tell_owners(connection.pk)
    assert [mail.to for mail in mailoutbox] == [["alice@blue.example"]]


def test_a_mail_that_a_killed_worker_may_not_have_sent_is_sent_again(
    xero: Xero, connection: Connection, mailoutbox: list[EmailMessage]
) -> None:
    tokens.mark_lost(connection, code="disconnected")
    # Killed while it held the lease: the mail may be out, or not.
    lease = timezone.now() + dt.timedelta(minutes=1)
    Connection.objects.update(telling_until=lease)
    notices.tell_owners(connection.pk)
    assert (mailoutbox, notices.queue("lost")) == ([], 0)
    Connection.objects.update(telling_until=timezone.now() - dt.timedelta(seconds=1))
    assert notices.queue("lost") == 1
    notices.tell_owners(connection.pk)
    assert len(mailoutbox) == 1
    assert notices.queue("lost") == 0
