"""From the payment page to the bank account: every step that a paid invoice goes through."""

from simulators.stripe.tests.caller import DAY, Page, Simulator


def test_a_paid_page_becomes_a_charge_a_transaction_a_payout_and_events(
    simulator: Simulator,
) -> None:
    session = simulator.session(metadata={"invoice": "PT-1"})
    assert (session.status, session.payment_status, session.payment_intent) == (
        "open",
        "unpaid",
        None,
    )
    page = Page(session.url)
    assert "Pay Pooltrackr A$100.00" in page.text
    page.submit(test="4000000360000006", email="dana@example.com", name="Dana Brook")
    assert page.leads_to == f"http://localhost:8000/paid/?session={session.id}"

    expand = ["payment_intent.latest_charge.balance_transaction"]
    paid = simulator.api.v1.checkout.sessions.retrieve(session.id, {"expand": expand})
    charge = paid.payment_intent.latest_charge
    transaction = charge.balance_transaction
    assert (paid.status, paid.payment_status, paid.metadata["invoice"]) == (
        "complete",
        "paid",
        "PT-1",
    )
    assert paid.customer_details.email == "dana@example.com"
    card = charge.payment_method_details.card
    assert (card.brand, card.funding, card.country) == ("visa", "credit", "AU")
    # 1.7 % and 30 cents of 100 dollars, of which an eleventh is GST.
    assert (transaction.amount, transaction.fee, transaction.net) == (10_000, 200, 9_800)
    assert [(one.type, one.amount) for one in transaction.fee_details] == [
        ("stripe_fee", 182),
        ("tax", 18),
    ]
    assert transaction.status == "pending"

    simulator.advance(10 * DAY)
    [payout] = simulator.api.v1.payouts.list().data
    assert (payout.amount, payout.status, payout.automatic) == (9_800, "paid", True)
    taken = simulator.api.v1.balance_transactions.list({"payout": payout.id}).data
    assert [(one.type, one.net) for one in taken] == [("payout", -9_800), ("charge", 9_800)]
    types = [one.type for one in simulator.api.v1.events.list({"limit": 100}).data]
    assert types[::-1] == [
        "payment_intent.created",
        "charge.succeeded",
        "charge.updated",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "balance.available",
        "payout.created",
        "payout.paid",
        "payout.reconciliation_completed",
    ]
