"""The door: guessing is made slow, and what it says tells nobody who has an account."""

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse

from businesses.log_in import TOO_MANY
from businesses.models import User
from businesses.tests.factories import UserFactory
from businesses.throttle import MOST_FAILURES, MOST_RESETS

PASSWORD = "clear water 27"


@pytest.fixture(autouse=True)
def own_cache(settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def person(db) -> User:
    user = UserFactory(email="mira@blue.example")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(
    client, password=PASSWORD, *, door="/login/", email="mira@blue.example", **extra
) -> HttpResponse:
    return client.post(door, {"username": email, "password": password}, **extra)


@pytest.mark.parametrize("door", ["/login/", "/admin/login/"])
def test_after_some_failures_even_the_right_password_has_to_wait(client, person, door) -> None:
    User.objects.update(is_staff=True)
    with time_machine.travel("2026-11-22T00:00:00Z", tick=False) as clock:
        for _ in range(MOST_FAILURES):
            answer = log_in(client, "wrong", door=door, email="Mira@blue.example ")
            assert TOO_MANY not in answer.content.decode()
        assert TOO_MANY in log_in(client, door=door).content.decode()
        clock.shift(15 * 60 + 1)
        assert log_in(client, door=door).status_code == 302


def test_the_same_words_meet_an_account_that_there_is_not(client, person) -> None:
    for _ in range(MOST_FAILURES):
        log_in(client, email="nobody@blue.example")
    assert TOO_MANY in log_in(client, email="nobody@blue.example").content.decode()


def test_another_place_and_another_account_are_not_kept_out(client, person) -> None:
    for _ in range(MOST_FAILURES):
        log_in(client, "wrong")
    assert log_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302
    assert TOO_MANY not in log_in(client, email="other@blue.example").content.decode()


def test_a_made_up_forwarding_header_opens_no_second_account_of_tries(
    client, person, settings
) -> None:
    for number in range(MOST_FAILURES):
        log_in(client, "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert TOO_MANY in log_in(client, HTTP_X_FORWARDED_FOR="192.0.2.99").content.decode()
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(MOST_FAILURES):
        log_in(client, "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}, 198.51.100.1")
    answer = log_in(client, HTTP_X_FORWARDED_FOR="203.0.113.1, 198.51.100.1")
    assert TOO_MANY in answer.content.decode()
    assert log_in(client, HTTP_X_FORWARDED_FOR="198.51.100.2").status_code == 302


def test_getting_in_forgets_the_failures(client, person) -> None:
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            log_in(client, "wrong")
        assert log_in(client).status_code == 302
        client.post("/logout/")


def test_a_cache_that_is_away_keeps_nobody_out(client, person, settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    log_in(client, "wrong")
    assert log_in(client).status_code == 302


def test_logging_in_gives_the_session_a_new_key(client, person) -> None:
    client.get("/login/")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    log_in(client, HTTP_COOKIE=f"sessionid={planted}")
    assert client.session.session_key != planted


def test_log_in_leads_to_no_other_site(client, person) -> None:
    for target in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        answer = client.post(
            f"/login/?next={target}",
            {"username": person.email, "password": PASSWORD, "next": target},
        )
        assert answer.headers["Location"] == "/"
        client.post("/logout/")


def test_a_reset_says_the_same_to_everybody_and_floods_nobody(client, person) -> None:
    answers = {
        client.post("/password/reset/", {"email": email}).headers["Location"]
        for email in [person.email, "nobody@blue.example"] * (MOST_RESETS + 3)
    }
    assert len(answers) == 1
    assert len(mail.outbox) == MOST_RESETS


def test_a_forged_host_reaches_no_mail(client, person) -> None:
    answer = client.post(
        "/password/reset/", {"email": person.email}, HTTP_HOST="evil.example", follow=False
    )
    assert answer.status_code == 400
    assert not mail.outbox
    client.post("/password/reset/", {"email": person.email})
    assert "http://localhost:8000/password/reset/" in mail.outbox[0].body


def test_logging_out_needs_a_post(client, person) -> None:
    log_in(client)
    assert client.get("/logout/").status_code == 405
    assert client.get("/businesses/").status_code == 200
