"""/healthz, /readyz and beat's sign of life."""

import logging

import pytest
from django.conf import settings as project
from django.core.cache import cache

from pooltrackr import heartbeat
from pooltrackr.celery import app
from pooltrackr.tasks import heartbeat as heartbeat_task


@pytest.fixture(autouse=True)
def memory_cache(settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def no_broker(settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"  # nobody listens there


def test_healthz_needs_nothing_not_even_the_database(client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer.headers["Cache-Control"]


def test_readyz_names_what_is_missing(client, db, no_broker) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "down", "beat": "silent"}


def test_readyz_tells_callers_no_addresses(client, db, no_broker, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        answer = client.get("/readyz")
    assert b"127.0.0.1" not in answer.content
    assert "broker_answers failed" in caplog.text


def test_a_beat_is_fresh_for_three_intervals(time_machine) -> None:
    time_machine.move_to("2026-11-22 10:00:00", tick=False)
    assert not heartbeat.is_fresh()
    heartbeat_task()
    time_machine.shift(3 * project.HEARTBEAT_INTERVAL - 1)
    assert heartbeat.is_fresh()
    time_machine.shift(1)
    assert not heartbeat.is_fresh()


def test_readyz_hears_a_beat(client, db, no_broker) -> None:
    heartbeat.beat()
    assert client.get("/readyz").json()["beat"] == "ok"


def test_every_entry_of_the_schedule_is_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
