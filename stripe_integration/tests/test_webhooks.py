"""Webhooks and polls: who may post, and that late, repeated, swapped and lost events do no harm."""

import datetime as dt
import random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from invoices.models import Invoice
from stripe_integration import connect, events, polling
from stripe_integration.models import (
    AccountStatus,
    Charge,
    CheckoutSession,
    EventStatus,
    SessionStatus,
    StripeAccount,
    StripeEvent,
)
from stripe_integration.tests.making import ACCOUNT, deliver, opened, paid, told, work
from stripe_integration.tests.simulator import Stripe


def test_a_delivery_is_kept_and_answered_before_any_work(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    paid(stripe, invoice)
    event = next(one for one in told(stripe) if one["type"] == "checkout.session.completed")
    assert deliver(client, event) == 200
    row = StripeEvent.objects.get()
    assert (row.event_id, row.status) == (event["id"], EventStatus.RECEIVED)
    assert row.account.stripe_id == ACCOUNT
    assert not invoice.payments.exists()


@pytest.mark.parametrize("how", [{"secret": "whsec_wrong"}, {"ago": 600}, {"ago": -600}])
def test_what_stripe_did_not_sign_lately_is_refused(
    stripe: Stripe, invoice: Invoice, client: Client, how: dict[str, Any]
) -> None:
    paid(stripe, invoice)
    status = deliver(client, told(stripe)[-1], **how)
    assert status == (200 if how.get("ago", 0) < 0 else 400)
    assert StripeEvent.objects.exists() is (status == 200)


def test_a_body_changed_on_its_way_is_refused(client: Client, settings: Any, db: None) -> None:
    settings.STRIPE_WEBHOOK_SECRET = "whsec_x"
    answer = client.post(
        "/stripe/webhook/",
        data=b"{}",
        content_type="application/json",
        headers={"Stripe-Signature": "t=1,v1=abc"},
    )
    assert answer.status_code == 400
    assert client.post("/stripe/webhook/", data=b"x", content_type="text/plain").status_code == 400
    assert client.get("/stripe/webhook/").status_code == 405


def test_repeated_and_swapped_events_book_once(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    paid(stripe, invoice)
    delivered = told(stripe) * 2
    random.Random(5).shuffle(delivered)
    for event in delivered:
        assert deliver(client, event) == 200
        work()
    invoice.refresh_from_db()
    assert [payment.amount for payment in invoice.payments.all()] == [invoice.total]
    assert StripeEvent.objects.count() == len(told(stripe))


def test_lost_events_are_found_by_asking(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    row = paid(stripe, invoice)
    polling.poll(account.pk)
    work()
    invoice.refresh_from_db()
    row.refresh_from_db()
    assert invoice.amount_due == 0
    assert row.status == SessionStatus.PAID
    assert set(StripeEvent.objects.values_list("by_poll", flat=True)) == {True}
    account.refresh_from_db()
    assert account.events_read_to
    polling.poll(account.pk)
    work()
    assert invoice.payments.count() == 1


def test_a_poll_that_stripe_refuses_reads_everything_the_next_time(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    paid(stripe, invoice)
    stripe.fault("503", path="v1/events")
    polling.poll(account.pk)
    assert not StripeEvent.objects.exists()
    polling.poll(account.pk)
    work()
    invoice.refresh_from_db()
    assert invoice.amount_due == 0


def test_an_expired_page_is_learnt_from_its_event(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    row = opened(invoice)
    stripe.act("expire_session", session=row.stripe_id)
    deliver(client, told(stripe)[-1])
    work()
    row.refresh_from_db()
    assert row.status == SessionStatus.EXPIRED


def test_a_page_nothing_was_heard_of_is_looked_at_after_its_time(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    row = paid(stripe, invoice)
    CheckoutSession.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    StripeAccount.objects.update(connected_at=timezone.now() + dt.timedelta(hours=1))
    polling.poll(account.pk)
    row.refresh_from_db()
    invoice.refresh_from_db()
    assert (row.status, invoice.amount_due) == (SessionStatus.PAID, 0)


def test_an_event_is_tried_again_while_stripe_is_down(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    paid(stripe, invoice)
    event = next(one for one in told(stripe) if one["type"] == "payment_intent.succeeded")
    deliver(client, event)
    stripe.fault("500", path="payment_intents")
    work()
    row = StripeEvent.objects.get()
    assert (row.status, row.attempts) == (EventStatus.FAILED, 1)
    assert row.not_before > timezone.now()
    call_command("stripe_replay", "--failed")
    work()
    row.refresh_from_db()
    assert row.status == EventStatus.DONE
    assert Charge.objects.get().applied == invoice.total


def test_a_worker_killed_at_an_event_leaves_it_to_the_next(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    paid(stripe, invoice)
    event = next(one for one in told(stripe) if one["type"] == "payment_intent.succeeded")
    deliver(client, event)
    # Claimed, and never heard of again.
    StripeEvent.objects.update(attempts=1, not_before=timezone.now() + events.LEASE)
    work()
    assert not Charge.objects.exists()
    StripeEvent.objects.update(not_before=timezone.now())
    assert events.wake() == 1
    work()
    assert Charge.objects.get().applied == invoice.total


def test_events_of_strangers_and_of_other_things_are_set_aside(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    paid(stripe, invoice)
    event = told(stripe)[-1]
    strange = {**event, "id": "evt_a", "account": "acct_stranger"}
    other = {**event, "id": "evt_b", "type": "customer.created"}
    platform = {key: value for key, value in event.items() if key != "account"}
    test_of_live = {**event, "id": "evt_d", "livemode": True}
    for one in (strange, other, {**platform, "id": "evt_c"}, test_of_live):
        assert deliver(client, one) == 200
    work()
    assert set(StripeEvent.objects.values_list("status", flat=True)) == {EventStatus.IGNORED}
    assert not Charge.objects.exists()


def test_a_signed_body_that_makes_no_sense_is_taken_and_dropped(
    stripe: Stripe, client: Client, db
) -> None:
    for odd in ({}, {"id": "evt_1"}, {"id": 5, "data": {"object": {}}}):
        assert deliver(client, odd) == 200
    assert not StripeEvent.objects.exists()


def test_a_payment_of_the_same_account_that_is_not_ours_is_left_alone(
    stripe: Stripe, account: StripeAccount, invoice: Invoice
) -> None:
    row = paid(stripe, invoice)
    CheckoutSession.objects.filter(pk=row.pk).update(status=SessionStatus.EXPIRED)
    stripe.control("reset", country="AU", accounts=1)
    polling.poll(account.pk)
    work()
    assert not Charge.objects.exists()


def test_an_access_ended_in_stripe_stops_card_payments(
    stripe: Stripe, account: StripeAccount, client: Client
) -> None:
    stripe.act("disconnect", account=ACCOUNT)
    event = {
        "id": "evt_gone",
        "type": "account.application.deauthorized",
        "created": 1_790_000_000,
        "livemode": False,
        "account": ACCOUNT,
        "data": {"object": {"id": "ca_x", "object": "application"}},
    }
    assert deliver(client, event) == 200
    work()
    account.refresh_from_db()
    assert account.status == AccountStatus.NEEDS_RECONNECT


def test_a_restricted_account_is_learnt_from_its_event(
    stripe: Stripe, account: StripeAccount, client: Client
) -> None:
    stripe.act("restrict", account=ACCOUNT)
    deliver(client, told(stripe)[-1])
    work()
    account.refresh_from_db()
    assert not account.takes_charges


def test_replay_wants_to_know_which_and_books_nothing_twice(
    stripe: Stripe, invoice: Invoice, client: Client
) -> None:
    paid(stripe, invoice)
    for event in told(stripe):
        deliver(client, event)
    work()
    with pytest.raises(CommandError):
        call_command("stripe_replay")
    call_command("stripe_replay", "--since", "2026-01-01")
    assert events.due().exists()
    work()
    assert invoice.payments.count() == 1


def test_a_disconnected_account_hears_nothing(
    stripe: Stripe, account: StripeAccount, invoice: Invoice, client: Client
) -> None:
    paid(stripe, invoice)
    delivered = told(stripe)
    connect.disconnect(account, by=account.connected_by)
    for event in delivered:
        deliver(client, event)
    work()
    assert not Charge.objects.exists()
