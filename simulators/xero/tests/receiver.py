"""A server that webhooks post to, with its answers at the test's choice."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulators.common.tests.hooks import HookServer

KEY = "the-webhook-key"


@dataclass
class Delivery:
    body: bytes
    headers: Mapping[str, str]

    @property
    def sent(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str, str, str]]:
        members = ("eventCategory", "eventType", "resourceId")
        return [tuple(one[name] for name in members) for one in self.sent["events"]]

    @property
    def is_signed(self) -> bool:
        digest = hmac.new(KEY.encode(), self.body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode() == self.headers["x-xero-signature"]


@dataclass
class Receiver(HookServer):
    """Takes deliveries and answers 200 to the rightly signed, 401 to others, unless told."""

    statuses: list[int] = field(default_factory=list)
    got: list[Delivery] = field(default_factory=list)

    def take(self, body: bytes, headers: Mapping[str, str]) -> int:
        delivery = Delivery(body, headers)
        self.got.append(delivery)
        right = 200 if delivery.is_signed else 401
        return self.statuses.pop(0) if self.statuses else right

    def events(self) -> list[tuple[str, str, str]]:
        return [event for delivery in list(self.got) for event in delivery.events]
