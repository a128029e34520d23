"""The ledger holds over any sequence: balances are sums of nets, and payouts reconcile."""

from collections import Counter
from collections.abc import Callable

import requests
import stripe
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simulators.stripe.tests.caller import DAY, PLATFORM, TIMEOUT, Json, Simulator

CARDS = (
    "pm_card_au",
    "pm_card_visa",
    "pm_card_amex",
    "pm_card_bypassPending",
    "pm_card_visa_chargeDeclined",
    "pm_card_createDispute",
    "pm_card_createDisputeInquiry",
    "pm_card_refundFail",
    "pm_card_pendingRefund",
)
Step = tuple[str, int, int]
CHOICES = st.integers(0, 1_000_000)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["pay", "pay", "pay", "refund", "wait", "wait", "decide", "fail payout", "by hand"]
        ),
        CHOICES,
        CHOICES,
    ),
    min_size=3,
    max_size=18,
)
SWITCHES = st.fixed_dictionaries(
    {
        "fee_rounding": st.sampled_from(["half_up", "half_even", "down"]),
        "fee_tax": st.sampled_from(["included", "on_top"]),
        "refund_over_balance": st.sampled_from(["negative", "pending"]),
        "debit_negative_balance": st.booleans(),
        "failed_payout_stops": st.booleans(),
        "dispute_counter_fee": st.booleans(),
        "payout_lists_itself": st.booleans(),
    }
)


def ids(simulator: Simulator, kind: str) -> list[str]:
    return [one["id"] for one in simulator.state(kind, account=PLATFORM)["accounts"][0][kind]]


def one_of(found: list[str], number: int) -> str:
    return found[number % len(found)] if found else "none"


def pay(simulator: Simulator, first: int, second: int) -> None:
    currency = ("aud", "nzd")[second % 2]
    simulator.charge(amount=50 + first, card=CARDS[second % len(CARDS)], currency=currency)


def refund(simulator: Simulator, first: int, second: int) -> None:
    charge = one_of(ids(simulator, "charge"), first)
    whole = {"charge": charge}
    part = {"charge": charge, "amount": 1 + second % 5_000}
    simulator.api.v1.refunds.create(part if second % 2 else whole)


def wait(simulator: Simulator, first: int, second: int) -> None:
    if second % 5 == 0:
        # A person who was told of a failed payout.
        simulator.control("act", do="change_bank_account")
    simulator.advance((first % 9) * DAY + second % DAY)


def decide(simulator: Simulator, first: int, second: int) -> None:
    dispute = one_of(ids(simulator, "dispute"), first)
    text = ("winning_evidence", "losing_evidence", "something")[second % 3]
    simulator.api.v1.disputes.update(dispute, {"evidence": {"uncategorized_text": text}})


def fail_payout(simulator: Simulator, first: int, second: int) -> None:
    payout = one_of(ids(simulator, "payout"), first)
    simulator.control("act", do="fail_payout", payout=payout)


def by_hand(simulator: Simulator, first: int, second: int) -> None:
    payout = simulator.api.v1.payouts.create({"amount": 1 + first, "currency": "aud"})
    if second % 3 == 0:
        simulator.api.v1.payouts.cancel(payout.id)


DOING: dict[str, Callable[[Simulator, int, int], None]] = {
    "pay": pay,
    "refund": refund,
    "wait": wait,
    "decide": decide,
    "fail payout": fail_payout,
    "by hand": by_hand,
}


def every_end() -> list[Step]:
    """Return steps that chance seldom puts together: each card paid with, refunded, disputed."""
    cards = len(CARDS)
    paid = [("pay", 1_000, number) for number in range(cards)]
    back = [("refund", number, 0) for number in range(cards)]
    late = [("wait", 8, 1), ("fail payout", 0, 0), ("wait", 8, 5), ("by hand", 0, 0)]
    ends = [("decide", number, number) for number in range(3)]
    return [*paid, *ends, *back, *late, ("pay", 9_000, 0), ("wait", 8, 1)]


def carry_out(simulator: Simulator, steps: list[Step]) -> None:
    for doing, first, second in steps:
        try:
            DOING[doing](simulator, first, second)
        except stripe.StripeError as error:
            # Refused is fine, as long as the books are right; a failure of the simulator is not.
            assert error.http_status in {400, 402, 404}, error


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, switches=SWITCHES)
@example(steps=every_end(), switches={})
@example(steps=every_end(), switches={"refund_over_balance": "pending"})
def test_the_ledger_holds_over_any_sequence(
    simulator: Simulator, steps: list[Step], switches: dict
) -> None:
    simulator.reset()
    simulator.set("limits", per_second=0)
    simulator.set("switches", **switches)
    carry_out(simulator, steps)
    check(simulator)
    # And also when everything that was on its way has arrived.
    simulator.advance(120 * DAY)
    check(simulator)


def check(simulator: Simulator) -> None:
    rows = [
        one.to_dict()
        for one in simulator.api.v1.balance_transactions.list({"limit": 100}).auto_paging_iter()
    ]
    for row in rows:
        assert row["net"] == row["amount"] - row["fee"]
        assert row["fee"] == sum(one["amount"] for one in row["fee_details"])
    check_balance(simulator, rows)
    check_payouts(simulator, rows)
    check_objects(simulator)


def check_balance(simulator: Simulator, rows: list[Json]) -> None:
    """Compare the balance with the sum of the nets, in each currency and state."""
    balance = simulator.api.v1.balance.retrieve().to_dict()
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows:
        sums[row["currency"], row["status"]] += row["net"]
    for status in ("available", "pending"):
        for held in balance[status]:
            assert held["amount"] == sums[held["currency"], status]


def check_payouts(simulator: Simulator, rows: list[Json]) -> None:
    """Each automatic payout is what it lists, and nothing is in two."""
    taken: Counter[str] = Counter()
    own = {row["source"]: row["net"] for row in rows if row["type"] == "payout"}
    itself = simulator.state("switches")["switches"]["payout_lists_itself"]
    for payout in simulator.api.v1.payouts.list({"limit": 100}).auto_paging_iter():
        assert own[payout.id] == -payout.amount
        if not payout.automatic:
            continue
        query = {"payout": payout.id, "limit": 100}
        listed = list(simulator.api.v1.balance_transactions.list(query).auto_paging_iter())
        nets = [one.net for one in listed if one.source != payout.id or one.type != "payout"]
        assert sum(nets) == payout.amount
        assert len(listed) - len(nets) == int(itself)
        taken.update(one.id for one in listed)
    assert set(taken.values()) <= {1}


def check_objects(simulator: Simulator) -> None:
    """Compare what the objects say with what the ledger says."""
    account = simulator.state(account=PLATFORM)["accounts"][0]
    all_sums = requests.get(f"{simulator.url}/_control/summary", timeout=TIMEOUT).json()[PLATFORM]
    for currency, sums in all_sums.items():

        def of(kind: str, currency: str = currency) -> list[Json]:
            return [one for one in account[kind] if one["currency"] == currency]

        charges = [one for one in of("charge") if one["status"] == "succeeded"]
        refunds = [
            one for one in of("refund") if one["balance_transaction"] and one["status"] != "failed"
        ]
        gone = [one for one in of("payout") if one["status"] not in {"failed", "canceled"}]
        withdrawn = [one for one in of("dispute") if len(one["balance_transactions"]) == 1]
        assert sums["gross"]["charges"] == sum(one["amount"] for one in charges)
        assert sums["gross"]["refunds"] == -sum(one["amount"] for one in refunds)
        assert sums["gross"]["payouts"] == -sum(one["amount"] for one in gone)
        assert sums["gross"]["disputes"] == -sum(one["amount"] for one in withdrawn)
        for charge in charges:
            own = [one for one in of("refund") if one["charge"] == charge["id"]]
            back = sum(one["amount"] for one in own if one["status"] != "failed")
            assert charge["amount_refunded"] == back <= charge["amount"]
