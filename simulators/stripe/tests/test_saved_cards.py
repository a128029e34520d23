"""Cards kept by consent, and payments with them while the customer is away."""

import pytest
import stripe

from simulators.stripe.tests.caller import Page, Simulator


def off_session(simulator: Simulator, customer: str, method: str) -> stripe.PaymentIntent:
    return simulator.api.v1.payment_intents.create(
        {
            "amount": 4_500,
            "currency": "aud",
            "customer": customer,
            "payment_method": method,
            "off_session": True,
            "confirm": True,
            "expand": ["latest_charge"],
        }
    )


def saved(simulator: Simulator, card: str) -> tuple[str, str]:
    """Pay on a page that keeps the card; return the customer and the payment method."""
    customer = simulator.api.v1.customers.create({"name": "Dana", "email": "d@example.com"}).id
    usage = {"setup_future_usage": "off_session"}
    session = simulator.session(customer=customer, payment_intent_data=usage)
    assert "future payments" in Page(session.url).text
    simulator.act("pay_session", session=session.id, card=card, authenticate=True)
    [method] = simulator.api.v1.customers.payment_methods.list(customer).data
    return customer, method.id


def test_a_saved_card_pays_later(simulator: Simulator) -> None:
    customer, method = saved(simulator, "4242424242424242")
    intent = off_session(simulator, customer, method)
    assert (intent.status, intent.latest_charge.customer) == ("succeeded", customer)


def test_without_consent_nothing_is_kept(simulator: Simulator) -> None:
    customer = simulator.api.v1.customers.create({"name": "Dana"}).id
    session = simulator.session(customer=customer)
    page = Page(session.url)
    assert "Save my card" not in page.text
    page.submit(test="4242424242424242")
    assert simulator.api.v1.customers.payment_methods.list(customer).data == []


def test_a_customer_may_tick_the_box(simulator: Simulator) -> None:
    options = {"payment_method_save": "enabled"}
    session = simulator.session(customer_creation="always", saved_payment_method_options=options)
    Page(session.url).submit(test="4242424242424242", save="yes", email="e@example.com")
    customer = simulator.api.v1.checkout.sessions.retrieve(session.id).customer
    assert simulator.api.v1.customers.retrieve(customer).email == "e@example.com"
    [method] = simulator.api.v1.payment_methods.list({"customer": customer}).data
    assert method.allow_redisplay == "always"
    again = simulator.session(customer=customer)
    page = Page(again.url)
    assert "Visa ending in 4242" in page.text
    page.submit(saved=method.id)
    assert page.leads_to.endswith(again.id)


def test_a_card_that_wants_its_owner_there_is_declined_off_session(simulator: Simulator) -> None:
    customer, method = saved(simulator, "4000002760003184")
    with pytest.raises(stripe.CardError) as caught:
        off_session(simulator, customer, method)
    error = caught.value.error
    assert (caught.value.http_status, error.code, error.decline_code) == (
        402,
        "authentication_required",
        "authentication_required",
    )
    assert error.payment_intent.status == "requires_payment_method"
    assert error.payment_method.id == method


def test_an_app_may_refuse_to_ask_for_action(simulator: Simulator) -> None:
    card = {"card": "pm_card_authenticationRequired", "error_on_requires_action": True}
    with pytest.raises(stripe.CardError) as caught:
        simulator.charge(**card)
    assert caught.value.code == "authentication_required"


def test_a_card_set_up_with_its_owner_pays_off_session(simulator: Simulator) -> None:
    customer, method = saved(simulator, "4000002500003155")
    assert off_session(simulator, customer, method).status == "succeeded"


def test_a_card_that_can_be_saved_but_not_charged(simulator: Simulator) -> None:
    customer = simulator.api.v1.customers.create({"name": "Dana"}).id
    made = simulator.api.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": customer}
    )
    with pytest.raises(stripe.CardError) as caught:
        off_session(simulator, customer, made.id)
    assert caught.value.code == "card_declined"


def test_a_card_of_somebody_else_is_refused(simulator: Simulator) -> None:
    _, method = saved(simulator, "4242424242424242")
    other = simulator.api.v1.customers.create({"name": "Erin"}).id
    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the Customer"):
        off_session(simulator, other, method)


def test_payment_methods_are_made_attached_changed_and_detached(simulator: Simulator) -> None:
    v1 = simulator.api.v1
    customer = v1.customers.create({"name": "Dana"}).id
    card = {"number": "5555555555554444", "exp_month": 1, "exp_year": 2040, "cvc": "123"}
    made = v1.payment_methods.create(
        {"type": "card", "card": card, "billing_details": {"name": "Dana"}}
    )
    assert (made.card.brand, made.billing_details.name, made.customer) == (
        "mastercard",
        "Dana",
        None,
    )
    v1.payment_methods.attach(made.id, {"customer": customer})
    v1.payment_methods.update(made.id, {"metadata": {"a": "b"}})
    assert v1.customers.payment_methods.retrieve(customer, made.id).metadata["a"] == "b"
    assert v1.payment_methods.detach(made.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        v1.payment_methods.detach(made.id)
    token = v1.payment_methods.create({"type": "card", "card": {"token": "tok_amex"}})
    assert token.card.brand == "amex"
    with pytest.raises(stripe.CardError):
        v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer})


def test_customers_are_made_changed_listed_and_deleted(simulator: Simulator) -> None:
    customers = simulator.api.v1.customers
    address = {"line1": "1 Reef St", "city": "Cairns", "country": "AU"}
    made = customers.create({"name": "Dana", "email": "d@example.com", "address": address})
    changed = customers.update(made.id, {"name": "Dana Brook", "metadata": {"contact": "7"}})
    assert (changed.name, changed.address.city, changed.metadata["contact"]) == (
        "Dana Brook",
        "Cairns",
        "7",
    )
    assert customers.update(made.id, {"metadata": {"contact": ""}}).metadata.to_dict() == {}
    assert [one.id for one in customers.list({"email": "d@example.com"}).data] == [made.id]
    assert customers.delete(made.id).deleted
    assert customers.retrieve(made.id).deleted
    assert customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        customers.update(made.id, {"name": "x"})
