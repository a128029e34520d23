"""/readyz before real programs."""

import time

import pytest
import requests

pytestmark = pytest.mark.process

PATIENCE = 30  # seconds; a loaded machine starts a worker slowly


def states(stack) -> dict[str, str]:
    return requests.get(f"{stack.web_url}/readyz", timeout=5).json()


def wait_for(stack, expected) -> None:
    end = time.monotonic() + PATIENCE
    while states(stack) != expected and time.monotonic() < end:
        time.sleep(0.1)
    assert states(stack) == expected


def test_readyz_follows_the_worker_and_the_broker(make_stack) -> None:
    stack = make_stack(
        parts=("broker", "worker", "web"), settings={"HEARTBEAT_INTERVAL": "1"}, redis_url=""
    )
    well = {"database": "ok", "broker": "ok", "beat": "ok"}
    wait_for(stack, well)
    stack.kill("worker")
    wait_for(stack, {**well, "beat": "silent"})
    stack.kill("broker")
    wait_for(stack, {**well, "broker": "down", "beat": "down"})
    assert requests.get(f"{stack.web_url}/healthz", timeout=5).text == "ok"


def test_the_log_of_the_web_server_keeps_no_query(make_stack) -> None:
    stack = make_stack(parts=("web",))
    requests.get(f"{stack.web_url}/healthz?code=a-code-of-xero&q=mira", timeout=5)
    end = time.monotonic() + PATIENCE
    while "GET /healthz 200" not in stack.tail("web") and time.monotonic() < end:
        time.sleep(0.1)
    assert "GET /healthz 200" in stack.tail("web")
    assert "a-code-of-xero" not in stack.tail("web", 100)
