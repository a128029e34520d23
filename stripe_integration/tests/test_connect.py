"""Connecting: the signed state, a restricted key, one account for one business, and goodbye."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, User
from stripe_integration import accounts, connect
from stripe_integration.connect import ConnectError
from stripe_integration.errors import StripeRefused
from stripe_integration.models import AccountStatus, StripeAccount, StripeConsent
from stripe_integration.tests import making
from stripe_integration.tests.making import ACCOUNT
from stripe_integration.tests.simulator import Stripe

HOME = "/b/blue/stripe/"
READS = (
    *("account", "charges", "disputes", "events", "payouts"),
    "balance_transactions",
)
WRITES = ("checkout_sessions", "payment_intents", "payment_methods")
RIGHTS = {**dict.fromkeys(READS, "read"), **dict.fromkeys(WRITES, "write")}


def walk(stripe: Stripe, browser: Client, **choice: Any) -> Any:
    """Press Connect, answer at Stripe, come back."""
    url = browser.post(f"{HOME}connect/").headers["Location"]
    query = stripe.consent(url, **(choice or {"account": ACCOUNT}))
    return browser.get(reverse("stripe:callback"), query, follow=True)


def test_an_owner_connects_and_sees_the_account(
    stripe: Stripe, blue: Business, as_alice: Client
) -> None:
    page = walk(stripe, as_alice).content.decode()
    account = blue.stripe_accounts.get()
    assert (account.stripe_id, account.country, account.currency) == (ACCOUNT, "AU", "AUD")
    assert account.may_charge
    assert f"{account.name}" in page
    assert "Test: no money moves" in page
    assert account.key == ""


def test_who_cancels_has_connected_nothing(
    stripe: Stripe, blue: Business, as_alice: Client
) -> None:
    page = walk(stripe, as_alice, decision="deny").content.decode()
    assert "You cancelled in Stripe" in page
    assert not blue.stripe_accounts.exists()


def test_a_state_is_used_once(stripe: Stripe, blue: Business, alice: User) -> None:
    query = stripe.consent(connect.authorise_url(blue, user=alice), account=ACCOUNT)
    connect.complete(query, user=alice)
    with pytest.raises(ConnectError) as refused:
        connect.complete(query, user=alice)
    assert refused.value.code == "already_used"
    assert accounts.current(blue)


def test_a_state_is_its_persons_own(
    stripe: Stripe, blue: Business, dry: Business, alice: User, charlie: User
) -> None:
    query = stripe.consent(connect.authorise_url(blue, user=alice), account=ACCOUNT)
    for params in (query, {**query, "state": "forged"}, {"code": query["code"]}):
        with pytest.raises(ConnectError) as refused:
            connect.complete(params, user=charlie)
        assert refused.value.code == "state"
    assert not StripeAccount.objects.exists()
    assert StripeConsent.objects.get().used_at is None


def test_who_is_no_owner_any_more_brings_in_nothing(
    stripe: Stripe, blue: Business, alice: User
) -> None:
    query = stripe.consent(connect.authorise_url(blue, user=alice), account=ACCOUNT)
    blue.memberships.filter(user=alice).update(role="office")
    with pytest.raises(ConnectError):
        connect.complete(query, user=alice)
    assert not StripeAccount.objects.exists()


@pytest.mark.parametrize("address", ["connect/", "key/", "check/", "disconnect/"])
def test_only_owners_connect(as_bob: Client, address: str) -> None:
    assert as_bob.post(f"{HOME}{address}").status_code == 403


def test_one_account_belongs_to_one_business(
    stripe: Stripe, account: StripeAccount, dry: Business, charlie: User
) -> None:
    with pytest.raises(ConnectError) as refused:
        making.connected(stripe, dry, charlie, account=ACCOUNT)
    assert refused.value.code == "taken"
    accounts.refresh(account)  # blue's own access has not been given back


def test_another_account_wants_a_disconnect_first_and_is_given_back(
    stripe: Stripe, account: StripeAccount, blue: Business, alice: User
) -> None:
    with pytest.raises(ConnectError) as refused:
        making.connected(stripe, blue, alice, country="AU", name="Other books")
    assert refused.value.code == "other_account"
    assert "Disconnect that first" in refused.value.message
    assert [one["id"] for one in stripe.listed("accounts")] == [ACCOUNT]


def test_an_account_in_another_currency_says_so(
    stripe: Stripe, blue: Business, alice: User, as_alice: Client
) -> None:
    account = making.connected(stripe, blue, alice, country="NZ", name="Kiwi Pools")
    assert not account.may_charge
    page = as_alice.get(HOME).content.decode()
    assert "This account is kept in NZD" in page
    assert "works in AUD" in page


def test_disconnecting_takes_the_access_back_at_stripe(
    stripe: Stripe, account: StripeAccount, as_alice: Client
) -> None:
    assert "Disconnect" in as_alice.get(f"{HOME}disconnect/").content.decode()
    as_alice.post(f"{HOME}disconnect/")
    account.refresh_from_db()
    assert account.status == AccountStatus.DISCONNECTED
    assert stripe.listed("accounts") == []
    assert "was disconnected" in as_alice.get(HOME).content.decode()


def test_goodbye_is_said_later_when_stripe_is_down(
    stripe: Stripe, account: StripeAccount, settings: Any
) -> None:
    settings.STRIPE_CONNECT_URL = "http://localhost:1"  # nothing listens there
    assert not connect.disconnect(account, by=account.connected_by)
    assert [one["id"] for one in stripe.listed("accounts")] == [ACCOUNT]
    settings.STRIPE_CONNECT_URL = stripe.url
    connect.say_goodbyes()
    account.refresh_from_db()
    assert not account.owes_goodbye
    assert stripe.listed("accounts") == []


def test_a_reconnect_takes_up_the_row_of_before(
    stripe: Stripe, account: StripeAccount, blue: Business, alice: User
) -> None:
    connect.disconnect(account, by=alice)
    assert making.connected(stripe, blue, alice).pk == account.pk


def test_an_access_ended_in_stripe_is_noticed(
    stripe: Stripe, account: StripeAccount, as_alice: Client
) -> None:
    stripe.act("disconnect", account=ACCOUNT)
    with pytest.raises(StripeRefused):
        accounts.refresh(account)
    page = as_alice.get(HOME).content.decode()
    assert "Needs reconnecting" in page
    assert "Reconnect to Stripe" in page
    walk(stripe, as_alice)
    assert accounts.current(account.business).is_active


def test_a_restricted_key_is_tried_and_kept_encrypted(
    stripe: Stripe, blue: Business, as_alice: Client
) -> None:
    key = stripe.key(account=ACCOUNT, permissions=RIGHTS)
    assert as_alice.post(f"{HOME}key/", {"key": f" {key} "}).status_code == 302
    account = blue.stripe_accounts.get()
    assert (account.stripe_id, account.key) == (ACCOUNT, key)
    assert key not in account.key_encrypted
    assert key not in as_alice.get(HOME).content.decode()
    assert accounts.door_to(account).account()["id"] == ACCOUNT
    connect.disconnect(account, by=account.connected_by)
    account.refresh_from_db()
    assert account.key_encrypted == ""


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ("account", "Accounts: read"),
        ("checkout_sessions", "Checkout Sessions: write"),
        ("payment_intents", "PaymentIntents: write"),
        ("events", "Events: read"),
    ],
)
def test_a_key_that_lacks_a_right_is_told_which(
    stripe: Stripe, blue: Business, as_alice: Client, resource: str, named: str
) -> None:
    rights = {name: right for name, right in RIGHTS.items() if name != resource}
    answer = as_alice.post(f"{HOME}key/", {"key": stripe.key(account=ACCOUNT, permissions=rights)})
    assert answer.status_code == 422
    assert named in answer.content.decode()
    assert not blue.stripe_accounts.exists()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("sk_test_abc", "may do everything"),
        ("rk_test_abc", "does not know this key"),
        ("x", "know"),
    ],
)
def test_a_wrong_key_says_what_is_wrong(
    stripe: Stripe, blue: Business, as_alice: Client, key: str, words: str
) -> None:
    answer = as_alice.post(f"{HOME}key/", {"key": key})
    assert words in answer.content.decode()
    assert not blue.stripe_accounts.exists()


def test_without_the_platforms_keys_there_is_only_the_restricted_key(
    settings: Any, as_alice: Client
) -> None:
    settings.STRIPE_CLIENT_ID = ""
    assert "Connect to Stripe</button>" not in as_alice.get(HOME).content.decode()
    page = as_alice.post(f"{HOME}connect/", follow=True).content.decode()
    assert "Stripe does not know this Pooltrackr" in page
