"""The stack's own rules; that it serves is tested wherever a real process is."""

from pathlib import Path

import pytest
import requests

from pooltrackr.supervisor import Stack
from pooltrackr.supervisor.probes import answers_ping
from pooltrackr.testing import database_url


def test_the_socket_lies_in_the_folder_when_its_path_is_short(tmp_path) -> None:
    stack = Stack(folder=tmp_path, parts=())
    assert stack.socket == tmp_path / "valkey.sock"
    assert stack.redis_url == f"unix://{tmp_path}/valkey.sock"


@pytest.mark.parametrize("name", ["deep" * 25, "with space", "per%20cent"])
def test_the_socket_moves_to_a_short_plain_path_when_its_own_would_not_do(tmp_path, name) -> None:
    with Stack(folder=tmp_path / name, parts=()) as stack:
        assert len(str(stack.socket)) <= 107
        assert str(stack.socket) == stack.redis_url.removeprefix("unix://")
        assert not str(stack.socket).startswith(str(tmp_path))
    assert not stack.socket.parent.exists()


@pytest.mark.process
def test_the_broker_answers_until_the_stack_is_left(tmp_path) -> None:
    with Stack(folder=tmp_path / "deep" / ("er" * 40), parts=("broker",)) as stack:
        assert answers_ping(stack.redis_url)
    assert not answers_ping(stack.redis_url)


@pytest.mark.process
def test_a_part_that_ended_by_itself_can_be_started_again(tmp_path) -> None:
    with Stack(folder=tmp_path, parts=("broker",)) as stack:
        assert stack.start_ended() == []
        process = stack.supervisor.children["broker"].process
        process.kill()
        process.wait()
        assert stack.start_ended() == ["broker"]
        assert answers_ping(stack.redis_url)


def test_children_find_the_simulator_at_all_four_origins(tmp_path) -> None:
    stack = Stack(folder=tmp_path, parts=(), xero_port=4711, settings={"XERO_LEASE": "5"})
    names = ("XERO_LOGIN_URL", "XERO_IDENTITY_URL", "XERO_API_URL", "XERO_APP_URL")
    assert {stack.environment[name] for name in names} == {"http://localhost:4711"}
    assert stack.environment["XERO_CLIENT_ID"] == "pooltrackr-demo"
    assert stack.environment["XERO_LEASE"] == "5"


@pytest.mark.process
def test_the_stripe_simulator_starts_and_its_settings_lead_there(tmp_path) -> None:
    with Stack(folder=tmp_path, parts=("stripe",)) as stack:
        settings = stack.environment
        headers = {"Authorization": f"Bearer {settings['STRIPE_SECRET_KEY']}"}
        url = f"{settings['STRIPE_API_URL']}/v1/account"
        answer = requests.get(url, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["object"]) == (200, "account")
    assert settings["STRIPE_CONNECT_URL"] == settings["STRIPE_API_URL"] == stack.stripe_url


def test_without_the_part_stripe_is_left_as_the_environment_has_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "mine")
    monkeypatch.delenv("STRIPE_API_URL", raising=False)
    environment = Stack(folder=tmp_path, parts=("broker",)).environment
    assert environment["STRIPE_SECRET_KEY"] == "mine"
    assert "STRIPE_API_URL" not in environment


def test_the_real_xero_is_left_as_the_environment_has_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XERO_CLIENT_ID", "mine")
    monkeypatch.delenv("XERO_API_URL", raising=False)
    stack = Stack(folder=tmp_path, parts=("xero",), real_xero=True)
    assert stack.environment["XERO_CLIENT_ID"] == "mine"
    assert "XERO_API_URL" not in stack.environment
    assert not stack.runs("xero")


def test_a_proxy_of_the_machine_is_not_used_for_its_own_ports(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet")
    environment = Stack(folder=tmp_path, parts=()).environment
    assert environment["no_proxy"] == environment["NO_PROXY"] == "intranet,localhost,127.0.0.1"


def test_an_external_broker_is_used_and_none_is_started(tmp_path) -> None:
    stack = Stack(folder=tmp_path, redis_url="redis://localhost:6379/3")
    assert not stack.runs("broker")
    assert stack.environment["REDIS_URL"] == "redis://localhost:6379/3"


def test_an_unknown_part_is_named(tmp_path) -> None:
    with (
        pytest.raises(ValueError, match="no part called wokrer"),
        Stack(folder=tmp_path, parts=("wokrer",)),
    ):
        pass


@pytest.mark.django_db
def test_the_tests_database_is_one_that_other_processes_can_open() -> None:
    url = database_url()
    assert url.startswith("postgres://") or Path(url.removeprefix("sqlite:///")).is_file()
