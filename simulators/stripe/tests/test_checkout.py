"""Checkout: the session, its page in a browser, and its ends."""

import time

import pytest
import stripe

from simulators.stripe.tests.caller import Page, Simulator


def intent_of(simulator: Simulator, session_id: str) -> stripe.PaymentIntent:
    expand = ["payment_intent.latest_charge"]
    found = simulator.api.v1.checkout.sessions.retrieve(session_id, {"expand": expand})
    return found.payment_intent


def test_what_a_session_carries_reaches_its_payment(simulator: Simulator) -> None:
    data = {"description": "Invoice PT-1", "metadata": {"invoice": "PT-1"}}
    session = simulator.session(client_reference_id="ref-1", payment_intent_data=data)
    simulator.act("pay_session", session=session.id, card="4242424242424242")
    intent = intent_of(simulator, session.id)
    assert (intent.description, intent.metadata["invoice"]) == ("Invoice PT-1", "PT-1")
    assert intent.latest_charge.metadata["invoice"] == "PT-1"
    assert intent.amount_received == 10_000


def test_line_items_keep_their_order_and_add_up(simulator: Simulator) -> None:
    items = [
        {
            "price_data": {
                "currency": "aud",
                "unit_amount": unit,
                "product_data": {"name": name},
            },
            "quantity": quantity,
        }
        for name, unit, quantity in (("Service", 9_500, 1), ("Chlorine", 1_250, 3))
    ]
    session = simulator.session(line_items=items)
    assert session.amount_total == 9_500 + 3 * 1_250
    listed = simulator.api.v1.checkout.sessions.line_items.list(session.id)
    assert [(one.description, one.amount_total) for one in listed.data] == [
        ("Service", 9_500),
        ("Chlorine", 3_750),
    ]
    again = simulator.api.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert [one.quantity for one in again.line_items.data] == [1, 3]


def test_a_typed_card_pays(simulator: Simulator) -> None:
    session = simulator.session()
    page = Page(session.url)
    page.submit(number="4242 4242 4242 4242", expiry="12/40", cvc="123", email="d@example.com")
    assert page.answer.status_code == 303
    card = intent_of(simulator, session.id).latest_charge.payment_method_details.card
    assert (card.last4, card.exp_month, card.exp_year) == ("4242", 12, 2040)


@pytest.mark.parametrize(
    ("number", "expiry", "cvc", "words"),
    [
        ("4242424242424241", "12/40", "123", "Your card number is incorrect."),
        ("4111111111111111", "12/40", "123", "used a non test card"),
        ("4242424242424242", "12/20", "123", "expiration year is invalid"),
        ("4242424242424242", "", "123", "expiration date is incomplete"),
        ("4242424242424242", "12/40", "", "security code is incomplete"),
        ("4000000000009995", "12/40", "123", "Your card has insufficient funds."),
    ],
)
def test_a_card_that_does_not_pay_leads_back_to_the_page(
    simulator: Simulator, number: str, expiry: str, cvc: str, words: str
) -> None:
    session = simulator.session()
    page = Page(session.url)
    page.submit(number=number, expiry=expiry, cvc=cvc)
    assert page.answer.status_code == 402
    assert words in page.answer.text.replace("&#39;", "'")
    assert simulator.api.v1.checkout.sessions.retrieve(session.id).status == "open"
    page.submit(test="4242424242424242")
    assert page.answer.status_code == 303


def test_a_declined_try_and_a_good_one_are_two_charges_of_one_intent(simulator: Simulator) -> None:
    session = simulator.session()
    page = Page(session.url)
    page.submit(test="4000000000000002")
    page.submit(test="4242424242424242")
    intent = intent_of(simulator, session.id)
    charges = simulator.api.v1.charges.list({"payment_intent": intent.id}).data
    assert [one.status for one in charges] == ["succeeded", "failed"]
    assert charges[1].outcome.reason == "generic_decline"
    assert intent.last_payment_error is None


def test_blocked_brands_are_neither_offered_nor_taken(simulator: Simulator) -> None:
    blocked = {"card": {"restrictions": {"brands_blocked": ["american_express", "mastercard"]}}}
    session = simulator.session(payment_method_options=blocked)
    page = Page(session.url)
    assert "378282246310005" not in page.text
    page.submit(number="378282246310005", expiry="12/40", cvc="1234")
    assert "American Express cards are not accepted" in page.text
    page.submit(test="4242424242424242")
    assert page.answer.status_code == 303
    with pytest.raises(stripe.InvalidRequestError, match="brands_blocked"):
        blocked = {"card": {"restrictions": {"brands_blocked": ["amex"]}}}
        simulator.session(payment_method_options=blocked)


def test_three_d_secure_passed_and_failed(simulator: Simulator) -> None:
    session = simulator.session()
    page = Page(session.url)
    page.submit(test="4000002760003184")
    bank = Page(page.leads_to)
    assert "A$100.00" in bank.text
    bank.submit(decision="fail")
    assert "has failed authentication" in Page(simulator.url + bank.leads_to).text
    page.submit(test="4000002760003184")
    Page(page.leads_to).submit(decision="complete")
    paid = simulator.api.v1.checkout.sessions.retrieve(session.id)
    assert paid.payment_status == "paid"
    types = [one.type for one in simulator.api.v1.events.list({"limit": 100}).data]
    assert types.count("payment_intent.requires_action") == 2
    assert types.count("checkout.session.completed") == 1


def test_authenticated_and_then_declined(simulator: Simulator) -> None:
    page = Page(simulator.session().url)
    page.submit(test="4000008260003178")
    bank = Page(page.leads_to)
    bank.submit(decision="complete")
    assert "insufficient funds" in Page(simulator.url + bank.leads_to).text


def test_a_paid_page_and_an_expired_one_say_so(simulator: Simulator) -> None:
    paid, expired = simulator.session(), simulator.session()
    url = paid.url
    simulator.act("pay_session", session=paid.id)
    assert "This payment is complete" in Page(url).text
    simulator.api.v1.checkout.sessions.expire(expired.id)
    page = Page(expired.url)
    assert (page.answer.status_code, "has expired" in page.text) == (410, True)
    page.submit(test="4242424242424242")
    assert "has expired" in page.text
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        simulator.api.v1.checkout.sessions.expire(paid.id)
    assert simulator.summary()["gross"]["charges"] == 10_000


def test_a_session_expires_by_the_clock(simulator: Simulator) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="between 30 minutes and 24 hours"):
        simulator.session(expires_at=int(time.time()) + 60)
    session = simulator.session(expires_at=int(time.time()) + 3600)
    simulator.advance(3700)
    after = simulator.api.v1.checkout.sessions.retrieve(session.id)
    assert (after.status, after.url) == ("expired", None)
    [event] = simulator.api.v1.events.list({"type": "checkout.session.expired"}).data
    assert (event.data.object.id, event.created) == (session.id, session.expires_at)


@pytest.mark.parametrize(("currency", "least"), [("aud", 50), ("nzd", 50), ("gbp", 30)])
def test_less_than_the_least_charge_is_refused(
    simulator: Simulator, currency: str, least: int
) -> None:
    def items(amount: int) -> list[dict]:
        price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "x"}}
        return [{"price_data": price, "quantity": 1}]

    assert simulator.session(line_items=items(least)).currency == currency
    with pytest.raises(stripe.InvalidRequestError) as caught:
        simulator.session(line_items=items(least - 1))
    assert caught.value.code == "amount_too_small"


def test_sessions_can_be_listed_and_found_by_their_payment(simulator: Simulator) -> None:
    sessions = [simulator.session() for _ in range(3)]
    simulator.act("pay_session", session=sessions[1].id)
    intent = intent_of(simulator, sessions[1].id)
    listed = simulator.api.v1.checkout.sessions.list({"payment_intent": intent.id}).data
    assert [one.id for one in listed] == [sessions[1].id]
    listed = simulator.api.v1.checkout.sessions.list({"status": "open"}).data
    assert [one.id for one in listed] == [sessions[2].id, sessions[0].id]


def test_what_is_wrong_with_a_session_is_named(simulator: Simulator) -> None:
    wrong = [
        ({"mode": "subscription"}, "mode"),
        ({"line_items": []}, "line_items[0]"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "paid/"}, "success_url"),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url"),
        ({"customer": "cus_none"}, "customer"),
        ({"colour": "red"}, "colour"),
        ({"payment_method_types": ["klarna"]}, "payment_method_types"),
    ]
    for members, param in wrong:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            simulator.session(**members)
        assert caught.value.param == param


def test_an_app_that_asks_for_action_gets_its_customer_back(simulator: Simulator) -> None:
    intent = simulator.api.v1.payment_intents.create(
        {
            "amount": 5_000,
            "currency": "aud",
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": "http://localhost:8000/back/?a=1",
        }
    )
    assert intent.status == "requires_action"
    bank = Page(intent.next_action.redirect_to_url.url)
    bank.submit(decision="complete")
    assert bank.leads_to.startswith(f"http://localhost:8000/back/?a=1&payment_intent={intent.id}&")
    assert bank.leads_to.endswith("redirect_status=succeeded")
