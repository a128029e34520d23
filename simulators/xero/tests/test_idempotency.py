"""Idempotency-Key: what is done once, what is given again, what is refused."""

from simulators.xero.tests.caller import Api, Simulator


def test_the_same_key_and_body_give_the_same_answer_and_one_contact(
    xero: Simulator, api: Api
) -> None:
    first = api.put("Contacts", {"Name": "A"}, key="k-1")
    again = api.put("Contacts", {"Name": "A"}, key="k-1")
    assert again.content == first.content
    assert xero.organisation()["counts"]["contacts"] == 1
    writes = xero.state("writes")["writes"]
    assert [(one["status"], one["replayed"]) for one in writes] == [(200, False), (200, True)]
    assert writes[0]["idempotencyKey"] == "k-1"
    assert writes[0]["body"] == {"Name": "A"}


def test_errors_are_given_again_too(xero: Simulator, api: Api) -> None:
    contact = api.contact("A")
    refused = api.put("Contacts", {"Name": "A"}, key="k-1")
    api.post(f"Contacts/{contact['ContactID']}", {"Name": "B"})
    assert api.put("Contacts", {"Name": "A"}, key="k-1").content == refused.content
    assert api.put("Contacts", {"Name": "A"}, key="k-2").status_code == 200


def test_a_key_is_for_one_request_only(api: Api) -> None:
    api.put("Contacts", {"Name": "A"}, key="k-1")
    for answer in (
        api.put("Contacts", {"Name": "B"}, key="k-1"),
        api.post("Contacts", {"Name": "A"}, key="k-1"),
        api.put("Contacts", {"Name": "A"}, key="k-1", summarizeErrors="false"),
    ):
        assert answer.status_code == 400
        assert answer.text == "Idempotency Key: k-1 is used with a different request."


def test_a_key_dies_after_six_minutes(xero: Simulator, api: Api) -> None:
    api.put("Contacts", {"Name": "A"}, key="k-1")
    xero.control("clock", advance=359)
    assert api.put("Contacts", {"Name": "A"}, key="k-1").status_code == 200
    xero.control("clock", advance=2)
    again = api.put("Contacts", {"Name": "A"}, key="k-1")
    assert again.status_code == 400
    assert xero.organisation()["counts"]["contacts"] == 1


def test_the_life_of_keys_can_be_shortened(xero: Simulator, api: Api) -> None:
    xero.control("limits", key_seconds=5)
    api.put("Contacts", {"Name": "A"}, key="k-1")
    xero.control("clock", advance=6)
    assert api.put("Contacts", {"Name": "B"}, key="k-1").status_code == 200


def test_a_refusal_by_a_limit_uses_no_key(xero: Simulator, api: Api) -> None:
    xero.fault("429_minute", method="PUT")
    assert api.put("Contacts", {"Name": "A"}, key="k-1").status_code == 429
    assert api.put("Contacts", {"Name": "A"}, key="k-1").status_code == 200


def test_a_refusal_at_the_gate_uses_no_key(xero: Simulator) -> None:
    api = xero.connect(scope="openid offline_access accounting.contacts.read")
    assert api.put("Contacts", {"Name": "A"}, key="k-1").status_code == 401
    again = xero.connect(scope="accounting.contacts")
    assert again.put("Contacts", {"Name": "A"}, key="k-1").status_code == 200
    xero.fault("disconnect", method="PUT")
    assert again.put("Contacts", {"Name": "B"}, key="k-2").status_code == 403
    back = xero.connect()
    assert back.put("Contacts", {"Name": "B"}, key="k-2").status_code == 200


def test_a_misused_key_may_be_refused_in_json(xero: Simulator, api: Api) -> None:
    xero.control("switches", key_refusal="json")
    api.put("Contacts", {"Name": "A"}, key="k-1")
    answer = api.put("Contacts", {"Name": "B"}, key="k-1")
    assert answer.status_code == 400
    assert answer.json()["Detail"] == "Idempotency Key: k-1 is used with a different request."


def test_reading_ignores_keys(api: Api) -> None:
    for path in ("Contacts", "Organisation"):
        answer = api.get(path, headers={"Idempotency-Key": "k-1"})
        assert answer.status_code == 200


def test_a_key_may_have_128_characters(api: Api) -> None:
    assert api.put("Contacts", {"Name": "A"}, key="k" * 128).status_code == 200
    assert api.put("Contacts", {"Name": "B"}, key="k" * 129).status_code == 400
