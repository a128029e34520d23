"""The test's own hold on a simulator: the official library, the control calls, a browser's part."""

import re
from typing import Any

import requests
import stripe

SECRET_KEY = "sk_test_pooltrackrdemo"
CLIENT_ID = "ca_pooltrackrdemo"
PLATFORM = "acct_1PooltrackrDemo01"
CONNECTED = "acct_1BlueLagoonDemo01"
CALLBACK = "http://localhost:8000/stripe/callback/"
TIMEOUT = 20
DAY = 24 * 60 * 60
Json = dict[str, Any]


class Simulator:
    def __init__(self, url: str) -> None:
        self.url = url
        self.api = self.client()

    def client(self, key: str = SECRET_KEY, **options: Any) -> stripe.StripeClient:
        """Return the library's client; its own retries are off unless asked for."""
        options.setdefault("max_network_retries", 0)
        bases = {"api": self.url, "connect": self.url}
        return stripe.StripeClient(key, base_addresses=bases, client_id=CLIENT_ID, **options)

    def connected(self, account: str = CONNECTED, **options: Any) -> stripe.StripeClient:
        return self.client(stripe_account=account, **options)

    def control(self, name: str, /, **body: Any) -> requests.Response:
        return requests.post(f"{self.url}/_control/{name}", json=body, timeout=TIMEOUT)

    def set(self, name: str, /, **body: Any) -> Json:
        answer = self.control(name, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, act: str, /, **body: Any) -> Json:
        return self.set("act", do=act, **body)

    def fault(self, kind: str, **match: Any) -> None:
        self.set("faults", kind=kind, **match)

    def reset(self, **body: Any) -> None:
        self.set("reset", **{"country": "AU", "accounts": 1, **body})

    def advance(self, seconds: float) -> None:
        self.set("clock", advance=seconds)

    def state(self, *only: str, **query: str) -> Json:
        params = {"only": ",".join(only), **query}
        answer = requests.get(f"{self.url}/_control/state", params=params, timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def summary(self, account: str = PLATFORM, currency: str = "aud") -> Json:
        answer = requests.get(f"{self.url}/_control/summary", timeout=TIMEOUT)
        return answer.json()[account][currency]

    def charge(self, amount: int = 10_000, card: str = "pm_card_au", **more: Any) -> stripe.Charge:
        """Take a payment as simply as can be; return its charge."""
        api = more.pop("api", self.api)
        params = {
            "amount": amount,
            "currency": "aud",
            "payment_method": card,
            "confirm": True,
            "expand": ["latest_charge"],
            **more,
        }
        return api.v1.payment_intents.create(params).latest_charge

    def session(self, **members: Any) -> stripe.checkout.Session:
        api = members.pop("api", self.api)
        return api.v1.checkout.sessions.create(session(**members))


def session(amount: int = 10_000, **members: Any) -> Json:
    price = {"currency": "aud", "unit_amount": amount, "product_data": {"name": "Invoice PT-1"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": "http://localhost:8000/paid/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost:8000/invoice/",
        **members,
    }


class Page:
    """A page as a browser without scripts has it: its text, its forms, where it leads."""

    def __init__(self, url: str) -> None:
        self.session = requests.Session()
        self.url = url
        self.answer = self.session.get(url, timeout=TIMEOUT, allow_redirects=False)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self.answer.text)

    def submit(self, **fields: str) -> requests.Response:
        """Send a form of this page; a redirect is not followed."""
        self.answer = self.session.post(
            self.url, data=fields, timeout=TIMEOUT, allow_redirects=False
        )
        return self.answer

    @property
    def leads_to(self) -> str:
        return self.answer.headers.get("Location", "")
