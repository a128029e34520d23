"""Webhooks: who is told of what, signed how, and when it is tried again.

Source: docs.stripe.com/webhooks (signatures, retries for three days, order not promised).
The sending is courier.py's.
"""

import hashlib
import hmac
import time
from dataclasses import asdict, dataclass, field, fields, replace

from simulators.common.wire import Json, dump
from simulators.stripe.wire import new_id

# Deliveries kept for the state.
SHOWN = 500


@dataclass(frozen=True)
class Subscription:
    """Where events go from the start, and what goes wrong on the way."""

    url: str = ""
    secret: str = ""
    # The first wait; each further one is twice as long, up to `longest_seconds`.
    retry_seconds: float = 60.0
    longest_seconds: float = 6 * 60 * 60.0
    give_up_seconds: float = 3 * 24 * 60 * 60.0
    # As long as these are on: events never sent, each sent twice, the newest first.
    lose: bool = False
    duplicate: bool = False
    reorder: bool = False
    # Signed with another secret, or as if it had been that long ago.
    wrong_signature: bool = False
    signed_ago: int = 0


@dataclass
class Delivery:
    endpoint: str
    event: Json
    tries: int = 0
    next_try: float = 0.0
    since: float = 0.0


def concerns(endpoint: Json, event: Json, account: str) -> bool:
    """Say whether an endpoint hears of an event: of its own account, or (connect) of others."""
    wanted = endpoint["enabled_events"]
    is_own = endpoint["owner"] == account
    return (
        endpoint["status"] == "enabled"
        and endpoint["connect"] != is_own
        and ("*" in wanted or event["type"] in wanted)
    )


@dataclass
class Webhooks:
    subscription: Subscription
    # Whose endpoints those are that no call of the API made.
    platform: str
    endpoints: dict[str, Json] = field(default_factory=dict)
    pending: list[Delivery] = field(default_factory=list)
    lost: int = 0
    given_up: int = 0
    deliveries: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.subscription.url:
            self.subscribe(self.subscription.url, self.subscription.secret)

    def subscribe(self, url: str, secret: str) -> None:
        """Send everything there: an endpoint for the platform's events and one for Connect's."""
        for connect in (False, True):
            self.add(url, ["*"], connect=connect, secret=secret)

    def add(
        self, url: str, wanted: list[str], *, connect: bool, secret: str = "", owner: str = ""
    ) -> Json:
        """Add an endpoint of the platform or of `owner`; without a secret it gets one."""
        endpoint: Json = {
            "id": new_id("we"),
            "object": "webhook_endpoint",
            "api_version": None,
            "application": None,
            "created": int(time.time()),
            "description": None,
            "enabled_events": wanted,
            "livemode": False,
            "metadata": {},
            "secret": secret or f"whsec_{new_id('')[1:]}",
            "status": "enabled",
            "url": url,
            "connect": connect,
            "owner": owner or self.platform,
        }
        self.endpoints[endpoint["id"]] = endpoint
        return endpoint

    def configure(self, sent: Json) -> None:
        """Change what is named and try at once what waits. Raises ValueError."""
        known = {one.name for one in fields(Subscription)}
        if unknown := set(sent) - known:
            raise ValueError(f"unknown {', '.join(sorted(unknown))}; known: {sorted(known)}")
        before = self.subscription
        typed = {name: type(getattr(before, name))(value) for name, value in sent.items()}
        self.subscription = replace(before, **typed)
        if "url" in sent or "secret" in sent:
            self.endpoints.clear()
            if self.subscription.url:
                self.subscribe(self.subscription.url, self.subscription.secret)
        for delivery in self.pending:
            delivery.next_try = 0.0

    def tell(self, event: Json, account: str) -> None:
        for endpoint in self.endpoints.values():
            if not concerns(endpoint, event, account):
                continue
            if self.subscription.lose:
                self.lost += 1
                continue
            event["pending_webhooks"] += 1
            self.pending.append(Delivery(endpoint["id"], event))

    def due(self, now: float) -> Delivery | None:
        """Return the delivery to try now; where asked for, the newest first."""
        ready = [one for one in self.pending if one.next_try <= now]
        if not ready:
            return None
        return ready[-1] if self.subscription.reorder else ready[0]

    def body(self, event: Json) -> bytes:
        return dump(event)

    def signature(self, secret: str, body: bytes) -> str:
        """Return the header Stripe-Signature; its time is the receiver's, not the simulated."""
        at = int(time.time()) - self.subscription.signed_ago
        key = f"{secret}x" if self.subscription.wrong_signature else secret
        digest = hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return f"t={at},v1={digest}"

    def answered(self, delivery: Delivery, status: int | None, now: float) -> None:
        """Note what the receiver said; None when it said nothing in time."""
        delivery.tries += 1
        event = delivery.event
        noted = {"endpoint": delivery.endpoint, "event": event["id"], "type": event["type"]}
        self.deliveries.append({**noted, "try": delivery.tries, "status": status})
        del self.deliveries[:-SHOWN]
        taken = status is not None and 200 <= status < 300
        delivery.since = delivery.since or now
        old = now - delivery.since >= self.subscription.give_up_seconds
        if taken or old:
            self.forget(delivery)
            self.given_up += not taken
            event["pending_webhooks"] -= taken
            return
        wait = self.subscription.retry_seconds * 2 ** min(delivery.tries - 1, 20)
        delivery.next_try = now + min(wait, self.subscription.longest_seconds)

    def forget(self, delivery: Delivery) -> None:
        # By identity: it may have gone meanwhile, and another may look the same.
        self.pending = [one for one in self.pending if one is not delivery]

    def state(self) -> Json:
        return {
            **{
                name: value for name, value in asdict(self.subscription).items() if name != "secret"
            },
            "endpoints": [shown(one) for one in self.endpoints.values()],
            "pending": len(self.pending),
            "lost": self.lost,
            "givenUp": self.given_up,
            "deliveries": self.deliveries,
        }


def shown(endpoint: Json) -> Json:
    """Return an endpoint as the API shows it; its secret only when it is made."""
    hidden = {"secret", "connect", "owner"}
    return {name: value for name, value in endpoint.items() if name not in hidden}
