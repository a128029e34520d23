"""Connected accounts: consent, tokens, the header, links to set one up, and the end."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
import stripe

from simulators.stripe.tests.caller import (
    CALLBACK,
    CLIENT_ID,
    CONNECTED,
    PLATFORM,
    SECRET_KEY,
    TIMEOUT,
    Json,
    Page,
    Simulator,
)


def authorize_url(simulator: Simulator, **changes: str) -> str:
    query = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "scope": "read_write",
        "redirect_uri": CALLBACK,
        "state": "the-state",
        **changes,
    }
    return f"{simulator.url}/oauth/authorize?{urlencode(query)}"


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def code_of(simulator: Simulator, **choice: str) -> str:
    sent = {"url": authorize_url(simulator), **choice}
    return query_of(simulator.set("authorise", **sent)["redirect"])["code"]


def exchange(simulator: Simulator, code: str) -> Json:
    sent = {"grant_type": "authorization_code", "code": code}
    return simulator.api.oauth.token(sent).to_dict()


def test_a_person_connects_a_new_account_on_the_page(simulator: Simulator) -> None:
    page = Page(authorize_url(simulator))
    assert "Pooltrackr wants to work with your Stripe account" in page.text
    page.submit(decision="connect", account="new", country="NZ", name="Kiwi Pools")
    answer = query_of(page.leads_to)
    assert (answer["scope"], answer["state"]) == ("read_write", "the-state")
    tokens = exchange(simulator, answer["code"])
    account = simulator.client(
        stripe_account=tokens["stripe_user_id"]
    ).v1.accounts.retrieve_current()
    assert (account.business_profile.name, account.country) == ("Kiwi Pools", "NZ")
    assert (account.default_currency, account.charges_enabled) == ("nzd", True)
    own = simulator.client(tokens["access_token"]).v1.accounts.retrieve_current()
    assert own.id == tokens["stripe_user_id"]


def test_a_person_says_no(simulator: Simulator) -> None:
    page = Page(authorize_url(simulator))
    page.submit(decision="cancel")
    assert query_of(page.leads_to)["error"] == "access_denied"
    sent = {"url": authorize_url(simulator), "decision": "deny"}
    assert "access_denied" in simulator.set("authorise", **sent)["redirect"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "ca_x"}, "No application matches"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "all"}, "Invalid scope"),
        ({"redirect_uri": "app:back"}, "Invalid redirect URI"),
    ],
)
def test_a_faulty_request_ends_on_a_page(simulator: Simulator, changes: dict, words: str) -> None:
    page = Page(authorize_url(simulator, **changes))
    assert (page.answer.status_code, words in page.text) == (400, True)


def test_a_code_is_used_once_and_in_five_minutes(simulator: Simulator) -> None:
    simulator.act("add_account", name="Fresh")
    code = code_of(simulator, account="Fresh")
    account = exchange(simulator, code)["stripe_user_id"]
    with pytest.raises(stripe.oauth_error.InvalidGrantError, match="already been used"):
        exchange(simulator, code)
    with pytest.raises(stripe.PermissionError):
        simulator.connected(account).v1.balance.retrieve()
    late = code_of(simulator, account="Fresh")
    simulator.advance(301)
    with pytest.raises(stripe.oauth_error.InvalidGrantError, match="expired"):
        exchange(simulator, late)
    with pytest.raises(stripe.oauth_error.InvalidGrantError, match="does not exist"):
        exchange(simulator, "ac_none")


def test_tokens_are_refreshed(simulator: Simulator) -> None:
    tokens = exchange(simulator, code_of(simulator))
    sent = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    again = simulator.api.oauth.token(sent)
    assert again.stripe_user_id == tokens["stripe_user_id"]
    assert simulator.client(again.access_token).v1.balance.retrieve().object == "balance"


def test_the_library_s_own_settings_lead_here_too(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("api_base", "connect_api_base"):
        monkeypatch.setattr(stripe, name, simulator.url)
    monkeypatch.setattr(stripe, "api_key", SECRET_KEY)
    monkeypatch.setattr(stripe, "client_id", CLIENT_ID)
    url = stripe.OAuth.authorize_url(scope="read_write", redirect_uri=CALLBACK, state="s")
    code = query_of(simulator.set("authorise", url=url)["redirect"])["code"]
    tokens = stripe.OAuth.token(grant_type="authorization_code", code=code)
    customer = stripe.Customer.create(name="Dana", stripe_account=tokens.stripe_user_id)
    listed = stripe.Customer.list(stripe_account=tokens.stripe_user_id)
    assert [one.id for one in listed.auto_paging_iter()] == [customer.id]
    assert stripe.Customer.list().data == []
    stripe.OAuth.deauthorize(stripe_user_id=tokens.stripe_user_id)
    with pytest.raises(stripe.PermissionError):
        stripe.Balance.retrieve(stripe_account=tokens.stripe_user_id)


def test_the_client_is_checked(simulator: Simulator) -> None:
    form = {"grant_type": "authorization_code", "code": "x", "client_secret": "sk_wrong"}
    answer = requests.post(f"{simulator.url}/oauth/token", data=form, timeout=TIMEOUT)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    form = {"grant_type": "password", "client_secret": SECRET_KEY}
    answer = requests.post(f"{simulator.url}/oauth/token", data=form, timeout=TIMEOUT)
    assert answer.json()["error"] == "unsupported_grant_type"


def test_a_disconnected_account_is_out_of_reach(simulator: Simulator) -> None:
    tokens = exchange(simulator, code_of(simulator, account=CONNECTED))
    simulator.api.oauth.deauthorize({"stripe_user_id": CONNECTED, "client_id": CLIENT_ID})
    with pytest.raises(stripe.PermissionError) as caught:
        simulator.connected().v1.balance.retrieve()
    assert (caught.value.http_status, caught.value.error.code) == (403, "account_invalid")
    with pytest.raises(stripe.AuthenticationError):
        simulator.client(tokens["access_token"]).v1.balance.retrieve()
    with pytest.raises(stripe.oauth_error.InvalidClientError):
        simulator.api.oauth.deauthorize({"stripe_user_id": CONNECTED, "client_id": CLIENT_ID})
    events = simulator.state("event", account=CONNECTED)["accounts"][0]["event"]
    assert events[-1]["type"] == "account.application.deauthorized"
    assert events[-1]["account"] == CONNECTED


def test_the_owner_may_disconnect_too(simulator: Simulator) -> None:
    simulator.act("disconnect", account=CONNECTED)
    with pytest.raises(stripe.PermissionError):
        simulator.connected().v1.balance.retrieve()
    assert simulator.control("act", do="disconnect", account=CONNECTED).status_code == 400


def test_an_account_is_made_and_set_up_by_a_link(simulator: Simulator) -> None:
    v1 = simulator.api.v1
    made = v1.accounts.create({"type": "standard", "country": "AU", "email": "o@example.com"})
    assert (made.charges_enabled, made.requirements.disabled_reason) == (
        False,
        "requirements.past_due",
    )
    with pytest.raises(stripe.PermissionError, match="not activated"):
        simulator.session(api=simulator.connected(made.id))
    urls = {"refresh_url": "http://localhost/again", "return_url": "http://localhost/done"}
    wanted = {"account": made.id, "type": "account_onboarding", **urls}
    link = v1.account_links.create(wanted)
    page = Page(link.url)
    assert page.submit(decision="finish").headers["Location"] == urls["return_url"]
    assert Page(link.url).leads_to == urls["refresh_url"]
    late = v1.account_links.create(wanted)
    simulator.advance(301)
    assert Page(late.url).leads_to == urls["refresh_url"]
    ready = v1.accounts.retrieve(made.id)
    assert (ready.charges_enabled, ready.payouts_enabled, ready.details_submitted) == (
        True,
        True,
        True,
    )
    assert simulator.session(api=simulator.connected(made.id)).status == "open"


def test_accounts_are_listed_changed_and_let_go(simulator: Simulator) -> None:
    v1 = simulator.api.v1
    assert [one.id for one in v1.accounts.list().data] == [CONNECTED]
    schedule = {"settings": {"payouts": {"schedule": {"interval": "manual"}}}}
    changed = v1.accounts.update(CONNECTED, {"metadata": {"business": "1"}, **schedule})
    assert changed.settings.payouts.schedule.interval == "manual"
    assert v1.accounts.retrieve(CONNECTED).metadata["business"] == "1"
    with pytest.raises(stripe.PermissionError):
        v1.accounts.retrieve("acct_none")
    assert v1.accounts.delete(CONNECTED).deleted
    assert v1.accounts.list().data == []
    assert v1.accounts.retrieve_current().id == PLATFORM


def test_a_restricted_account_takes_nothing(simulator: Simulator) -> None:
    simulator.act("restrict", account=CONNECTED)
    with pytest.raises(stripe.PermissionError):
        simulator.charge(api=simulator.connected())
    simulator.act("finish_setup", account=CONNECTED)
    assert simulator.charge(api=simulator.connected()).status == "succeeded"


def test_what_is_of_one_account_is_not_of_another(simulator: Simulator) -> None:
    charge = simulator.charge(api=simulator.connected())
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        simulator.api.v1.charges.retrieve(charge.id)
    assert simulator.connected().v1.charges.retrieve(charge.id).id == charge.id
