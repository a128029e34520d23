"""Disputes: their fee, evidence, and both ends."""

import pytest
import stripe

from simulators.stripe.tests.caller import DAY, Simulator


def disputed(simulator: Simulator, card: str = "pm_card_createDispute") -> stripe.Dispute:
    charge = simulator.charge(card=card)
    assert simulator.api.v1.charges.retrieve(charge.id).disputed
    [dispute] = simulator.api.v1.disputes.list({"charge": charge.id}).data
    return dispute


def test_a_dispute_takes_the_amount_and_a_fee(simulator: Simulator) -> None:
    dispute = disputed(simulator)
    [taken] = dispute.balance_transactions
    assert (dispute.amount, dispute.reason, dispute.status) == (
        10_000,
        "fraudulent",
        "needs_response",
    )
    assert (taken.type, taken.amount, taken.fee, taken.net) == (
        "adjustment",
        -10_000,
        2_500,
        -12_500,
    )
    assert [(one.type, one.amount) for one in taken.fee_details] == [
        ("stripe_fee", 2_273),
        ("tax", 227),
    ]
    types = [one.type for one in simulator.api.v1.events.list({"type": "charge.dispute.*"}).data]
    assert types == ["charge.dispute.funds_withdrawn", "charge.dispute.created"]


@pytest.mark.parametrize(
    ("evidence", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")]
)
def test_evidence_decides(simulator: Simulator, evidence: str, status: str) -> None:
    dispute = disputed(simulator)
    sent = {"evidence": {"uncategorized_text": evidence, "customer_name": "Dana"}}
    after = simulator.api.v1.disputes.update(dispute.id, sent)
    assert (after.status, after.evidence_details.submission_count) == (status, 1)
    nets = [one.net for one in after.balance_transactions]
    assert nets == ([-12_500, 10_000] if status == "won" else [-12_500])
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        simulator.api.v1.disputes.close(dispute.id)


def test_evidence_can_be_kept_before_it_is_submitted(simulator: Simulator) -> None:
    dispute = disputed(simulator)
    sent = {"evidence": {"customer_name": "Dana"}, "submit": False}
    after = simulator.api.v1.disputes.update(dispute.id, sent)
    assert (after.status, after.evidence_details.has_evidence) == ("needs_response", True)
    after = simulator.api.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "D"}})
    assert after.status == "under_review"
    simulator.act("win_dispute", dispute=dispute.id)
    types = {one.type for one in simulator.api.v1.events.list({"type": "charge.dispute.*"}).data}
    assert {"charge.dispute.closed", "charge.dispute.funds_reinstated"} <= types


def test_a_dispute_that_nobody_answers_is_lost(simulator: Simulator) -> None:
    dispute = disputed(simulator)
    simulator.advance(8 * DAY)
    assert simulator.api.v1.disputes.retrieve(dispute.id).status == "lost"
    assert simulator.summary()["gross"]["disputes"] == -10_000


def test_a_dispute_given_up_is_lost(simulator: Simulator) -> None:
    dispute = disputed(simulator, "pm_card_createDisputeProductNotReceived")
    assert dispute.reason == "product_not_received"
    assert simulator.api.v1.disputes.close(dispute.id).status == "lost"


def test_an_inquiry_moves_no_money_and_lets_refund(simulator: Simulator) -> None:
    dispute = disputed(simulator, "pm_card_createDisputeInquiry")
    assert (dispute.status, dispute.balance_transactions) == ("warning_needs_response", [])
    simulator.api.v1.refunds.create({"charge": dispute.charge})
    assert simulator.api.v1.disputes.close(dispute.id).status == "warning_closed"


def test_the_fee_for_contesting_comes_back_when_won(simulator: Simulator) -> None:
    simulator.set("switches", dispute_counter_fee=True)
    nets = []
    for evidence in ("losing_evidence", "winning_evidence"):
        dispute = disputed(simulator)
        before = simulator.summary()["net"]
        sent = {"evidence": {"uncategorized_text": evidence}}
        simulator.api.v1.disputes.update(dispute.id, sent)
        nets.append(simulator.summary()["net"] - before)
    assert nets == [-2_500, 10_000]


def test_a_partly_refunded_payment_is_disputed_for_the_rest(simulator: Simulator) -> None:
    charge = simulator.charge()
    simulator.api.v1.refunds.create({"charge": charge.id, "amount": 4_000})
    dispute = simulator.act("open_dispute", charge=charge.id, reason="general")["dispute"]
    assert dispute["amount"] == 6_000
    assert simulator.control("act", do="open_dispute", charge=charge.id).status_code == 400
