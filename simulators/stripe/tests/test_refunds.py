"""Refunds: whole, in parts, too much, waiting, failing."""

import pytest
import stripe

from simulators.stripe.tests.caller import DAY, Simulator


def test_a_refund_gives_the_amount_back_and_not_the_fee(simulator: Simulator) -> None:
    charge = simulator.charge()
    refund = simulator.api.v1.refunds.create(
        {"charge": charge.id, "reason": "requested_by_customer", "expand": ["balance_transaction"]}
    )
    taken = refund.balance_transaction
    assert (refund.amount, refund.status) == (10_000, "succeeded")
    assert (taken.type, taken.amount, taken.fee, taken.net) == ("refund", -10_000, 0, -10_000)
    after = simulator.api.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.refunded, after.amount_refunded) == (True, 10_000)
    assert [one.id for one in after.refunds.data] == [refund.id]
    assert simulator.summary()["net"] == -200
    with pytest.raises(stripe.InvalidRequestError) as caught:
        simulator.api.v1.refunds.create({"charge": charge.id})
    assert caught.value.code == "charge_already_refunded"


def test_parts_of_a_payment_are_refunded_up_to_the_whole(simulator: Simulator) -> None:
    charge = simulator.charge()
    for amount in (2_500, 3_000):
        refund = {"payment_intent": charge.payment_intent, "amount": amount}
        simulator.api.v1.refunds.create(refund)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        simulator.api.v1.refunds.create({"charge": charge.id, "amount": 4_501})
    simulator.api.v1.refunds.create({"charge": charge.id, "amount": 4_500})
    listed = simulator.api.v1.refunds.list({"charge": charge.id}).data
    assert [one.amount for one in listed] == [4_500, 3_000, 2_500]


def test_a_refund_comes_out_with_its_payment(simulator: Simulator) -> None:
    charge = simulator.charge()
    simulator.api.v1.refunds.create({"charge": charge.id, "amount": 4_000})
    simulator.advance(10 * DAY)
    [payout] = simulator.api.v1.payouts.list().data
    assert payout.amount == 10_000 - 200 - 4_000


def test_a_failed_refund_brings_the_money_back(simulator: Simulator) -> None:
    charge = simulator.charge(card="pm_card_refundFail")
    refund = simulator.api.v1.refunds.create({"charge": charge.id})
    assert refund.status == "succeeded"
    simulator.advance(2 * DAY)
    after = simulator.api.v1.refunds.retrieve(
        refund.id, {"expand": ["failure_balance_transaction"]}
    )
    assert (after.status, after.failure_reason) == ("failed", "expired_or_canceled_card")
    assert after.failure_balance_transaction.net == 10_000
    again = simulator.api.v1.charges.retrieve(charge.id)
    assert (again.refunded, again.amount_refunded) == (False, 0)
    types = {one.type for one in simulator.api.v1.events.list({"limit": 100}).data}
    assert {"refund.created", "charge.refunded", "refund.failed", "refund.updated"} <= types


def test_a_pending_refund_succeeds_later(simulator: Simulator) -> None:
    charge = simulator.charge(card="pm_card_pendingRefund")
    refund = simulator.api.v1.refunds.create({"charge": charge.id})
    assert refund.status == "pending"
    simulator.advance(2 * DAY)
    assert simulator.api.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_a_refund_over_the_balance_is_negative_or_waits(simulator: Simulator) -> None:
    for reading, status, net in (("negative", "succeeded", -200), ("pending", "pending", 0)):
        simulator.reset()
        simulator.set("switches", refund_over_balance=reading)
        charge = simulator.charge()
        simulator.advance(10 * DAY)
        refund = simulator.api.v1.refunds.create({"charge": charge.id})
        assert refund.status == status
        assert simulator.summary()["net"] == (-10_000 if reading == "negative" else net)
    simulator.charge(amount=20_000)
    after = simulator.api.v1.refunds.retrieve(refund.id)
    assert (after.status, "pending_reason" in after) == ("succeeded", False)


def test_what_cannot_be_refunded(simulator: Simulator) -> None:
    refunds = simulator.api.v1.refunds
    with pytest.raises(stripe.InvalidRequestError, match="should be provided"):
        refunds.create({"amount": 1})
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        refunds.create({"charge": "ch_none"})
    intent = simulator.api.v1.payment_intents.create({"amount": 500, "currency": "aud"})
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        refunds.create({"payment_intent": intent.id})
    charge = simulator.charge()
    with pytest.raises(stripe.InvalidRequestError, match="Invalid reason"):
        refunds.create({"charge": charge.id, "reason": "whim"})
    disputed = simulator.charge(card="pm_card_createDispute")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        refunds.create({"charge": disputed.id})
    assert caught.value.code == "charge_disputed"


def test_an_act_fails_a_refund(simulator: Simulator) -> None:
    refund = simulator.api.v1.refunds.create({"charge": simulator.charge().id, "amount": 100})
    assert simulator.act("fail_refund", refund=refund.id)["refund"]["status"] == "failed"
    assert simulator.control("act", do="fail_refund", refund=refund.id).status_code == 400
