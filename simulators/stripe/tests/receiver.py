"""A server that webhooks post to, with its answers at the test's choice."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import stripe

from simulators.common.tests.hooks import HookServer


@dataclass
class Receiver(HookServer):
    """Takes deliveries; the official library says whether each one is rightly signed."""

    secret: str = "whsec_of_the_test"
    statuses: list[int] = field(default_factory=list)
    got: list[stripe.Event] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def take(self, body: bytes, headers: Mapping[str, str]) -> int:
        try:
            event = stripe.Webhook.construct_event(body, headers["stripe-signature"], self.secret)
        except stripe.SignatureVerificationError as error:
            self.refused.append(str(error))
            return 400
        self.got.append(event)
        return self.statuses.pop(0) if self.statuses else 200

    @property
    def types(self) -> list[str]:
        return [event.type for event in list(self.got)]
