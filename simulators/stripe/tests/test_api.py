"""What every call has: keys, versions, idempotency, errors, pages, expansion, nested forms."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import stripe

from simulators.common.tests.hooks import eventually
from simulators.stripe.tests.caller import CONNECTED, DAY, SECRET_KEY, TIMEOUT, Json, Simulator
from simulators.stripe.wire import parse_form


def raw(simulator: Simulator, method: str, path: str, **how: Json) -> requests.Response:
    headers = {"Authorization": f"Bearer {SECRET_KEY}", **how.pop("headers", {})}
    url = f"{simulator.url}/v1/{path}"
    return requests.request(method, url, headers=headers, timeout=TIMEOUT, **how)


# --- keys and versions --------------------------------------------------------------------------


def test_keys_are_checked(simulator: Simulator) -> None:
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided") as caught:
        simulator.client("sk_test_of_somebody_else").v1.balance.retrieve()
    assert "somebody" not in str(caught.value)
    answer = requests.get(f"{simulator.url}/v1/balance", timeout=TIMEOUT)
    assert (answer.status_code, "API key" in answer.json()["error"]["message"]) == (401, True)
    basic = requests.get(f"{simulator.url}/v1/balance", auth=(SECRET_KEY, ""), timeout=TIMEOUT)
    assert basic.status_code == 200


def test_a_restricted_key_may_do_what_it_may(simulator: Simulator) -> None:
    permissions = {"charges": "read", "customers": "write"}
    client = simulator.client(simulator.set("keys", permissions=permissions)["secret"])
    assert client.v1.charges.list().data == []
    customer = client.v1.customers.create({"name": "Dana"})
    assert client.v1.customers.retrieve(customer.id).name == "Dana"
    with pytest.raises(stripe.PermissionError, match="rak_balance_read") as caught:
        client.v1.balance.retrieve()
    assert caught.value.http_status == 403
    with pytest.raises(stripe.PermissionError, match="rak_charge_write"):
        client.v1.charges.update("ch_x", {"description": "x"})


def test_a_key_taken_back_is_dead(simulator: Simulator) -> None:
    secret = simulator.set("keys", account=CONNECTED)["secret"]
    assert simulator.client(secret).v1.accounts.retrieve_current().id == CONNECTED
    simulator.set("revoke_key", secret=secret)
    with pytest.raises(stripe.AuthenticationError):
        simulator.client(secret).v1.balance.retrieve()


def test_the_version_is_echoed_and_a_nonsense_one_refused(simulator: Simulator) -> None:
    answer = raw(simulator, "GET", "balance", headers={"Stripe-Version": "2024-06-20"})
    assert answer.headers["Stripe-Version"] == "2024-06-20"
    assert answer.headers["Request-Id"].startswith("req_")
    answer = raw(simulator, "GET", "balance", headers={"Stripe-Version": "new"})
    assert (answer.status_code, "Invalid Stripe API version" in answer.text) == (400, True)
    named = simulator.client(stripe_version="2026-10-28.endive").v1.balance.retrieve()
    assert named.last_response.headers["Stripe-Version"] == "2026-10-28.endive"
    answer = raw(simulator, "GET", "balance", headers={"Stripe-Account": CONNECTED})
    assert answer.headers["Stripe-Account"] == CONNECTED


# --- idempotency --------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer(simulator: Simulator) -> None:
    params, key = {"name": "Dana"}, {"idempotency_key": "k1"}
    first = simulator.api.v1.customers.create(params, key)
    second = simulator.api.v1.customers.create(params, key)
    assert first.id == second.id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Idempotency-Key"] == "k1"
    writes = simulator.state("writes")["writes"]
    assert [one["replayed"] for one in writes] == [False, True]


def test_a_key_with_other_parameters_or_another_path_is_refused(simulator: Simulator) -> None:
    simulator.api.v1.customers.create({"name": "Dana"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        simulator.api.v1.customers.create({"name": "Erin"}, {"idempotency_key": "k1"})
    assert caught.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        simulator.api.v1.accounts.create({}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError, match="255"):
        simulator.api.v1.customers.create({}, {"idempotency_key": "k" * 256})


def test_a_key_lives_a_day_and_belongs_to_an_account(simulator: Simulator) -> None:
    key = {"idempotency_key": "k1"}
    first = simulator.api.v1.customers.create({"name": "Dana"}, key)
    other = simulator.connected().v1.customers.create({"name": "Dana"}, key)
    simulator.advance(DAY + 1)
    later = simulator.api.v1.customers.create({"name": "Dana"}, key)
    assert len({first.id, other.id, later.id}) == 3


def test_two_calls_at_once_with_one_key_are_not_both_carried_out(simulator: Simulator) -> None:
    simulator.fault("slow", seconds=1)
    with ThreadPoolExecutor() as pool:
        create = simulator.api.v1.customers.create
        first = pool.submit(create, {"name": "D"}, {"idempotency_key": "k"})
        eventually(lambda: simulator.state("writes")["writes"])
        with pytest.raises(stripe.StripeError) as caught:
            simulator.client().v1.customers.create({"name": "D"}, {"idempotency_key": "k"})
        made = first.result()
    assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
    assert [one.id for one in simulator.api.v1.customers.list().data] == [made.id]


def test_a_decline_is_kept_and_a_refusal_is_not(simulator: Simulator) -> None:
    card = {"amount": 500, "currency": "aud", "confirm": True}
    declined = {**card, "payment_method": "pm_card_visa_chargeDeclined"}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            simulator.api.v1.payment_intents.create(declined, {"idempotency_key": "k1"})
    assert len(simulator.api.v1.charges.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        simulator.api.v1.customers.create({"colour": "red"}, {"idempotency_key": "k2"})
    with pytest.raises(stripe.InvalidRequestError):
        simulator.api.v1.customers.create({"colour": "red"}, {"idempotency_key": "k2"})
    assert simulator.api.v1.customers.create({"name": "D"}, {"idempotency_key": "k2"}).name == "D"
    simulator.set("switches", keep_refused=True)
    with pytest.raises(stripe.InvalidRequestError):
        simulator.api.v1.customers.create({"colour": "red"}, {"idempotency_key": "k3"})
    with pytest.raises(stripe.IdempotencyError):
        simulator.api.v1.customers.create({"name": "D"}, {"idempotency_key": "k3"})


# --- errors -------------------------------------------------------------------------------------


def test_errors_name_what_is_wrong(simulator: Simulator) -> None:
    intents = simulator.api.v1.payment_intents
    wrong = [
        ({"currency": "aud"}, "amount", "parameter_missing"),
        ({"amount": "ten", "currency": "aud"}, "amount", "parameter_invalid_integer"),
        ({"amount": 0, "currency": "aud"}, "amount", "parameter_invalid_integer"),
        ({"amount": 49, "currency": "aud"}, "amount", "amount_too_small"),
        ({"amount": 100_000_000, "currency": "aud"}, "amount", "amount_too_large"),
        ({"amount": 500, "currency": "jpy"}, "currency", None),
        ({"amount": 500, "currency": "aud", "colour": "x"}, "colour", "parameter_unknown"),
        ({"amount": 500, "currency": "aud", "customer": "cus_x"}, "customer", "resource_missing"),
        ({"amount": 500, "currency": "aud", "confirm": "maybe"}, "confirm", None),
        ({"amount": 500, "currency": "aud", "off_session": True}, "off_session", None),
    ]
    for params, param, code in wrong:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            intents.create(params)
        assert (caught.value.param, caught.value.code) == (param, code)
        assert caught.value.http_status == 400


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ],
)
def test_declines_have_their_codes(
    simulator: Simulator, card: str, code: str, decline: str
) -> None:
    with pytest.raises(stripe.CardError) as caught:
        simulator.charge(card=card)
    error = caught.value.error
    assert (caught.value.http_status, error.code, error.decline_code) == (402, code, decline)
    failed = simulator.api.v1.charges.retrieve(error.charge)
    assert (failed.status, failed.paid, failed.failure_code) == ("failed", False, code)
    assert error.payment_intent.last_payment_error.decline_code == decline
    assert simulator.summary()["net"] == 0


def test_an_unknown_path_and_an_unknown_object(simulator: Simulator) -> None:
    answer = raw(simulator, "GET", "unicorns")
    assert answer.json()["error"]["message"] == "Unrecognized request URL (GET: /v1/unicorns)."
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent") as caught:
        simulator.api.v1.payment_intents.retrieve("pi_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_too_many_calls_in_a_second(simulator: Simulator) -> None:
    simulator.set("limits", per_second=1)
    with pytest.raises(stripe.RateLimitError) as caught:
        for _ in range(50):
            simulator.api.v1.balance.retrieve()
    assert (caught.value.http_status, caught.value.error.code) == (429, "rate_limit")
    assert simulator.state("limits")["limits"]["refused"] == 1


# --- payment intents ----------------------------------------------------------------------------


def test_an_intent_is_made_confirmed_changed_and_cancelled(simulator: Simulator) -> None:
    intents = simulator.api.v1.payment_intents
    made = intents.create({"amount": 500, "currency": "aud"})
    assert (made.status, made.client_secret.startswith(made.id)) == (
        "requires_payment_method",
        True,
    )
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        intents.confirm(made.id)
    changed = intents.update(
        made.id, {"amount": 700, "payment_method": "pm_card_visa", "metadata": {"a": "b"}}
    )
    assert (changed.amount, changed.status) == (700, "requires_confirmation")
    assert intents.confirm(made.id).status == "succeeded"
    for verb in ("confirm", "cancel"):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            getattr(intents, verb)(made.id)
        assert caught.value.code == "payment_intent_unexpected_state"
    other = intents.create({"amount": 500, "currency": "aud"})
    gone = intents.cancel(other.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    assert [one.id for one in intents.list().data] == [other.id, made.id]


# --- lists --------------------------------------------------------------------------------------


def test_lists_come_in_pages(simulator: Simulator) -> None:
    names = [f"Customer {number:02}" for number in range(25)]
    for name in names:
        simulator.api.v1.customers.create({"name": name})
    first = simulator.api.v1.customers.list()
    assert (len(first.data), first.has_more, first.url) == (10, True, "/v1/customers")
    after = simulator.api.v1.customers.list({"limit": 20, "starting_after": first.data[-1].id})
    assert (len(after.data), after.has_more) == (15, False)
    before = simulator.api.v1.customers.list({"limit": 3, "ending_before": after.data[0].id})
    assert [one.id for one in before.data] == [one.id for one in first.data[-3:]]
    every = [one.name for one in first.auto_paging_iter()]
    assert every == names[::-1]
    for params in ({"limit": 101}, {"limit": 0}, {"starting_after": "cus_none"}):
        with pytest.raises(stripe.InvalidRequestError):
            simulator.api.v1.customers.list(params)


def test_lists_are_filtered_by_time(simulator: Simulator) -> None:
    first = simulator.charge()
    simulator.advance(3_600)
    second = simulator.charge()
    charges = simulator.api.v1.charges
    later = charges.list({"created": {"gt": first.created}}).data
    assert [one.id for one in later] == [second.id]
    early = charges.list({"created": {"gte": first.created, "lt": second.created}}).data
    assert [one.id for one in early] == [first.id]
    assert [one.id for one in charges.list({"created": second.created}).data] == [second.id]


def test_transactions_are_filtered(simulator: Simulator) -> None:
    charge = simulator.charge()
    simulator.api.v1.refunds.create({"charge": charge.id, "amount": 100})
    transactions = simulator.api.v1.balance_transactions
    assert [one.type for one in transactions.list({"type": "refund"}).data] == ["refund"]
    [own] = transactions.list({"source": charge.id}).data
    assert transactions.retrieve(own.id, {"expand": ["source"]}).source.id == charge.id
    assert transactions.list({"currency": "usd"}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
        transactions.list({"payout": "po_none"})


def test_events_are_listed_by_type_and_time(simulator: Simulator) -> None:
    simulator.charge()
    events = simulator.api.v1.events
    assert [one.type for one in events.list({"type": "charge.succeeded"}).data] == [
        "charge.succeeded"
    ]
    listed = events.list({"types": ["charge.succeeded", "payment_intent.created"]}).data
    assert len(listed) == 2
    assert events.list({"created": {"lt": listed[-1].created}}).data == []
    one = events.retrieve(listed[0].id)
    assert one.request.id.startswith("req_")
    assert one.data.object.object == "charge"


def test_events_are_kept_for_thirty_days(simulator: Simulator) -> None:
    simulator.api.v1.customers.create({"name": "Dana"})
    [event] = simulator.api.v1.events.list().data
    simulator.advance(31 * DAY)
    assert simulator.api.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        simulator.api.v1.events.retrieve(event.id)


# --- expansion and forms ------------------------------------------------------------------------


def test_expansion_goes_down_and_into_lists(simulator: Simulator) -> None:
    simulator.charge(metadata={"invoice": "PT-1"})
    expand = {"expand": ["data.latest_charge.balance_transaction", "data.customer"]}
    [intent] = simulator.api.v1.payment_intents.list(expand).data
    assert intent.latest_charge.balance_transaction.fee == 200
    assert intent.customer is None
    for wish in ("colour", "latest_charge.colour", "a.b.c.d.e"):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            simulator.api.v1.payment_intents.retrieve(intent.id, {"expand": [wish]})


def test_nested_forms_are_read() -> None:
    form = "a[0][b][c]=1&a[1][b][c]=2&d[]=x&d[]=y&metadata[k]=v&e="
    assert parse_form(form) == {
        "a": [{"b": {"c": "1"}}, {"b": {"c": "2"}}],
        "d": ["x", "y"],
        "metadata": {"k": "v"},
        "e": "",
    }


def test_metadata_is_merged_and_limited(simulator: Simulator) -> None:
    charge = simulator.charge(metadata={"a": "1", "0": "zero"})
    charges = simulator.api.v1.charges
    after = charges.update(charge.id, {"metadata": {"b": "2", "a": ""}, "description": "x"})
    assert (after.metadata.to_dict(), after.description) == ({"0": "zero", "b": "2"}, "x")
    with pytest.raises(stripe.InvalidRequestError, match="Metadata keys"):
        charges.update(charge.id, {"metadata": {"k" * 41: "v"}})
    with pytest.raises(stripe.InvalidRequestError, match="50 keys"):
        charges.update(charge.id, {"metadata": {f"k{number}": "v" for number in range(60)}})
