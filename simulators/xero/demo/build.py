"""Building a world: two organisations, two people who may connect them, and what they hold."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from simulators.common.clock import Clock
from simulators.xero.accounting.organisation import Organisation
from simulators.xero.demo.chart import furnish
from simulators.xero.demo.contacts import Seeder, read_file
from simulators.xero.demo.invoices import add_invoices
from simulators.xero.identity.model import Identity, User
from simulators.xero.journal import new_journal
from simulators.xero.limits import Limits
from simulators.xero.world import Options, World

# Ids are derived from it, so that each start gives the same ones and links stay good.
SPACE = UUID("6f0c0f6a-3d5e-4c55-9a0e-0a51f1d2c0de")
DEMO_CONTACTS = Path(__file__).with_name("contacts.csv")
CREATED = datetime(2021, 7, 1, tzinfo=UTC)
# Old enough that all of a list of 100,000 contacts lies in the past.
FIRST_AGE = timedelta(days=400)
# Enough for several pages of every status, few enough to look through.
DEMO_INVOICES = 60
SECOND_CONTACTS = 12
MAIN_NAME = "Blue Lagoon Pool Care Pty Ltd"
SECOND_NAME = "Blue Lagoon Spas Pty Ltd"


def build_world(options: Options) -> World:
    clock = Clock()
    organisations = build_organisations(clock, more=options.organisations)
    fill(options, organisations, clock)
    by_id = {one.id: one for one in organisations}
    users = build_users(organisations)
    identity = Identity(clock, options.client, users, options.sizes)
    return World(
        clock=clock,
        identity=identity,
        organisations=by_id,
        limits=Limits(clock, options.sizes),
        switches=options.switches,
        latency_seconds=options.latency_ms / 1000,
        journal=new_journal(options.journal),
    )


def build_organisations(clock: Clock, *, more: int = 0) -> list[Organisation]:
    organisations = [
        Organisation(
            id=str(uuid5(SPACE, MAIN_NAME)),
            name=MAIN_NAME,
            legal_name=MAIN_NAME,
            short_code="!pool1",
            clock=clock,
            created=CREATED,
            tax_number="19749362733",
        ),
        Organisation(
            id=str(uuid5(SPACE, SECOND_NAME)),
            name=SECOND_NAME,
            legal_name=SECOND_NAME,
            short_code="!demo2",
            clock=clock,
            created=CREATED,
            tax_number="49530922947",
            timezone="AUSEASTERNSTANDARDTIME",
            zone=ZoneInfo("Australia/Sydney"),
        ),
        *(another(number, clock) for number in range(1, more + 1)),
    ]
    for organisation in organisations:
        furnish(organisation)
    return organisations


def another(number: int, clock: Clock) -> Organisation:
    name = f"Pool Firm {number:04d} Pty Ltd"
    return Organisation(
        id=str(uuid5(SPACE, name)),
        name=name,
        legal_name=name,
        short_code=f"!f{number:04d}",
        clock=clock,
        created=CREATED,
        tax_number="19749362733",
    )


def fill(options: Options, organisations: list[Organisation], clock: Clock) -> None:
    """Put contacts and invoices in, from the file given, the demo's own, or none."""
    main, second = organisations[:2]
    demo = options.seed == "demo"
    source = options.contacts or (DEMO_CONTACTS if demo else None)
    first_age = clock.now() - FIRST_AGE
    if source is not None:
        Seeder(main, options.switches, first_age).seed(read_file(source))
    if demo:
        few = list(read_file(DEMO_CONTACTS))[:SECOND_CONTACTS]
        Seeder(second, options.switches, first_age).seed(few)
    demo_count = DEMO_INVOICES if demo and options.contacts is None else 0
    count = demo_count if options.invoices is None else options.invoices
    add_invoices(main, count, now=clock.now(), switches=options.switches)


def build_users(organisations: list[Organisation]) -> dict[str, User]:
    everywhere = tuple(one.id for one in organisations)
    users = [
        User(str(uuid5(SPACE, "alex")), "alex@bluelagoon.example", "Alex", "Reid", everywhere),
        User(str(uuid5(SPACE, "sam")), "sam@bluelagoon.example", "Sam", "Cole", everywhere[:1]),
    ]
    return {user.id: user for user in users}
