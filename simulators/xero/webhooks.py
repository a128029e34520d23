"""Webhooks: what changed, as events in a row, and whom they are for. The sending is courier.py's.

Like Xero's they say that a record changed and not how, come for the app's own writes too, in
batches, again until they are taken, and in order behind one that is not.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from simulators.common.clock import Clock
from simulators.xero.accounting.invoice_model import Invoice
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.wire import Json, dump

# Xero tries for a day, then switches the webhook off.
GIVE_UP = timedelta(hours=24)
# What can be subscribed to, with where it lies. Credit notes since March 2026, prepayments and
# overpayments since August and September: Xero, "Webhooks overview".
CATEGORIES = {
    "CONTACT": "Contacts",
    "INVOICE": "Invoices",
    "CREDITNOTE": "CreditNotes",
    "PREPAYMENT": "Prepayments",
    "OVERPAYMENT": "Overpayments",
}
# How long after a change Xero tells of it, where its date says that (switch event_date).
TOLD_AFTER = timedelta(seconds=1)
# Deliveries kept for the state.
SHOWN = 200


@dataclass(frozen=True)
class Subscription:
    """Where events go, and what goes wrong on the way; set by POST /_control/webhooks."""

    url: str = ""
    key: str = ""
    batch: int = 100
    categories: tuple[str, ...] = ("CONTACT", "INVOICE")
    # The first repetition comes at once, each further one after this.
    retry_seconds: float = 900.0
    # As long as these are on: events never sent, deliveries sent twice, batches turned round.
    lose: bool = False
    duplicate: bool = False
    reorder: bool = False


@dataclass(frozen=True)
class Event:
    sequence: int
    tenant_id: str
    category: str
    resource: str
    resource_id: str
    kind: str
    at: datetime
    data: Json = field(default_factory=dict)

    def json(self, origin: str) -> Json:
        return {
            "resourceUrl": f"{origin}/api.xro/2.0/{self.resource}/{self.resource_id}",
            "resourceId": self.resource_id,
            # Without a zone, as Xero writes it; it is UTC.
            "eventDateUtc": self.at.replace(tzinfo=None).isoformat(timespec="milliseconds"),
            "eventType": self.kind,
            "eventCategory": self.category,
            "tenantId": self.tenant_id,
            "tenantType": "ORGANISATION",
            **({"data": self.data} if self.data else {}),
        }


def date_of(changed: datetime, dated: str) -> datetime:
    if dated == "second":
        return changed.replace(microsecond=0)
    return changed + TOLD_AFTER if dated == "told" else changed


@dataclass
class Webhooks:
    clock: Clock
    subscription: Subscription = field(default_factory=Subscription)
    pending: list[Event] = field(default_factory=list)
    sequence: int = 0
    lost: int = 0
    # How often the first pending batch was tried in vain, and since when.
    tries: int = 0
    failing_since: datetime | None = None
    next_try: datetime | None = None
    disabled: bool = False
    deliveries: list[Json] = field(default_factory=list)
    intent_wanted: bool = False
    intent: Json = field(default_factory=dict)

    def configure(self, sent: Json) -> None:
        """Change what is named. Raises ValueError. A disabled webhook is on again."""
        changes = dict(sent)
        self.intent_wanted = bool(changes.pop("intent", False)) or self.intent_wanted
        known = {one.name for one in fields(Subscription)}
        if unknown := set(changes) - known:
            raise ValueError(f"unknown {', '.join(sorted(unknown))}; known: {sorted(known)}")
        before = self.subscription
        typed = {name: type(getattr(before, name))(value) for name, value in changes.items()}
        changed = replace(before, **typed)
        if changed.batch < 1 or changed.retry_seconds < 0:
            raise ValueError("batch must be at least 1 and retry_seconds at least 0")
        if unknown := set(changed.categories) - set(CATEGORIES):
            raise ValueError(f"unknown {', '.join(sorted(unknown))}; known: {sorted(CATEGORIES)}")
        self.subscription, self.disabled = changed, False
        self.tries, self.failing_since, self.next_try = 0, None, None

    def collect(
        self, organisation: Organisation, *, is_connected: bool, of_money: bool, dated: str
    ) -> None:
        """Note what was saved since the last call, also (`of_money`) invoices merely paid.

        `dated` is the switch event_date.
        """
        tables: dict[str, Any] = {
            "CONTACT": organisation.contacts,
            "INVOICE": organisation.invoices,
            "CREDITNOTE": organisation.credit_notes,
            "PREPAYMENT": organisation.prepayments,
            "OVERPAYMENT": organisation.overpayments,
        }
        for category, table in tables.items():
            for row, old in table.take_touched():
                told = of_money or category != "INVOICE" or not only_money_differs(row, old)
                if told and is_connected and category in self.subscription.categories:
                    # A change that leaves the record's own date alone happened all the same, now.
                    unseen = old is not None and old.updated == row.updated
                    at = date_of(self.clock.now() if unseen else row.updated, dated)
                    self._note(organisation.id, category, row, "UPDATE" if old else "CREATE", at)

    def _note(self, tenant_id: str, category: str, row: Any, kind: str, at: datetime) -> None:
        if not self.subscription.url:
            return
        if self.subscription.lose:
            self.lost += 1
            return
        self.sequence += 1
        # Of credit notes alone Xero says more than the id.
        data = {"Type": row.type, "Status": row.status} if category == "CREDITNOTE" else {}
        event = Event(
            self.sequence, tenant_id, category, CATEGORIES[category], row.id, kind, at, data
        )
        self.pending.append(event)

    def due(self) -> list[Event]:
        """Return the events to send now, at most a batch."""
        waits = self.next_try is not None and self.clock.now() < self.next_try
        if self.disabled or waits or not self.subscription.url:
            return []
        return self.pending[: self.subscription.batch]

    def body(self, events: list[Event], origin: str) -> bytes:
        listed = list(reversed(events)) if self.subscription.reorder else events
        numbers = [event.sequence for event in events]
        return dump(
            {
                "events": [event.json(origin) for event in listed],
                "firstEventSequence": min(numbers, default=0),
                "lastEventSequence": max(numbers, default=0),
                "entropy": secrets.token_urlsafe(15),
            }
        )

    def signature(self, body: bytes) -> str:
        digest = hmac.digest(self.subscription.key.encode(), body, hashlib.sha256)
        return base64.b64encode(digest).decode()

    def answered(self, events: list[Event], status: int | None) -> None:
        """Note what the receiver said; None when it said nothing in time."""
        numbers = [event.sequence for event in events]
        self.deliveries.append({"sequences": numbers, "try": self.tries + 1, "status": status})
        del self.deliveries[:-SHOWN]
        if status is not None and 200 <= status < 300:
            del self.pending[: len(events)]
            self.tries, self.failing_since, self.next_try = 0, None, None
            return
        now = self.clock.now()
        self.failing_since = self.failing_since or now
        wait = self.subscription.retry_seconds if self.tries else 0
        self.next_try = now + timedelta(seconds=wait)
        self.tries += 1
        self.disabled = now - self.failing_since >= GIVE_UP

    def state(self) -> Json:
        return {
            **asdict(self.subscription),
            "pending": len(self.pending),
            "sequence": self.sequence,
            "lost": self.lost,
            "tries": self.tries,
            "disabled": self.disabled,
            "deliveries": self.deliveries,
            "intent": self.intent,
        }


def only_money_differs(row: Invoice, old: Invoice | None) -> bool:
    """Say whether nothing happened to an invoice but a payment, a credit, or their end."""
    if old is None:
        return False
    as_it_was = replace(
        row,
        payments=old.payments,
        allocations=old.allocations,
        status=old.status,
        fully_paid_on=old.fully_paid_on,
        updated=old.updated,
    )
    moved = (row.payments, row.allocations) != (old.payments, old.allocations)
    return moved and as_it_was == old
