"""What a person in Xero does meanwhile, seen through the API."""

from simulators.xero.tests.caller import Api, Simulator, invoice, line, messages


def test_a_merge_archives_the_loser_and_moves_its_invoices(xero: Simulator, api: Api) -> None:
    loser = api.contact("Old Dana", ContactNumber="c-1")["ContactID"]
    winner = api.contact("Dana")["ContactID"]
    held = api.invoice(loser)
    xero.act("merge_contacts", **{"from": "Old Dana", "into": winner})
    merged = api.rows(f"Contacts/{loser}")[0]
    assert (merged["ContactStatus"], merged["MergedToContactID"]) == ("ARCHIVED", winner)
    moved = api.rows(f"Invoices/{held['InvoiceID']}")[0]
    assert moved["Contact"]["ContactID"] == winner
    answer = api.put("Contacts", {"Name": "New", "ContactNumber": "c-1"})
    assert messages(answer)[0].startswith("Another contact has this contact number.")


def test_a_merge_is_for_good(xero: Simulator, api: Api) -> None:
    loser, winner = (api.contact(name)["ContactID"] for name in ("Old Dana", "Dana"))
    xero.act("merge_contacts", **{"from": loser, "into": winner})
    api.post("Contacts", {"ContactID": loser, "ContactStatus": "ACTIVE"})
    xero.act("restore_contact", contact=loser)
    assert api.rows(f"Contacts/{loser}")[0]["ContactStatus"] == "ARCHIVED"


def test_a_rename_shows_under_modified_since_only_for_what_changed(
    xero: Simulator, api: Api
) -> None:
    api.contact("Still")
    api.contact("Dana", ContactPersons=[{"FirstName": "Ari"}])
    xero.act("rename_contact", contact="Dana", name="Dana River")
    held = api.rows("Contacts", where='Name=="Dana River"', page=1)[0]
    assert held["ContactPersons"] != []
    refused = xero.control("act", do="rename_contact", contact="Dana River", name="Still")
    assert refused.status_code == 400
    assert "already assigned" in refused.json()["error"]


def test_archiving_and_restoring(xero: Simulator, api: Api) -> None:
    api.contact("Dana")
    xero.act("archive_contact", contact="Dana")
    assert api.rows("Contacts", page=1) == []
    xero.act("restore_contact", contact="Dana")
    assert len(api.rows("Contacts", page=1)) == 1


def test_an_archived_or_recoded_account_refuses_lines(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    xero.act("archive_account", account="201")
    assert "has been archived" in messages(api.put("Invoices", invoice(dana)))[0]
    xero.act("restore_account", account="201")
    xero.act("edit_account", account="201", code="2010")
    assert "not a valid code" in messages(api.put("Invoices", invoice(dana)))[0]
    taken = xero.control("act", do="edit_account", account="2010", code="200")
    assert taken.status_code == 400


def test_a_rate_of_its_own_taxes_lines(xero: Simulator, api: Api) -> None:
    made = xero.act("add_tax_rate", percent="12.5")
    assert (made["TaxType"], made["CanApplyToRevenue"]) == ("TAX001", True)
    dana = api.contact()["ContactID"]
    held = api.invoice(dana, LineItems=[line(UnitAmount=100, TaxType="TAX001")])
    assert held["TotalTax"] == 12.5
    assert xero.control("act", do="add_tax_rate", percent="many").status_code == 400


def test_an_account_of_another_type_or_none_refuses_lines(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    xero.act("edit_account", account="201", type="EXPENSE")
    assert "cannot be used with account" in messages(api.put("Invoices", invoice(dana)))[0]
    xero.act("delete_account", account="201")
    assert "not a valid code" in messages(api.put("Invoices", invoice(dana)))[0]
    assert "201" not in {one.get("Code") for one in api.rows("Accounts")}
    api.invoice(dana, LineItems=[line(AccountCode="200")])
    used = xero.control("act", do="delete_account", account="200")
    assert "only be archived" in used.json()["error"]
    assert xero.control("act", do="edit_account", account="200", type="X").status_code == 400


def test_a_rate_out_of_use_or_of_another_class_refuses_lines(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    xero.act("edit_tax_rate", rate="OUTPUT", status="ARCHIVED")
    assert messages(api.put("Invoices", invoice(dana))) == ["Tax rate must be valid."]
    xero.act("edit_tax_rate", rate="OUTPUT", status="ACTIVE", applies_to=["EXPENSE"])
    assert "cannot be used with account" in messages(api.put("Invoices", invoice(dana)))[0]
    assert xero.control("act", do="edit_tax_rate", rate="TAX9").status_code == 400


def test_payments_come_and_go(xero: Simulator, api: Api) -> None:
    held = api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")
    xero.act("pay_invoice", invoice="PT-1")
    paid = api.rows("Invoices/PT-1")[0]
    assert (paid["Status"], paid["AmountDue"], len(paid["Payments"])) == ("PAID", 0, 1)
    assert "FullyPaidOnDate" in paid
    again = xero.control("act", do="pay_invoice", invoice="PT-1")
    assert again.status_code == 400
    xero.act("remove_payments", invoice="PT-1")
    open_again = api.rows(f"Invoices/{held['InvoiceID']}")[0]
    assert (open_again["Status"], open_again["AmountDue"]) == ("AUTHORISED", 104.5)
    xero.act("void_invoice", invoice="PT-1")
    assert api.rows("Invoices/PT-1")[0]["Status"] == "VOIDED"


def test_a_person_may_edit_an_invoice_that_we_sent(xero: Simulator, api: Api) -> None:
    api.invoice(api.contact()["ContactID"], InvoiceNumber="PT-1")
    xero.act("edit_invoice", invoice="PT-1", fields={"Reference": "their words"})
    assert api.rows("Invoices/PT-1")[0]["Reference"] == "their words"


def test_unknown_acts_and_things_are_named(xero: Simulator, api: Api) -> None:
    for body in (
        {"do": "dance"},
        {"do": "archive_contact", "contact": "nobody"},
        {"do": "void_invoice", "invoice": "none"},
        {"do": "archive_account", "account": "1"},
        {"do": "archive_account", "account": "200", "organisation": "none"},
    ):
        answer = xero.control("act", **body)
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_tokens_can_be_let_die_without_moving_the_clock(xero: Simulator, api: Api) -> None:
    xero.act("expire_access_tokens")
    assert api.get("Organisation").json()["Detail"].startswith("TokenExpired")
    fresh = xero.refresh(api.tokens["refresh_token"]).json()
    xero.act("forget_refresh_tokens")
    assert xero.refresh(fresh["refresh_token"]).json() == {"error": "invalid_grant"}
    again = Api(xero.url, fresh)
    assert len(again.connections()) == 1
