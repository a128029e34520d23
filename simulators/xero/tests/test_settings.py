"""Organisation, chart, tax rates, themes, tracking, items: what a mapping page is made from."""

from simulators.xero.tests.caller import Api, Simulator, invoice, line, messages


def test_the_organisation_says_what_deep_links_and_currency_checks_need(
    xero: Simulator, api: Api
) -> None:
    organisation = api.get("Organisation").json()["Organisations"][0]
    assert organisation["OrganisationID"] == api.tenant_id
    assert organisation["ShortCode"].startswith("!")
    assert (organisation["BaseCurrency"], organisation["CountryCode"]) == ("AUD", "AU")
    assert "PeriodLockDate" not in organisation
    xero.act("set_lock_dates", period="2026-06-30")
    locked = api.get("Organisation").json()["Organisations"][0]
    assert locked["PeriodLockDate"] == "/Date(1782777600000+0000)/"


def test_actions_say_what_is_allowed(api: Api) -> None:
    answer = api.get("Organisation/Actions").json()["Actions"]
    actions = {one["Name"]: one["Status"] for one in answer}
    assert actions["CreateApprovedInvoice"] == "ALLOWED"
    assert actions["UseMulticurrency"] == "NOT-ALLOWED"


def test_what_an_action_forbids_is_refused(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    draft = api.invoice(dana, Status="DRAFT")["InvoiceID"]
    xero.act("forbid", action="CreateApprovedInvoice")
    refused = api.post(f"Invoices/{draft}", {"Status": "AUTHORISED"})
    assert "CreateApprovedInvoice" in messages(refused)[0]
    assert api.put("Invoices", invoice(dana)).status_code == 400
    assert api.put("Invoices", invoice(dana, Status="DRAFT")).status_code == 200
    bill = invoice(dana, Type="ACCPAY", LineItems=[line(AccountCode="405", TaxType="INPUT")])
    assert api.put("Invoices", bill).status_code == 200
    xero.act("forbid", action="CreateDraftInvoice")
    assert api.put("Invoices", invoice(dana, Status="DRAFT")).status_code == 400
    assert api.post(f"Invoices/{draft}", {"Reference": "x"}).status_code == 200
    xero.act("allow", action="CreateApprovedInvoice")
    assert api.post(f"Invoices/{draft}", {"Status": "AUTHORISED"}).status_code == 200
    assert xero.control("act", do="allow", action="Fly").status_code == 400


def test_an_adviser_may_post_before_the_period_lock_but_not_into_a_closed_year(
    xero: Simulator, api: Api
) -> None:
    dana = api.contact()["ContactID"]
    xero.act("set_lock_dates", period="2026-11-30")
    assert api.put("Invoices", invoice(dana)).status_code == 400
    xero.act("allow", action="ApproveTransactionsBeforePeriodLockDate")
    assert api.put("Invoices", invoice(dana)).status_code == 200
    xero.act("set_lock_dates", year="2026-11-30")
    assert "end of year lock" in messages(api.put("Invoices", invoice(dana)))[0]


def test_the_chart_holds_what_a_mapping_must_tell_apart(api: Api) -> None:
    accounts = api.rows("Accounts")
    by_code = {one.get("Code"): one for one in accounts}
    assert by_code["219"]["Status"] == "ARCHIVED"
    assert by_code["610"]["SystemAccount"] == "DEBTORS"
    assert by_code["860"]["SystemAccount"] == "ROUNDING"
    assert (by_code["201"]["Class"], by_code["201"]["TaxType"]) == ("REVENUE", "OUTPUT")
    assert by_code["090"]["Type"] == "BANK"
    assert [one["Name"] for one in accounts if "Code" not in one] == ["Card Clearing Account"]
    assert [code for code, one in by_code.items() if one["EnablePaymentsToAccount"]]
    revenue = api.rows("Accounts", where='Class=="REVENUE" AND Status=="ACTIVE"')
    assert {one["Class"] for one in revenue} == {"REVENUE"}
    assert "219" not in {one["Code"] for one in revenue}
    one = api.rows(f"Accounts/{by_code['200']['AccountID']}")[0]
    assert one["Name"] == "Sales"
    assert api.get("Accounts/nothing").status_code == 404


def test_tax_rates_say_where_they_apply(api: Api) -> None:
    rates = {rate["TaxType"]: rate for rate in api.rows("TaxRates")}
    assert rates["OUTPUT"]["EffectiveRate"] == 10
    assert (rates["OUTPUT"]["CanApplyToRevenue"], rates["INPUT"]["CanApplyToRevenue"]) == (
        True,
        False,
    )
    assert sum(rate["EffectiveRate"] == 0 for rate in rates.values()) > 3


def test_branding_themes_and_tracking_can_be_read(api: Api) -> None:
    themes = api.rows("BrandingThemes")
    assert [theme["SortOrder"] for theme in themes] == [0, 1]
    options = api.rows("TrackingCategories")[0]["Options"]
    assert {one["Name"] for one in options} == {"North", "South", "Bayside"}


def test_items_are_created_once_and_changed_by_code(api: Api) -> None:
    item = {
        "Code": "NET",
        "Name": "Leaf net",
        "SalesDetails": {"UnitPrice": 39.95, "AccountCode": "203", "TaxType": "OUTPUT"},
    }
    created = api.put("Items", item).json()["Items"][0]
    assert created["SalesDetails"]["UnitPrice"] == 39.95
    assert messages(api.put("Items", item)) == ["Price List Item with Code 'NET' already exists"]
    changed = api.post("Items", {"Code": "NET", "SalesDetails": {"UnitPrice": 42}})
    assert changed.json()["Items"][0]["ItemID"] == created["ItemID"]
    read = api.rows("Items/net")[0]
    assert (read["SalesDetails"]["UnitPrice"], read["Name"]) == (42, "Leaf net")
    assert messages(api.put("Items", {"Name": "No code"})) == ["An item must have a Code."]
    wrong = {"Code": "N2", "SalesDetails": {"AccountCode": "999", "TaxType": "NO"}}
    assert len(messages(api.put("Items", wrong))) == 2


def test_a_call_takes_five_hundred_items(api: Api) -> None:
    several = [{"Code": f"C{number}"} for number in range(501)]
    answer = api.put("Items", {"Items": several})
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 17)
    assert api.put("Items", {"Items": several[:500]}).status_code == 200


def test_what_is_not_simulated_is_named(xero: Simulator) -> None:
    scope = "openid offline_access accounting.payments accounting.invoices"
    api = xero.connect(scope=scope)
    for method, path in (
        ("PUT", "Receipts"),
        ("POST", "Invoices/x/Nothing"),
        ("GET", "Quotes"),
    ):
        answer = api.call(method, path, json={})
        assert answer.status_code == 501
        assert answer.text == f"The Xero simulator does not know this call: {method} {path}\n"


def test_answers_in_xml_are_not_simulated(api: Api) -> None:
    answer = api.call("GET", "Contacts", headers={"Accept": "*/*"})
    assert answer.status_code == 501
    assert "Accept: application/json" in answer.text
