"""Owners hear by e-mail that card payments stopped, once for each loss."""

import pytest
from django.core import mail

from stripe_integration import accounts, notices, polling
from stripe_integration.models import StripeAccount
from stripe_integration.tests import making
from stripe_integration.tests.making import ACCOUNT
from stripe_integration.tests.simulator import Stripe


@pytest.fixture
def lost(stripe: Stripe, account: StripeAccount) -> StripeAccount:
    stripe.act("disconnect", account=ACCOUNT)
    polling.poll(account.pk)
    account.refresh_from_db()
    assert not account.is_active
    return account


def test_owners_are_told_once_with_the_way_back(lost: StripeAccount) -> None:
    for _ in range(2):
        notices.tell_owners(lost.pk)
    [letter] = mail.outbox
    assert letter.to == ["alice@blue.example"]
    assert "http://localhost:8000/b/blue/stripe/" in letter.body
    assert "cannot pay invoices by card" in letter.body


def test_a_mail_server_that_is_down_is_tried_again(
    lost: StripeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(account: StripeAccount) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(notices, "_write", fail)
        notices.tell_owners(lost.pk)
    assert list(notices.untold()) == [lost]
    notices.tell_owners(lost.pk)
    assert len(mail.outbox) == 1


def test_after_a_reconnect_the_next_loss_is_told_again(
    stripe: Stripe, lost: StripeAccount, alice
) -> None:
    notices.tell_owners(lost.pk)
    making.connected(stripe, lost.business, alice)
    assert not notices.untold().exists()
    accounts.lose(StripeAccount.objects.get(), reason="The access was taken back.")
    notices.tell_owners(lost.pk)
    assert len(mail.outbox) == 2


def test_nobody_is_told_of_a_connected_account(account: StripeAccount) -> None:
    notices.tell_owners(account.pk)
    assert mail.outbox == []
