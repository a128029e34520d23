"""The test's own small client of the simulator: plain HTTP, nothing of the project."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

CLIENT = ("pooltrackr-demo", "pooltrackr-demo-secret")
CALLBACK = "http://localhost:8000/xero/callback/"
SCOPES = (
    "openid profile email offline_access accounting.contacts accounting.invoices "
    "accounting.settings.read accounting.payments accounting.banktransactions "
    "accounting.attachments"
)
TIMEOUT = 20
Json = dict[str, Any]


class Api:
    """One access token and one organisation."""

    def __init__(self, url: str, tokens: Json) -> None:
        self.url = url
        self.tokens = tokens
        self.session = requests.Session()
        self.session.headers.update(
            {"Accept": "application/json", "Authorization": f"Bearer {tokens['access_token']}"}
        )
        self.tenant_id = ""

    def choose(self, tenant_id: str) -> "Api":
        self.tenant_id = tenant_id
        self.session.headers["xero-tenant-id"] = tenant_id
        return self

    def connections(self, **query: str) -> list[Json]:
        return self.session.get(f"{self.url}/connections", params=query, timeout=TIMEOUT).json()

    def call(self, method: str, path: str, **how: Any) -> requests.Response:
        how.setdefault("timeout", TIMEOUT)
        return self.session.request(method, f"{self.url}/api.xro/2.0/{path}", **how)

    def get(self, path: str, **query: Any) -> requests.Response:
        headers = query.pop("headers", None)
        return self.call("GET", path, params=query, headers=headers)

    def rows(self, path: str, **query: Any) -> list[Json]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()[path.split("/")[0].split("?")[0]]

    def put(self, path: str, body: Any, *, key: str = "", **query: Any) -> requests.Response:
        headers = {"Idempotency-Key": key} if key else None
        return self.call("PUT", path, json=body, params=query, headers=headers)

    def post(self, path: str, body: Any, *, key: str = "", **query: Any) -> requests.Response:
        headers = {"Idempotency-Key": key} if key else None
        return self.call("POST", path, json=body, params=query, headers=headers)

    def contact(self, name: str = "Dana Brook", **members: Any) -> Json:
        answer = self.put("Contacts", {"Name": name, **members})
        assert answer.status_code == 200, answer.text
        return answer.json()["Contacts"][0]

    def invoice(self, contact_id: str, **members: Any) -> Json:
        answer = self.put("Invoices", invoice(contact_id, **members), unitdp=4)
        assert answer.status_code == 200, answer.text
        return answer.json()["Invoices"][0]


def invoice(contact_id: str, **members: Any) -> Json:
    """Return an approved sale of one line, changed by what is given; None leaves a member out."""
    whole = {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact_id},
        "Date": "2026-11-02",
        "DueDate": "2026-11-16",
        "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive",
        "LineItems": [line()],
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


def line(**members: Any) -> Json:
    return {
        "Description": "Regular pool service",
        "Quantity": 1,
        "UnitAmount": 95,
        "AccountCode": "201",
        "TaxType": "OUTPUT",
        **members,
    }


def messages(answer: requests.Response) -> list[str]:
    """Return every validation message of an answer, at whatever depth."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            found.extend(one["Message"] for one in value.get("ValidationErrors") or [])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(answer.json())
    return found


class Simulator:
    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, name: str, /, **body: Any) -> requests.Response:
        return requests.post(f"{self.url}/_control/{name}", json=body, timeout=TIMEOUT)

    def reset(self, seed: str = "empty", **body: Any) -> None:
        # What an earlier test asked for is said anew, or it would stand.
        answer = self.control("reset", **{"seed": seed, "contacts": None, "invoices": None, **body})
        assert answer.status_code == 200, answer.text

    def fault(self, kind: str, **match: Any) -> None:
        answer = self.control("faults", kind=kind, **match)
        assert answer.status_code == 200, answer.text

    def act(self, act: str, /, **body: Any) -> Json:
        answer = self.control("act", do=act, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self, *only: str, **query: str) -> Json:
        params = {"only": ",".join(only), **query}
        answer = requests.get(f"{self.url}/_control/state", params=params, timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def organisation(self, *only: str) -> Json:
        return self.state(*only, "organisations")["organisations"][0]

    def authorise_url(self, **changes: str) -> str:
        query = {
            "response_type": "code",
            "client_id": CLIENT[0],
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
            "state": "the-state",
            **changes,
        }
        return f"{self.url}/identity/connect/authorize?{urlencode(query)}"

    def code(self, *, user: str = "", organisation: str = "", **changes: str) -> str:
        body = {"url": self.authorise_url(**changes), "user": user, "organisation": organisation}
        answer = self.control("authorise", **body)
        assert answer.status_code == 200, answer.text
        return query_of(answer.json()["redirect"])["code"]

    def token(self, **form: str) -> requests.Response:
        return requests.post(f"{self.url}/connect/token", data=form, auth=CLIENT, timeout=TIMEOUT)

    def exchange(self, code: str, **form: str) -> requests.Response:
        base = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.token(**{**base, **form})

    def refresh(self, token: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=token)

    def connect(self, *, user: str = "", organisation: str = "", scope: str = SCOPES) -> Api:
        """Go through consent and exchange; return the API of the organisation connected."""
        code = self.code(user=user, organisation=organisation, scope=scope)
        tokens = self.exchange(code).json()
        api = Api(self.url, tokens)
        return api.choose(api.connections()[-1]["tenantId"])


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
