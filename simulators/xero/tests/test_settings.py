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


def test_what_is_archived_of_tracking_is_left_out_unless_asked_for(
    xero: Simulator, api: Api
) -> None:
    def names(**query: str) -> dict[str, set[str]]:
        categories = api.rows("TrackingCategories", **query)
        return {one["Name"]: {each["Name"] for each in one["Options"]} for one in categories}

    xero.act("archive_tracking", category="Region", option="South")
    xero.act("add_tracking", category="Crew", options=["Red", "Blue"])
    assert names() == {"Region": {"North", "Bayside"}, "Crew": {"Red", "Blue"}}
    assert "South" in names(includeArchived="true")["Region"]
    assert xero.control("act", do="add_tracking", category="Third").status_code == 400
    xero.act("archive_tracking", category="Region")
    assert names() == {"Crew": {"Red", "Blue"}}
    assert set(names(includeArchived="true")) == {"Region", "Crew"}


def test_a_line_takes_no_tracking_that_is_archived(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    south = invoice(dana, LineItems=[line(Tracking=[{"Name": "Region", "Option": "South"}])])
    xero.act("archive_tracking", category="Region", option="South")
    assert messages(api.put("Invoices", south)) == [
        "The tracking option does not exist or is archived."
    ]
    xero.act("restore_tracking", category="Region", option="South")
    assert api.put("Invoices", south).status_code == 200
    xero.act("archive_tracking", category="Region")
    assert "known Active TrackingCategory" in messages(api.put("Invoices", south))[0]


def test_a_deleted_theme_is_refused_and_the_default_one_stays(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    standard, other = (theme["BrandingThemeID"] for theme in api.rows("BrandingThemes"))
    held = api.invoice(dana, BrandingThemeID=other)
    assert api.rows(f"Invoices/{held['InvoiceID']}")[0]["BrandingThemeID"] == other
    xero.act("delete_theme", theme=other)
    refused = api.put("Invoices", invoice(dana, BrandingThemeID=other))
    assert messages(refused) == ["The BrandingThemeID does not match a branding theme."]
    assert xero.control("act", do="delete_theme", theme=standard).status_code == 400
    plain = api.invoice(dana)
    assert api.rows(f"Invoices/{plain['InvoiceID']}")[0]["BrandingThemeID"] == standard


def test_an_item_that_is_not_sold_has_no_sales_side_and_a_deleted_one_no_code(
    xero: Simulator, api: Api
) -> None:
    dana = api.contact()["ContactID"]
    item = api.rows("Items/SALT20")[0]
    assert (item["IsSold"], item["IsPurchased"]) == (True, True)
    api.post(f"Items/{item['ItemID']}", {"Code": "SALT20", "IsSold": False})
    shut = api.rows("Items/SALT20")[0]
    assert (shut["IsSold"], shut["SalesDetails"], "Description" in shut) == (False, {}, False)
    assert api.call("DELETE", f"Items/{item['ItemID']}").status_code == 204
    assert api.get("Items/SALT20").status_code == 404
    refused = api.put("Invoices", invoice(dana, LineItems=[line(ItemCode="SALT20")]))
    assert messages(refused) == ["Item code 'SALT20' is not valid"]


def test_an_item_fills_gaps_of_a_line_and_overrules_nothing(api: Api) -> None:
    dana = api.contact()["ContactID"]
    said = {"UnitAmount": 20, "Description": "Two bags", "AccountCode": "203"}
    own = line(ItemCode="salt20", Quantity=1, TaxType="EXEMPTOUTPUT", **said)
    held = api.invoice(dana, LineItems=[own])["LineItems"][0]
    found = {name: held[name] for name in said}
    assert (found, held["TaxType"], held["ItemCode"]) == (said, "EXEMPTOUTPUT", "SALT20")


def test_no_more_of_a_tracked_item_is_sold_than_there_is(xero: Simulator, api: Api) -> None:
    dana = api.contact()["ContactID"]
    xero.act("count_stock", item="SALT20", on_hand=3)
    read = api.rows("Items/SALT20")[0]
    assert (read["IsTrackedAsInventory"], read["QuantityOnHand"]) == (True, 3)
    lines = [line(ItemCode="SALT20", Quantity=4)]
    sale = invoice(dana, LineItems=lines)
    refusal = ["Insufficient stock. Items are eligible for backorder."]
    assert messages(api.put("Invoices", sale)) == refusal
    assert api.put("Invoices", invoice(dana, LineItems=lines, Status="DRAFT")).status_code == 200
    assert api.put("Invoices", sale, allowBackorders="true").status_code == 200
    assert (
        api.put("Invoices", invoice(dana, LineItems=[line(ItemCode="SALT20")])).status_code == 200
    )


def test_codes_of_items_are_unique_in_any_case_and_thirty_long(api: Api) -> None:
    assert api.put("Items", {"Code": "C" * 30, "Name": "N" * 50}).status_code == 200
    taken = "Price List Item with Code 'salt20' already exists"
    assert messages(api.put("Items", {"Code": "salt20"})) == [taken]
    assert messages(api.put("Items", {"Code": "D" * 31})) == [
        "Code must not be longer than 30 characters."
    ]
    assert messages(api.put("Items", {"Code": "N", "Name": "N" * 51})) == [
        "Name must not be longer than 50 characters."
    ]


def test_prices_of_items_have_two_decimals_unless_asked_for_four(api: Api) -> None:
    exact = {"SalesDetails": {"UnitPrice": 1.2345}}
    for code, decimals, price in (("TWO", 2, 1.23), ("FOUR", 4, 1.2345)):
        made = api.put("Items", {"Code": code, **exact}, unitdp=decimals).json()["Items"][0]
        assert made["SalesDetails"]["UnitPrice"] == price


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
