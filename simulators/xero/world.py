"""Everything the simulator holds at one time, so that a reset is a matter of building another."""

from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from simulators.common.clock import Clock
from simulators.common.faults import FaultScript
from simulators.common.journal import Journal
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.faults import new_script
from simulators.xero.idempotency import KeptAnswers
from simulators.xero.identity.model import ClientApp, Identity
from simulators.xero.journal import new_journal
from simulators.xero.limits import Limits, Sizes
from simulators.xero.switches import Switches
from simulators.xero.webhooks import Subscription, Webhooks


@dataclass(frozen=True)
class Options:
    """What the command line says about a world."""

    client: ClientApp
    seed: str = "demo"
    contacts: Path | None = None
    invoices: int | None = None
    # More than the demo's two, all empty, for many businesses at once.
    organisations: int = 0
    latency_ms: int = 0
    journal: Path | None = None
    sizes: Sizes = field(default_factory=Sizes)
    switches: Switches = field(default_factory=Switches)
    subscription: Subscription = field(default_factory=Subscription)


@dataclass
class World:
    clock: Clock
    identity: Identity
    organisations: dict[str, Organisation]
    limits: Limits
    switches: Switches
    latency_seconds: float = 0.0
    faults: FaultScript = field(default_factory=new_script)
    journal: Journal = field(default_factory=new_journal)

    def __post_init__(self) -> None:
        self.kept_answers = KeptAnswers(self.clock, self.limits.sizes)
        self.webhooks = Webhooks(self.clock)
        # What it begins with is no news.
        self.tell_webhooks()

    def tell_webhooks(self, *organisations: Organisation) -> None:
        """Let webhooks hear of what the app or a person just changed, there or anywhere."""
        connected = {one.tenant_id for one in self.identity.connections.values()}
        for one in organisations or self.organisations.values():
            self.webhooks.collect(
                one,
                is_connected=one.id in connected,
                of_money=self.switches.money_tells_invoice,
                dated=self.switches.event_date,
            )

    @property
    def tenant_names(self) -> dict[str, str]:
        return {one.id: one.name for one in self.organisations.values()}

    def organisation(self, named: str) -> Organisation | None:
        """Find an organisation by id, short code or name."""
        wanted = named.strip().casefold()
        for one in self.organisations.values():
            if wanted in {one.id, one.short_code.casefold(), one.name.casefold()}:
                return one
        return None

    def set_limits(self, sizes: Sizes) -> None:
        """Begin new windows of new sizes; calls in flight stay counted."""
        in_flight = {key: tenant.in_flight for key, tenant in self.limits.tenants.items()}
        self.limits = Limits(self.clock, sizes)
        self.identity.sizes = self.kept_answers.sizes = sizes
        for tenant_id, count in in_flight.items():
            self.limits.tenant(tenant_id).in_flight = count


@dataclass
class Simulator:
    """The running server's hold on a world, which a reset replaces."""

    options: Options
    world: World


SIMULATOR = web.AppKey("simulator", Simulator)


def world_of(request: web.Request) -> World:
    return request.app[SIMULATOR].world
