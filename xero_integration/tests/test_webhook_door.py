"""What /xero/webhook/ takes, what it refuses, and what it keeps."""

import pytest
from django.test import Client

from xero_integration.models import Connection, EventStatus, XeroEvent
from xero_integration.tests import making
from xero_integration.tests.factories import ConnectionFactory
from xero_integration.tests.webhooks import KEY, TENANT, body_of, event, post, signature_of
from xero_integration.views.webhook import LARGEST_BODY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def webhook_key(settings) -> None:
    settings.XERO_WEBHOOK_KEY = KEY


@pytest.fixture
def organisation(blue) -> Connection:
    return ConnectionFactory(business=blue, tenant_id=TENANT)


def test_a_signed_delivery_is_taken_without_a_word_or_a_cookie(organisation) -> None:
    answer = post(body_of(event()))
    assert (answer.status_code, answer.content, answer.cookies.output()) == (200, b"", "")


def test_what_an_event_says_is_kept_and_nothing_more(organisation) -> None:
    post(body_of(event()))
    kept = XeroEvent.objects.get()
    assert (kept.connection, kept.business) == (organisation, organisation.business)
    assert (kept.category, kept.event_type, kept.status) == ("CONTACT", "UPDATE", "received")
    assert kept.occurred_at.isoformat() == "2026-11-26T10:00:00.123000+00:00"


def test_an_intent_to_receive_has_no_events_and_gets_200_when_rightly_signed() -> None:
    body = body_of()
    assert post(body).status_code == 200
    refused = post(body, signature_of(body, key="another key"))
    assert (refused.status_code, refused.content, refused.cookies.output()) == (401, b"", "")


@pytest.mark.parametrize("signature", ["", "no base64", "ümlaut", signature_of(body_of())])
def test_a_wrong_signature_is_refused_and_keeps_nothing(organisation, signature) -> None:
    assert post(body_of(event()), signature).status_code == 401
    assert not XeroEvent.objects.exists()


def test_the_signature_is_of_the_bytes_not_of_what_they_say(organisation) -> None:
    body = body_of(event())
    assert post(body + b" ", signature_of(body)).status_code == 401


def test_without_a_key_nothing_is_taken_not_even_what_an_empty_key_signed(
    organisation, settings
) -> None:
    settings.XERO_WEBHOOK_KEY = ""
    body = body_of(event())
    assert post(body, signature_of(body, key="")).status_code == 401
    assert not XeroEvent.objects.exists()


def test_a_delivery_without_signature_is_refused() -> None:
    answer = Client().post("/xero/webhook/", body_of(), content_type="application/json")
    assert answer.status_code == 401


def test_what_comes_twice_is_kept_once(organisation) -> None:
    for _ in range(2):
        assert post(body_of(event(), event())).status_code == 200
    post(body_of(event(eventDateUtc="2026-11-26T10:00:00.124")))
    assert XeroEvent.objects.count() == 2


def test_an_organisation_that_nobody_connected_is_ignored_with_the_reason() -> None:
    assert post(body_of(event())).status_code == 200
    kept = XeroEvent.objects.get()
    assert (kept.status, kept.connection, kept.business) == (EventStatus.IGNORED, None, None)
    assert "No business" in kept.message


def test_a_kind_that_is_not_kept_is_ignored(organisation) -> None:
    post(body_of(event(eventCategory="CREDITNOTE")))
    assert XeroEvent.objects.get().status == EventStatus.IGNORED


@pytest.mark.parametrize(
    "wrong",
    [{"resourceId": "x\x00y"}, {"eventDateUtc": None}, {"tenantId": 7}, {"eventType": "X" * 31}],
)
def test_an_unreadable_event_does_not_hold_up_its_neighbours(organisation, wrong) -> None:
    assert post(body_of(event(**wrong), event())).status_code == 200
    assert XeroEvent.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"[1]", b"no json", b'{"events": 3}', b'{"events": [3]}'])
def test_signed_nonsense_is_taken_and_left(body) -> None:
    assert post(body).status_code == 200
    assert not XeroEvent.objects.exists()


def test_a_body_beyond_the_limit_is_not_read(organisation) -> None:
    assert post(b" " * (LARGEST_BODY + 1)).status_code == 413


def test_only_a_post_is_answered(client) -> None:
    assert client.get("/xero/webhook/").status_code == 405


def test_a_broker_that_is_down_does_not_fail_the_delivery(organisation) -> None:
    making.use_broker("redis://127.0.0.1:1/0")
    assert post(body_of(event())).status_code == 200
    assert XeroEvent.objects.get().status == EventStatus.RECEIVED
