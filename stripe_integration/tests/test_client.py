"""The door to Stripe: what it asks, and what it makes of each kind of refusal."""

import logging
import subprocess
import sys
import uuid
from typing import Any

import pytest

from stripe_integration import client
from stripe_integration.client import Door, SignatureRefused, verified
from stripe_integration.errors import ErrorClass, StripeRefused, classify
from stripe_integration.tests.simulator import ROOT, SECRET_KEY, Stripe


def body(amount: int = 11_000) -> dict[str, Any]:
    price = {"currency": "aud", "unit_amount": amount, "product_data": {"name": "INV-0001"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": "http://localhost:8000/back/",
        "cancel_url": "http://localhost:8000/back/",
    }


def test_django_starts_without_the_library() -> None:
    """It costs nearly a second, and most pages never take a payment."""
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'pooltrackr.settings'; "
        "django.setup(); import stripe_integration.client, pooltrackr.urls; "
        "sys.exit('stripe' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_version_is_pinned_and_the_account_is_read(stripe: Stripe) -> None:
    account = Door().account()
    assert (account["country"], account["default_currency"]) == ("AU", "aud")


def test_one_key_makes_one_payment_page(stripe: Stripe) -> None:
    key = str(uuid.uuid4())
    first, second = (Door().create_session(body(), key=key) for _ in range(2))
    assert first["id"] == second["id"]
    assert len(stripe.listed("checkout/sessions")) == 1


def test_the_same_key_with_another_body_is_refused_for_good(stripe: Stripe) -> None:
    key = str(uuid.uuid4())
    Door().create_session(body(), key=key)
    with pytest.raises(StripeRefused) as refused:
        Door().create_session(body(12_000), key=key)
    assert refused.value.error_class is ErrorClass.REQUEST


@pytest.mark.parametrize(
    ("kind", "error_class", "is_unclear"),
    [
        ("429", ErrorClass.LIMIT, False),
        ("500", ErrorClass.TEMPORARY, True),
        ("503", ErrorClass.TEMPORARY, True),
        ("409", ErrorClass.TEMPORARY, True),
        ("401", ErrorClass.ACCESS, False),
        ("drop_before", ErrorClass.TEMPORARY, True),
        ("drop_after", ErrorClass.TEMPORARY, True),
    ],
)
def test_each_trouble_has_its_class(
    stripe: Stripe, kind: str, error_class: str, is_unclear: bool
) -> None:
    stripe.fault(kind)
    with pytest.raises(StripeRefused) as refused:
        Door().create_session(body(), key=str(uuid.uuid4()))
    assert (refused.value.error_class, refused.value.is_unclear) == (error_class, is_unclear)


def test_nothing_is_repeated_behind_the_callers_back(stripe: Stripe) -> None:
    stripe.fault("500")
    with pytest.raises(StripeRefused):
        Door().create_session(body(), key=str(uuid.uuid4()))
    assert len(stripe.writes("checkout/sessions")) == 1


def test_an_answer_that_never_comes_ends_with_the_time_out(stripe: Stripe, settings: Any) -> None:
    settings.STRIPE_READ_TIMEOUT = 1
    stripe.control("limits", latency_ms=3000)
    with pytest.raises(StripeRefused) as refused:
        Door().account()
    assert refused.value.code == "no_answer"


def test_a_wrong_key_and_a_lost_account_are_access(stripe: Stripe) -> None:
    for door in (Door(key="sk_test_nobody"), Door(account="acct_stranger")):
        with pytest.raises(StripeRefused) as refused:
            door.account()
        assert refused.value.error_class is ErrorClass.ACCESS


def test_what_is_not_there_is_gone(stripe: Stripe) -> None:
    with pytest.raises(StripeRefused) as refused:
        Door().session("cs_test_nothing")
    assert refused.value.is_gone


def test_an_unknown_status_goes_to_a_person() -> None:
    assert classify(418, None).error_class is ErrorClass.UNKNOWN
    assert classify(418, None).is_unclear
    assert classify(599, "<html>").is_unclear


def test_the_log_holds_no_key_and_no_words(
    stripe: Stripe, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(StripeRefused):
        Door(key="sk_test_nobody_at_all").account()
    Door().account()
    assert "stripe-call name=account said=access" in caplog.text
    assert "nobody" not in caplog.text
    assert SECRET_KEY not in caplog.text


def test_plain_http_is_for_this_machine_only(settings: Any) -> None:
    settings.STRIPE_API_URL = "http://api.stripe.com"
    with pytest.raises(ValueError, match="https only"):
        Door(key="sk_test_x")


def test_no_secret_lets_no_delivery_in(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    with pytest.raises(SignatureRefused):
        verified(b"{}", signature="t=1,v1=x")


def test_only_the_door_imports_the_library() -> None:
    found = [
        path.name
        for path in (ROOT / "stripe_integration").glob("**/*.py")
        if "tests" not in path.parts and "import stripe\n" in path.read_text()
    ]
    assert found == [client.__name__.rpartition(".")[2] + ".py"]
