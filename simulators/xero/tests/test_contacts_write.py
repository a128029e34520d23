"""Creating and changing contacts: PUT creates only, POST finds and changes."""

from typing import Any

import pytest

from simulators.xero.tests.caller import Api, Simulator, messages

ZERO_ID = "00000000-0000-0000-0000-000000000000"
NAME_TAKEN = (
    "The contact name Dana Brook is already assigned to another contact. The contact name must "
    "be unique across all active contacts."
)


def test_put_creates_a_contact_with_all_its_parts(api: Api) -> None:
    contact = api.contact(
        FirstName="Dana",
        LastName="Brook",
        EmailAddress="dana@example.com",
        ContactNumber="c-1",
        AccountNumber="A-1",
        TaxNumber="19749362733",
        Phones=[{"PhoneType": "MOBILE", "PhoneNumber": "0491 570 156"}],
        Addresses=[{"AddressType": "POBOX", "AddressLine1": "1 Quay St", "City": "Robina"}],
        ContactPersons=[{"FirstName": "Ari", "EmailAddress": "ari@example.com"}],
        PaymentTerms={"Sales": {"Day": 14, "Type": "DAYSAFTERBILLDATE"}},
    )
    held = api.rows(f"Contacts/{contact['ContactID']}")[0]
    assert held["ContactStatus"] == "ACTIVE"
    assert (held["FirstName"], held["ContactNumber"], held["AccountNumber"]) == (
        "Dana",
        "c-1",
        "A-1",
    )
    phones = {phone["PhoneType"]: phone["PhoneNumber"] for phone in held["Phones"]}
    assert phones == {"DDI": "", "DEFAULT": "", "FAX": "", "MOBILE": "0491 570 156"}
    addresses = {one["AddressType"]: one for one in held["Addresses"]}
    assert addresses["POBOX"]["City"] == "Robina"
    assert held["PaymentTerms"]["Sales"] == {"Day": 14, "Type": "DAYSAFTERBILLDATE"}
    assert [person["FirstName"] for person in held["ContactPersons"]] == ["Ari"]


@pytest.mark.parametrize("name", ["Dana Brook", "DANA BROOK", "Dána Brook"])
def test_put_refuses_a_name_that_an_active_contact_has(api: Api, name: str) -> None:
    api.contact("Dana Brook")
    answer = api.put("Contacts", {"Name": name})
    assert answer.status_code == 400
    assert answer.json()["Type"] == "ValidationException"
    assert answer.json()["ErrorNumber"] == 10
    assert messages(answer) == [NAME_TAKEN.replace("Dana Brook", name, 1)]


def test_the_case_of_a_name_may_count(xero: Simulator, api: Api) -> None:
    xero.control("switches", name_case="exact")
    first = api.contact("Dana Brook")
    assert api.put("Contacts", {"Name": "dana brook"}).status_code == 200
    assert api.put("Contacts", {"Name": "Dana Brook"}).status_code == 400
    changed = api.post("Contacts", {"Name": "DANA BROOK"}).json()["Contacts"][0]
    assert changed["ContactID"] != first["ContactID"]
    # Filters ignore case all the same.
    assert len(api.rows("Contacts", where='Name=="dana brook"')) == 3


def test_the_name_of_an_archived_contact_is_free(api: Api) -> None:
    old = api.contact()
    api.post(f"Contacts/{old['ContactID']}", {"ContactStatus": "ARCHIVED"})
    api.contact()
    restored = api.post(f"Contacts/{old['ContactID']}", {"ContactStatus": "ACTIVE"})
    assert messages(restored) == [NAME_TAKEN]


def test_post_by_name_changes_the_contact_there_is(api: Api) -> None:
    old = api.contact(EmailAddress="old@example.com")
    answer = api.post("Contacts", {"Name": "dana brook", "EmailAddress": "new@example.com"})
    changed = answer.json()["Contacts"][0]
    assert changed["ContactID"] == old["ContactID"]
    assert changed["EmailAddress"] == "new@example.com"


def test_post_by_number_renames_the_contact_that_has_it(api: Api) -> None:
    old = api.contact(ContactNumber="c-1")
    answer = api.post("Contacts", {"ContactNumber": "c-1", "Name": "Dana River"})
    assert answer.json()["Contacts"][0]["ContactID"] == old["ContactID"]
    assert answer.json()["Contacts"][0]["Name"] == "Dana River"


def test_post_keeps_what_is_not_sent_and_clears_what_is_sent_empty(api: Api) -> None:
    contact = api.contact(FirstName="Dana", LastName="Brook", EmailAddress="d@example.com")
    address = f"Contacts/{contact['ContactID']}"
    changed = api.post(address, {"LastName": ""}).json()["Contacts"][0]
    assert (changed["FirstName"], changed["LastName"]) == ("Dana", "")
    assert changed["EmailAddress"] == "d@example.com"


def test_persons_that_are_not_sent_are_gone(api: Api) -> None:
    contact = api.contact(ContactPersons=[{"FirstName": "Ari"}])
    address = f"Contacts/{contact['ContactID']}"
    assert api.post(address, {"FirstName": "D"}).json()["Contacts"][0]["ContactPersons"] == []


def test_phones_merge_by_type_or_are_replaced_as_the_switch_says(xero: Simulator, api: Api) -> None:
    contact = api.contact(Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "5550 0001"}])
    address = f"Contacts/{contact['ContactID']}"
    mobile = {"Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "0491 570 156"}]}

    def default_phone() -> str:
        phones = api.rows(address)[0]["Phones"]
        return next(one["PhoneNumber"] for one in phones if one["PhoneType"] == "DEFAULT")

    api.post(address, mobile)
    assert default_phone() == "5550 0001"
    xero.control("switches", phones="replace")
    api.post(address, mobile)
    assert default_phone() == ""


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {},
            "The Contact must contain at least 1 of the following elements to identify the "
            "contact: Name, ContactID, ContactNumber",
        ),
        ({"ContactNumber": "c-9"}, "Contact Name cannot be empty."),
        ({"Name": "A", "EmailAddress": "no address"}, "Email address must be valid."),
        ({"Name": "A", "EmailAddress": "dänä@example.com"}, "Email address must be valid."),
        ({"Name": "A <b>"}, "The contact name must not contain the characters < or >."),
        (
            {"Name": "A  B"},
            "The contact name must not start or end with a space or hold two in a row.",
        ),
        (
            {"Name": " A"},
            "The contact name must not start or end with a space or hold two in a row.",
        ),
        ({"Name": "A" * 256}, "Name must not be longer than 255 characters."),
        ({"Name": "A", "ContactStatus": "ARCHIVED"}, "A new contact must be ACTIVE."),
        (
            {"Name": "A", "ContactPersons": [{"FirstName": str(n)} for n in range(6)]},
            "A contact can have at most 5 contact persons.",
        ),
        (
            {"Name": "A", "Addresses": [{"AddressType": "POBOX", "Country": "4220"}]},
            "The country must hold letters only.",
        ),
        (
            {"Name": "A", "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "1" * 51}]},
            "PhoneNumber must not be longer than 50 characters.",
        ),
        (
            {"Name": "A", "PaymentTerms": {"Sales": {"Day": 3, "Type": "SOMEDAY"}}},
            "The payment terms are not valid.",
        ),
        (
            {"Name": "A", "ContactNumber": "HELD"},
            "Another contact has this contact number. Please enter a different contact number.",
        ),
        (
            {"Name": "A", "AccountNumber": "acc"},
            "The Account Number already exists. Please enter a different Account Number.",
        ),
    ],
)
def test_what_xero_does_not_take_is_refused_in_its_words(
    api: Api, members: dict[str, Any], message: str
) -> None:
    api.contact("Holder", ContactNumber="held", AccountNumber="ACC")
    answer = api.put("Contacts", members)
    assert answer.status_code == 400
    assert messages(answer) == [message]


def test_a_fault_of_a_nested_object_stands_in_that_object(api: Api) -> None:
    address = {"AddressType": "POBOX", "Country": "4220"}
    answer = api.put("Contacts", {"Name": "A", "Addresses": [{"AddressType": "X"}, address]})
    element = answer.json()["Elements"][0]
    assert element["ValidationErrors"] == []
    assert len(element["Addresses"][0]["ValidationErrors"]) == 1
    assert len(element["Addresses"][1]["ValidationErrors"]) == 1


def test_without_summaries_each_element_is_answered_by_itself(xero: Simulator, api: Api) -> None:
    batch = {"Contacts": [{"Name": "One"}, {"Name": ""}, {"Name": "One"}, {"Name": "Two"}]}
    answer = api.put("Contacts", batch, summarizeErrors="False")
    rows = answer.json()["Contacts"]
    assert answer.status_code == 200
    assert [row["StatusAttributeString"] for row in rows] == ["OK", "ERROR", "ERROR", "OK"]
    assert [row["HasValidationErrors"] for row in rows] == [False, True, True, False]
    assert rows[1]["ContactID"] == ZERO_ID
    assert xero.organisation()["counts"]["contacts"] == 2


def test_with_summaries_one_bad_element_refuses_all(xero: Simulator, api: Api) -> None:
    batch = {"Contacts": [{"Name": "One"}, {"Name": ""}]}
    answer = api.put("Contacts", batch)
    assert answer.status_code == 400
    assert len(answer.json()["Elements"]) == 1
    assert xero.organisation()["counts"]["contacts"] == 0
    assert api.put("Contacts", {"Name": "One"}).status_code == 200


def test_with_summaries_the_good_are_kept_where_the_switch_says(xero: Simulator, api: Api) -> None:
    xero.control("switches", summarised_errors_keep_good=True)
    assert api.put("Contacts", {"Contacts": [{"Name": "One"}, {}]}).status_code == 400
    assert xero.organisation()["counts"]["contacts"] == 1


def test_answers_may_come_in_another_order(xero: Simulator, api: Api) -> None:
    xero.control("switches", reverse_answers=True)
    batch = {"Contacts": [{"Name": "One"}, {"Name": "Two"}]}
    rows = api.put("Contacts", batch, summarizeErrors="false").json()["Contacts"]
    assert [row["Name"] for row in rows] == ["Two", "One"]


def test_spaces_in_names_may_be_tidied_instead(xero: Simulator, api: Api) -> None:
    xero.control("switches", name_spaces="trim")
    assert api.contact(" Dana   Brook ")["Name"] == "Dana Brook"


@pytest.mark.parametrize("body", [b"{not json", b"[]", b'"text"', b'{"Contacts": "x"}'])
def test_a_body_of_the_wrong_shape_is_refused(api: Api, body: bytes) -> None:
    answer = api.call("PUT", "Contacts", data=body)
    assert answer.status_code == 400
    assert answer.json()["Type"] == "PostDataInvalidException"


def test_a_contact_to_change_must_exist(api: Api) -> None:
    assert api.post("Contacts/" + ZERO_ID, {"Name": "A"}).status_code == 404
    answer = api.post("Contacts", {"ContactID": ZERO_ID, "Name": "A"})
    assert messages(answer) == ["The ContactID does not match a contact of this organisation."]


def test_put_never_overwrites_by_id(api: Api) -> None:
    contact = api.contact()
    answer = api.put("Contacts", {"ContactID": contact["ContactID"], "Name": "Other"})
    assert answer.status_code == 400
    assert api.rows(f"Contacts/{contact['ContactID']}")[0]["Name"] == "Dana Brook"
