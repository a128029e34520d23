"""What Stripe takes, by country, brand and card, and where it stands."""

from typing import Any

import pytest

from simulators.stripe.cards import CARDS, is_card_number
from simulators.stripe.tests.caller import CONNECTED, PLATFORM, Simulator


def fee_of(simulator: Simulator, card: str, amount: int = 10_000, currency: str = "aud") -> Any:
    session = {"currency": currency, "unit_amount": amount, "product_data": {"name": "x"}}
    made = simulator.session(line_items=[{"price_data": session, "quantity": 1}])
    intent = simulator.act("pay_session", session=made.id, card=card)["payment_intent"]
    expand = {"expand": ["balance_transaction"]}
    charge = simulator.api.v1.charges.retrieve(intent["latest_charge"], expand)
    taken = charge.balance_transaction
    assert taken.net == taken.amount - taken.fee
    assert sum(one.amount for one in taken.fee_details) == taken.fee
    return taken


@pytest.mark.parametrize(
    ("country", "currency", "card", "fee", "tax"),
    [
        # The rates of data/fees.csv on 100.00, worked out by hand.
        ("AU", "aud", "4000000360000006", 200, 18),
        ("AU", "aud", "371111036000004", 200, 18),
        ("AU", "aud", "4000050360000001", 200, 18),
        ("AU", "aud", "4242424242424242", 380, 35),
        ("NZ", "nzd", "4000005540000008", 300, 0),
        ("NZ", "nzd", "4242424242424242", 400, 0),
        ("US", "usd", "4242424242424242", 320, 0),
        ("US", "usd", "4000008260000000", 470, 0),
        ("GB", "gbp", "4000008260000000", 170, 0),
        ("GB", "gbp", "4000008260000018", 210, 0),
        ("GB", "gbp", "4000002760000016", 270, 0),
        ("GB", "gbp", "4242424242424242", 345, 0),
    ],
)
def test_fees_follow_country_and_card(
    simulator: Simulator, country: str, currency: str, card: str, fee: int, tax: int
) -> None:
    simulator.reset(country=country)
    taken = fee_of(simulator, card, currency=currency)
    assert taken.fee == fee
    assert {one.type: one.amount for one in taken.fee_details}.get("tax", 0) == tax


def test_a_rate_of_one_brand_comes_before_that_of_all(simulator: Simulator) -> None:
    rate = {"country": "AU", "brand": "amex", "card": "domestic", "percent": "2.9", "fixed": 30}
    simulator.set("fees", **rate)
    assert fee_of(simulator, "371111036000004").fee == 320
    assert fee_of(simulator, "4000000360000006").fee == 200


@pytest.mark.parametrize(("rounding", "fee"), [("half_up", 33), ("half_even", 32), ("down", 32)])
def test_half_a_cent_of_a_fee_is_a_switch(simulator: Simulator, rounding: str, fee: int) -> None:
    # 2.5 % of a dollar and 30 cents are 32.5.
    rate = {"country": "AU", "brand": "*", "card": "domestic", "percent": "2.5", "fixed": 30}
    simulator.set("fees", **rate)
    simulator.set("switches", fee_rounding=rounding)
    assert fee_of(simulator, "4000000360000006", amount=100).fee == fee


def test_tax_may_be_on_top_or_in_new_zealand(simulator: Simulator) -> None:
    simulator.set("switches", fee_tax="on_top")
    assert fee_of(simulator, "4000000360000006").fee == 220
    simulator.reset(country="NZ")
    simulator.set("switches", nz_fee_tax=True)
    taken = fee_of(simulator, "4000005540000008", currency="nzd")
    assert (taken.fee, taken.fee_details[1].amount) == (300, 39)


def test_what_a_charge_says_of_its_card(simulator: Simulator) -> None:
    intent = simulator.act("pay_session", session=simulator.session().id, card="5555050360000080")[
        "payment_intent"
    ]
    card = simulator.api.v1.charges.retrieve(intent["latest_charge"]).payment_method_details.card
    assert (card.brand, card.network, card.funding, card.country) == (
        "eftpos_au",
        "eftpos_au",
        "debit",
        "AU",
    )
    brands = simulator.state("brands", account=PLATFORM)["accounts"][0]["brands"]
    assert brands == {"eftpos_au": 10_000}


def test_a_co_badged_card_is_taken_while_one_of_its_networks_is(simulator: Simulator) -> None:
    blocked = {"card": {"restrictions": {"brands_blocked": ["visa", "mastercard"]}}}
    session = simulator.session(payment_method_options=blocked)
    simulator.act("pay_session", session=session.id, card="4000050360000001")
    assert simulator.api.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_every_test_card_has_a_right_number() -> None:
    assert [one for one in CARDS if not is_card_number(one)] == []


def test_accounts_keep_their_money_apart(simulator: Simulator) -> None:
    simulator.charge(api=simulator.connected())
    assert simulator.summary()["gross"]["charges"] == 0
    assert simulator.summary(CONNECTED)["gross"]["charges"] == 10_000
