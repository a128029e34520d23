"""Payouts: schedules, by hand, failing, negative balances, and what each one paid out."""

import datetime

import pytest
import stripe

from simulators.stripe.tests.caller import DAY, PLATFORM, Simulator


def day_of(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def listed(simulator: Simulator, payout: str) -> list[int]:
    rows = simulator.api.v1.balance_transactions.list({"payout": payout, "limit": 100}).data
    return [one.net for one in rows if one.type != "payout"]


def test_money_is_available_after_two_business_days_and_paid_the_same_day(
    simulator: Simulator,
) -> None:
    charge = simulator.charge()
    expand = {"expand": ["balance_transaction"]}
    taken = simulator.api.v1.charges.retrieve(charge.id, expand).balance_transaction
    days = [day_of(taken.created) + datetime.timedelta(days=one) for one in range(1, 6)]
    second = [one for one in days if one.weekday() < 5][1]
    assert day_of(taken.available_on).date() == second.date()
    assert simulator.api.v1.balance.retrieve().pending[0].amount == 9_800
    simulator.advance(10 * DAY)
    [payout] = simulator.api.v1.payouts.list().data
    assert payout.created == taken.available_on
    assert payout.arrival_date > payout.created
    assert simulator.api.v1.balance.retrieve().available[0].amount == 0


def test_each_payout_lists_what_it_paid_and_nothing_twice(simulator: Simulator) -> None:
    for _ in range(3):
        for _ in range(2):
            simulator.charge()
        simulator.advance(7 * DAY)
    payouts = simulator.api.v1.payouts.list().data
    assert [one.amount for one in payouts] == [19_600] * 3
    assert [listed(simulator, one.id) for one in payouts] == [[9_800, 9_800]] * 3
    simulator.set("switches", payout_lists_itself=False)
    rows = simulator.api.v1.balance_transactions.list({"payout": payouts[0].id}).data
    assert [one.type for one in rows] == ["charge", "charge"]


@pytest.mark.parametrize(
    ("schedule", "fits"),
    [
        ({"interval": "weekly", "weekly_anchor": "thursday"}, lambda day: day.weekday() == 3),
        ({"interval": "daily"}, lambda day: day.weekday() < 5),
    ],
)
def test_the_schedule_says_when(simulator: Simulator, schedule: dict, fits) -> None:
    simulator.act("set_schedule", **schedule)
    simulator.charge()
    simulator.advance(15 * DAY)
    [payout] = simulator.api.v1.payouts.list().data
    assert fits(day_of(payout.created))


def test_a_monthly_payout_on_a_weekend_is_made_on_the_monday(simulator: Simulator) -> None:
    simulator.act("set_schedule", interval="monthly", monthly_anchor=15)
    for _ in range(28):
        simulator.charge()
        simulator.advance(15 * DAY)
    payouts = simulator.api.v1.payouts.list({"limit": 100}).data
    made = [day_of(payout.created) for payout in payouts]
    assert len(made) >= 12
    assert all(day.weekday() < 5 and 15 <= day.day <= 17 for day in made)
    assert {day.weekday() for day in made if day.day > 15} == {0}


def test_by_hand_only_what_is_there_is_paid_out(simulator: Simulator) -> None:
    simulator.act("set_schedule", interval="manual")
    simulator.charge()
    with pytest.raises(stripe.InvalidRequestError) as caught:
        simulator.api.v1.payouts.create({"amount": 100, "currency": "aud"})
    assert caught.value.code == "balance_insufficient"
    simulator.advance(5 * DAY)
    payout = simulator.api.v1.payouts.create(
        {"amount": 5_000, "currency": "aud", "metadata": {"a": "b"}}
    )
    assert (payout.automatic, payout.status, payout.metadata["a"]) == (False, "pending", "b")
    simulator.advance(5 * DAY)
    assert simulator.api.v1.payouts.retrieve(payout.id).status == "paid"
    assert simulator.api.v1.balance.retrieve().available[0].amount == 4_800
    with pytest.raises(stripe.InvalidRequestError, match="automatic transfers, not manual"):
        simulator.api.v1.balance_transactions.list({"payout": payout.id})


def test_a_payout_by_hand_can_be_cancelled_before_it_leaves(simulator: Simulator) -> None:
    simulator.act("set_schedule", interval="manual")
    simulator.charge(card="pm_card_bypassPending")
    payout = simulator.api.v1.payouts.create({"amount": 5_000, "currency": "aud"})
    assert simulator.api.v1.payouts.cancel(payout.id).status == "canceled"
    assert simulator.api.v1.balance.retrieve().available[0].amount == 9_620
    with pytest.raises(stripe.InvalidRequestError):
        simulator.api.v1.payouts.cancel(payout.id)


def test_a_payout_by_hand_is_taken_into_the_next_automatic_one(simulator: Simulator) -> None:
    simulator.charge(card="pm_card_bypassPending")
    simulator.api.v1.payouts.create({"amount": 1_000, "currency": "aud"})
    simulator.advance(5 * DAY)
    automatic = [one for one in simulator.api.v1.payouts.list().data if one.automatic]
    assert [one.amount for one in automatic] == [8_620]
    rows = simulator.api.v1.balance_transactions.list({"payout": automatic[0].id}).data
    assert sorted(one.net for one in rows) == [-8_620, -1_000, 9_620]


def test_a_failed_payout_comes_back_and_stops_the_next(simulator: Simulator) -> None:
    simulator.charge()
    simulator.advance(10 * DAY)
    [payout] = simulator.api.v1.payouts.list().data
    simulator.act("fail_payout", payout=payout.id, code="no_account")
    failed = simulator.api.v1.payouts.retrieve(
        payout.id, {"expand": ["failure_balance_transaction"]}
    )
    assert (failed.status, failed.failure_code) == ("failed", "no_account")
    assert failed.failure_balance_transaction.net == 9_800
    simulator.advance(5 * DAY)
    assert len(simulator.api.v1.payouts.list().data) == 1
    simulator.act("change_bank_account")
    simulator.advance(5 * DAY)
    second = simulator.api.v1.payouts.list().data[0]
    assert (second.amount, second.status) == (9_800, "paid")
    assert listed(simulator, second.id) == [9_800]
    [event] = simulator.api.v1.events.list({"type": "payout.failed"}).data
    assert event.data.object.id == payout.id


def test_with_the_switch_a_failed_payout_is_tried_again_by_itself(simulator: Simulator) -> None:
    simulator.set("switches", failed_payout_stops=False)
    simulator.charge()
    simulator.advance(10 * DAY)
    simulator.act("fail_payout", payout=simulator.api.v1.payouts.list().data[0].id)
    simulator.advance(5 * DAY)
    assert [one.status for one in simulator.api.v1.payouts.list().data] == ["paid", "failed"]


def test_a_negative_balance_waits_or_is_taken_from_the_bank(simulator: Simulator) -> None:
    charge = simulator.charge()
    simulator.advance(10 * DAY)
    simulator.api.v1.refunds.create({"charge": charge.id})
    simulator.advance(5 * DAY)
    assert simulator.api.v1.balance.retrieve().available[0].amount == -10_000
    assert len(simulator.api.v1.payouts.list().data) == 1
    simulator.set("switches", debit_negative_balance=True)
    simulator.advance(5 * DAY)
    debit = simulator.api.v1.payouts.list().data[0]
    assert (debit.amount, listed(simulator, debit.id)) == (-10_000, [-10_000])
    assert simulator.api.v1.balance.retrieve().available[0].amount == 0


def test_a_negative_balance_is_made_good_by_the_next_payment(simulator: Simulator) -> None:
    charge = simulator.charge()
    simulator.advance(10 * DAY)
    simulator.api.v1.refunds.create({"charge": charge.id})
    simulator.charge(amount=20_000)
    simulator.advance(10 * DAY)
    last = simulator.api.v1.payouts.list().data[0]
    assert last.amount == 20_000 - 370 - 10_000
    assert sorted(listed(simulator, last.id)) == [-10_000, 19_630]


def test_payouts_are_listed_by_arrival_and_status(simulator: Simulator) -> None:
    simulator.charge()
    simulator.advance(10 * DAY)
    [payout] = simulator.api.v1.payouts.list({"status": "paid"}).data
    day = {"arrival_date": {"gte": payout.arrival_date, "lte": payout.arrival_date}}
    assert len(simulator.api.v1.payouts.list(day).data) == 1
    later = {"arrival_date": {"gt": payout.arrival_date}}
    assert simulator.api.v1.payouts.list(later).data == []
    changed = simulator.api.v1.payouts.update(payout.id, {"metadata": {"seen": "yes"}})
    assert changed.metadata["seen"] == "yes"
    state = simulator.state("paidOut", account=PLATFORM)["accounts"][0]["paidOut"]
    assert set(state.values()) == {payout.id}


def test_currencies_are_paid_out_apart(simulator: Simulator) -> None:
    simulator.charge()
    simulator.charge(currency="nzd")
    simulator.advance(10 * DAY)
    found = {one.currency: one.amount for one in simulator.api.v1.payouts.list().data}
    assert found == {"aud": 9_800, "nzd": 9_800}
