"""Xero's limits, shared: what is learnt, who goes first, and what a dead worker leaves behind."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import redis
from django.db import connections
from django.utils import timezone

from businesses.models import Business
from xero_integration.client import limits
from xero_integration.client.api import Client
from xero_integration.client.errors import Outcome, XeroError
from xero_integration.client.limits import shared
from xero_integration.models import Connection, ErrorClass, Lane
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory
from xero_integration.tests.simulator import Xero

PLENTY = {"minute": 59, "day": 4999, "app_minute": 9_999}


def ask(connection: Connection, *, lane: Lane = Lane.BULK) -> None:
    with Client(connection, lane=lane) as client:
        client.call("get_organisations")


def error(seconds: float | None, code: str = "limit_minute") -> XeroError:
    return XeroError(
        ErrorClass.RATE_LIMITED, code=code, outcome=Outcome.REFUSED, retry_after=seconds
    )


def call(connection: Connection, *, lane: Lane = Lane.BULK, ago: float = 0, **left: int) -> None:
    """Take a place, and give it back with an answer that says how many are `left`.

    The call is said to have been sent `ago` seconds before.
    """
    with limits.slot(connection, lane=lane) as turn:
        said = {**PLENTY, **left}
        headers = dict(zip(limits.HEADERS, map(str, said.values()), strict=True))
        turn.answered(headers, sent_at=time.monotonic() - ago)


@pytest.fixture
def organisation(db: None, settings: Any, shared_limits: redis.Redis) -> Connection:
    """Return a connection whose limits are known. Nobody waits long for a place."""
    settings.XERO_LIMIT_PATIENCE = 0.05
    connection = ConnectionFactory()
    call(connection)
    return connection


@pytest.fixture
def hold(organisation: Connection) -> Iterator[Callable[..., None]]:
    """Return a function that takes places and keeps them until the test ends."""
    with ExitStack() as held:

        def take(times: int, *, lane: Lane = Lane.BULK) -> None:
            for _ in range(times):
                held.enter_context(limits.slot(organisation, lane=lane))

        yield take


def refusal(connection: Connection, *, lane: Lane = Lane.BULK) -> XeroError:
    with pytest.raises(XeroError) as caught, limits.slot(connection, lane=lane):
        pass
    assert caught.value.outcome == Outcome.NOT_SENT
    return caught.value


# --- learning -----------------------------------------------------------------------------------


def test_calls_left_are_learnt_from_the_answers(
    xero: Xero, connection: Connection, shared_limits: redis.Redis
) -> None:
    assert limits.remaining(connection) is None
    xero.control("limits", tier="starter")
    ask(connection)
    ask(connection)
    left = limits.remaining(connection)
    assert left is not None
    assert (left.day, left.minute, left.app_minute, left.day_size) == (998, 58, 9998, 1000)


def test_no_minute_is_overrun_and_the_next_begins_with_its_own_calls(
    xero: Xero, connection: Connection, shared_limits: redis.Redis, settings: Any
) -> None:
    settings.XERO_LIMIT_MINUTE, settings.XERO_LIMIT_PEOPLE_MINUTE = 8, 2
    settings.XERO_LIMIT_MINUTE_SECONDS = 1.0
    xero.control("limits", minute=8, minute_seconds=1.0)
    started = time.monotonic()
    for _ in range(20):
        ask(connection)
    # Two whole windows and a part: their lengths are the least it can take.
    assert time.monotonic() - started >= 2
    assert "429" not in xero.state("calls")["calls"]["byStatus"]


def test_a_larger_minute_than_thought_is_believed(organisation: Connection) -> None:
    call(organisation, minute=500)
    left = limits.remaining(organisation)
    assert left is not None
    assert left.minute == 500


def test_a_window_that_turned_earlier_than_thought_is_noticed(organisation: Connection) -> None:
    for left in range(40, 20, -1):
        call(organisation, minute=left)
    call(organisation, minute=59)
    left = limits.remaining(organisation)
    assert left is not None
    assert left.minute == 59


def test_a_small_windows_turn_is_noticed_by_a_call_sent_later(
    organisation: Connection, settings: Any
) -> None:
    """Of five calls a minute no count rises by more than those in flight could explain."""
    settings.XERO_LIMIT_MINUTE_SECONDS = 6.0
    call(organisation, minute=1)
    time.sleep(0.3)
    call(organisation, minute=4, lane=Lane.INTERACTIVE)
    left = limits.remaining(organisation)
    assert left is not None
    assert left.minute == 4


def test_a_call_that_was_late_to_go_out_is_counted_in_the_window_that_it_reaches(
    organisation: Connection, settings: Any, hold: Callable[..., None]
) -> None:
    """Taken in one window and counted by Xero in the next, while others are always on their way."""
    settings.XERO_LIMIT_MINUTE, settings.XERO_LIMIT_PEOPLE_MINUTE = 8, 0
    settings.XERO_LIMIT_MINUTE_SECONDS = 1.0
    shared.server(settings.REDIS_URL).flushdb()
    call(organisation, minute=7)
    hold(1)
    time.sleep(1.1)
    counted = 1  # the late one; its answer is still out
    with ExitStack() as flying:
        before: limits.Call | None = None
        with pytest.raises(XeroError, match="limit_concurrent"):
            while True:
                turn = ExitStack()
                taken = turn.enter_context(limits.slot(organisation, lane=Lane.BULK))
                counted += 1
                if before is not None:
                    headers = {limits.HEADERS[0]: str(8 - counted + 1)}
                    before.answered(headers, sent_at=time.monotonic())
                    flying.close()
                before = taken
                flying.push(turn)
    assert counted == 8


def test_a_call_that_was_late_to_answer_costs_the_next_window_nothing(
    organisation: Connection, settings: Any
) -> None:
    settings.XERO_LIMIT_MINUTE, settings.XERO_LIMIT_PEOPLE_MINUTE = 8, 0
    settings.XERO_LIMIT_MINUTE_SECONDS = 1.0
    shared.server(settings.REDIS_URL).flushdb()
    call(organisation, minute=7)
    with limits.slot(organisation, lane=Lane.BULK) as late:
        call(organisation, minute=5)
        late.answered({limits.HEADERS[0]: "4"}, sent_at=time.monotonic())
        time.sleep(1.1)
        call(organisation, minute=7)
    left = limits.remaining(organisation)
    assert left is not None
    assert left.minute == 7


def test_the_end_of_a_day_is_known_once_its_turn_was_seen(organisation: Connection) -> None:
    call(organisation, day=700)
    left = limits.remaining(organisation)
    assert left is not None
    assert left.day_seconds == 0
    call(organisation, day=4999)
    left = limits.remaining(organisation)
    assert left is not None
    assert left.day == 4999
    assert 86_000 < left.day_seconds <= 86_400


@pytest.mark.parametrize(("more", "ago"), [(3, 0.0), (25, 0.05)])
def test_an_answer_overtaken_by_a_later_one_is_no_new_window(
    organisation: Connection, more: int, ago: float
) -> None:
    time.sleep(ago)
    call(organisation, minute=30)
    call(organisation, minute=30 + more, ago=ago)
    left = limits.remaining(organisation)
    assert left is not None
    assert left.minute < 30


def test_what_an_emptied_redis_forgot_is_learnt_again(
    organisation: Connection, shared_limits: redis.Redis
) -> None:
    call(organisation, minute=7)
    shared_limits.flushdb()
    with limits.slot(organisation, lane=Lane.BULK):
        # Whatever was in flight is unknown: one call finds out before others go.
        assert refusal(organisation).code == "limit_concurrent"
    call(organisation, minute=6)
    left = limits.remaining(organisation)
    assert left is not None
    assert left.minute <= 6


def test_a_refusal_by_surprise_is_told_to_all_and_survived(
    xero: Xero, connection: Connection, shared_limits: redis.Redis, settings: Any
) -> None:
    ask(connection)
    xero.fault("429_minute", path="Organisation")
    with pytest.raises(XeroError):
        ask(connection)
    making.make_due(connection)
    assert refusal(connection).code == "limit_minute"


def test_the_simulators_own_minute_pauses_until_its_end(xero: Xero, connection: Connection) -> None:
    xero.control("limits", minute=3)
    with pytest.raises(XeroError) as caught:
        for _ in range(4):
            ask(connection)
    assert caught.value.code == "limit_minute"
    connection.refresh_from_db()
    assert connection.paused_until > timezone.now()


# --- calls in flight ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_threads_never_have_more_than_five_calls_under_way(
    xero: Xero, connection: Connection, shared_limits: redis.Redis, settings: Any
) -> None:
    settings.XERO_LIMIT_PATIENCE = 10
    xero.control("limits", latency_ms=150)

    def hammer() -> None:
        for _ in range(5):
            ask(connection)
        connections.close_all()

    threads = [threading.Thread(target=hammer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    xero.control("limits", latency_ms=0)
    state = xero.state("calls,limits")
    assert "429" not in state["calls"]["byStatus"]
    most = max(one["mostInFlight"] for one in state["limits"]["tenants"].values())
    assert 1 < most <= 5


def test_the_place_of_a_killed_worker_comes_free_by_itself(
    organisation: Connection, shared_limits: redis.Redis, hold: Callable[..., None]
) -> None:
    hold(5)
    assert refusal(organisation).code == "limit_concurrent"
    key = f"{shared.PREFIX}:flying:{organisation.tenant_id}"
    leases = dict(shared_limits.zrange(key, 0, -1, withscores=True))
    longest = shared_limits.time()[0] + shared.lease_seconds()
    assert all(end / 1000 <= longest + 1 for end in leases.values())
    # As time would: the leases have ended.
    shared_limits.zadd(key, dict.fromkeys(leases, 1))
    call(organisation)


def test_a_person_who_waits_gets_the_next_place_before_bulk(
    organisation: Connection, hold: Callable[..., None]
) -> None:
    hold(4)
    with limits.slot(organisation, lane=Lane.BULK):
        assert refusal(organisation, lane=Lane.INTERACTIVE).code == "limit_concurrent"
    assert refusal(organisation, lane=Lane.BULK).code == "limit_concurrent"
    call(organisation, lane=Lane.INTERACTIVE)


def test_bulk_leaves_a_place_free_while_people_are_about(
    organisation: Connection, hold: Callable[..., None]
) -> None:
    call(organisation, lane=Lane.INTERACTIVE)
    hold(4)
    assert refusal(organisation, lane=Lane.BULK).code == "limit_concurrent"
    call(organisation, lane=Lane.INTERACTIVE)


# --- what is kept for people --------------------------------------------------------------------


def test_the_last_calls_of_a_minute_are_kept_for_people(organisation: Connection) -> None:
    call(organisation, minute=3)
    stopped = refusal(organisation, lane=Lane.BULK)
    assert stopped.code == "limit_minute"
    # Not for the whole minute: its last fifth is bulk's, or calls would be lost.
    assert 40 < (stopped.retry_after or 0) < 50
    call(organisation, lane=Lane.INTERACTIVE, minute=2)


def test_a_share_of_the_day_is_kept_for_people(organisation: Connection) -> None:
    call(organisation, day=249)
    # One call may ask whether the day is over, which nobody knows yet.
    call(organisation, day=248)
    assert refusal(organisation, lane=Lane.BULK).code == "limit_day_share"
    call(organisation, lane=Lane.INTERACTIVE, day=247)


def test_under_the_apps_limit_each_organisation_has_an_equal_share(
    organisation: Connection, settings: Any
) -> None:
    settings.XERO_LIMIT_APP_MINUTE, settings.XERO_LIMIT_PEOPLE_DAY = 24, 0.17
    others = [ConnectionFactory() for _ in range(3)]
    for one in others:
        call(one, app_minute=23)
    made = {one.pk: 0 for one in [organisation, *others]}
    for one in [organisation, *others]:
        for _ in range(20):
            if limits.wait(one, lane=Lane.BULK):
                break
            call(one, app_minute=23)
            made[one.pk] += 1
    # The greedy first one did not use up what the last one may have.
    assert max(made.values()) - min(made.values()) <= 1
    assert refusal(organisation, lane=Lane.BULK).code == "limit_app"
    call(others[0], lane=Lane.INTERACTIVE)


# --- pauses -------------------------------------------------------------------------------------


def test_a_paused_organisation_is_not_called(xero: Xero, connection: Connection) -> None:
    limits.pause(connection, error(30))
    calls = xero.state("calls")["calls"]["total"]
    with pytest.raises(XeroError) as caught:
        ask(connection)
    assert caught.value.error_class == ErrorClass.RATE_LIMITED
    assert caught.value.outcome == Outcome.NOT_SENT
    assert 28 < (caught.value.retry_after or 0) <= 30
    assert xero.state("calls")["calls"]["total"] == calls


def test_a_short_pause_does_not_shorten_a_long_one(connection: Connection) -> None:
    limits.pause(connection, error(3600, "limit_day"))
    limits.pause(connection, error(None, "limit_concurrent"))
    connection.refresh_from_db()
    assert connection.paused_until > timezone.now() + dt.timedelta(minutes=59)
    assert "day" in connection.paused_reason


def test_a_used_up_day_pauses_the_organisation_until_its_end(
    xero: Xero, connection: Connection, blue: Business, shared_limits: redis.Redis
) -> None:
    xero.control("limits", day=4, day_seconds=3600)
    for _ in range(6):
        making.contact(blue)
        making.sweep_and_drain(connection)
    connection.refresh_from_db()
    assert "day" in connection.paused_reason
    assert timezone.now() + dt.timedelta(minutes=50) < connection.paused_until
    assert len(xero.contacts()) == 4
    # The pause is over, or the operator knew of a larger plan and lifted it.
    xero.control("limits", day=5000)
    making.make_due(connection)
    making.drain(connection)
    assert len(xero.contacts()) == 6
    left = limits.remaining(connection)
    assert left is not None
    assert left.day > 4990


# --- without Redis ------------------------------------------------------------------------------


def test_a_redis_that_is_down_fails_no_call(xero: Xero, connection: Connection) -> None:
    ask(connection)
    assert limits.remaining(connection) is None


def test_without_redis_a_process_makes_one_call_at_a_time(
    connection: Connection, settings: Any
) -> None:
    settings.XERO_LIMIT_PATIENCE = 0.05
    with limits.slot(connection, lane=Lane.BULK):
        assert refusal(connection).code == "limit_concurrent"
    with limits.slot(connection, lane=Lane.BULK):
        pass
