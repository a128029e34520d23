"""The demo's pools: one for most contacts with an address, some rented out through an agent."""

import random
import re
from dataclasses import dataclass

from businesses.models import Business
from contacts.models import Contact, ContactKind, Pool, PoolContact, PoolRole
from contacts.models.pool import PoolType, Sanitiser, Surface

AGENCY = re.compile(r"\b(realty|real estate|property management|strata)\b", re.IGNORECASE)
# Of a hundred contacts with an address so many have a pool with us already.
WITH_POOL = 0.87
RENTED = 0.12
SECOND_POOL = 0.05

PUMPS = ("1 hp single-speed pump", "1.5 hp single-speed pump", "variable-speed pump")
FILTERS = (
    "sand filter",
    "glass media filter",
    "cartridge filter, 2 elements",
    "sand filter, 25 in",
)
EXTRAS = ("suction cleaner", "robotic cleaner", "solar heating", "heat pump 12 kW", "roller cover")
SALT_CELLS = ("salt cell 20 g/h", "salt cell 25 g/h", "salt cell 35 g/h")


@dataclass(frozen=True)
class Kind:
    """What pools of a type look like: what they are called, how often, their size and make."""

    type: PoolType
    name: str
    weight: int
    litres: tuple[int, int]
    surfaces: tuple[Surface, ...]
    sanitisers: tuple[Sanitiser, ...]


CONCRETE = (Surface.CONCRETE, Surface.PEBBLE, Surface.TILED)
USUAL = (Sanitiser.SALT, Sanitiser.SALT, Sanitiser.CHLORINE, Sanitiser.MINERAL)
HOME_KINDS = (
    Kind(
        PoolType.IN_GROUND,
        "back yard pool",
        12,
        (32_000, 68_000),
        (*CONCRETE, Surface.FIBREGLASS, Surface.FIBREGLASS),
        USUAL,
    ),
    Kind(PoolType.PLUNGE, "plunge pool", 3, (8_000, 16_000), CONCRETE, USUAL),
    Kind(PoolType.LAP, "lap pool", 1, (55_000, 90_000), (Surface.TILED, Surface.PEBBLE), USUAL),
    Kind(
        PoolType.ABOVE_GROUND,
        "above-ground pool",
        2,
        (14_000, 34_000),
        (Surface.VINYL,),
        (Sanitiser.CHLORINE, Sanitiser.SALT),
    ),
    Kind(
        PoolType.SPA,
        "spa",
        2,
        (900, 2_200),
        (Surface.FIBREGLASS,),
        (Sanitiser.BROMINE, Sanitiser.CHLORINE, Sanitiser.OZONE),
    ),
    Kind(
        PoolType.SWIM_SPA,
        "swim spa",
        1,
        (5_500, 9_000),
        (Surface.FIBREGLASS,),
        (Sanitiser.UV, Sanitiser.CHLORINE),
    ),
)
COMPANY_KINDS = (
    Kind(
        PoolType.COMMERCIAL,
        "main pool",
        6,
        (90_000, 420_000),
        (Surface.TILED, Surface.PEBBLE),
        (Sanitiser.CHLORINE, Sanitiser.CHLORINE, Sanitiser.UV),
    ),
    Kind(
        PoolType.INDOOR,
        "indoor pool",
        1,
        (60_000, 160_000),
        (Surface.TILED,),
        (Sanitiser.CHLORINE, Sanitiser.UV),
    ),
    Kind(
        PoolType.SPA,
        "guest spa",
        2,
        (1_800, 4_500),
        (Surface.TILED, Surface.FIBREGLASS),
        (Sanitiser.BROMINE, Sanitiser.CHLORINE),
    ),
)


def make(
    business: Business, contacts: list[Contact], *, chance: random.Random
) -> list[tuple[Contact, Pool]]:
    """Create pools with their owners, tenants and agents; return each with who pays for it."""
    agents = [contact for contact in contacts if AGENCY.search(contact.name)]
    paid_by: list[tuple[Contact, Pool]] = []
    roles: list[PoolContact] = []
    for contact in contacts:
        if contact in agents or not contact.postal_line1 or chance.random() > WITH_POOL:
            continue
        for pool in pools_of(contact, business, chance):
            shares = roles_in(pool, contact, agents, chance)
            roles += shares
            paid_by.append((shares[-1].contact, pool))
    Pool.objects.bulk_create(pool for _, pool in paid_by)
    take_on_ages(paid_by)
    PoolContact.objects.bulk_create(roles)
    return paid_by


def take_on_ages(paid_by: list[tuple[Contact, Pool]]) -> None:
    """A pool was written down when its contact was."""
    for contact, pool in paid_by:
        pool.created_at, pool.updated_at = contact.created_at, contact.updated_at
    Pool.objects.bulk_update([pool for _, pool in paid_by], ["created_at", "updated_at"])


def pools_of(contact: Contact, business: Business, chance: random.Random) -> list[Pool]:
    kinds = COMPANY_KINDS if contact.kind == ContactKind.COMPANY else HOME_KINDS
    count = 2 if chance.random() < SECOND_POOL else 1
    weights = [kind.weight for kind in kinds]
    return [
        pool_at(contact, business, chance.choices(kinds, weights)[0], chance) for _ in range(count)
    ]


def pool_at(contact: Contact, business: Business, kind: Kind, chance: random.Random) -> Pool:
    least, most = kind.litres
    sanitiser = chance.choice(kind.sanitisers)
    pool = Pool(
        business=business,
        name=f"{owner_in_short(contact)} {kind.name}",
        line1=contact.postal_line1,
        line2=contact.postal_line2,
        city=contact.postal_city,
        region=contact.postal_region,
        postal_code=contact.postal_code,
        country=contact.postal_country,
        # People say "about 45,000 litres", not 44,731.
        volume_litres=round(chance.uniform(least, most), -3 if most > 10_000 else -2),
        type=kind.type,
        surface=chance.choice(kind.surfaces),
        sanitiser=sanitiser,
        equipment_notes=equipment(sanitiser, chance),
    )
    pool.refresh_search_key()
    return pool


def owner_in_short(contact: Contact) -> str:
    if contact.kind == ContactKind.COMPANY:
        return " ".join(contact.name.split()[:2]).title()
    return contact.last_name


def equipment(sanitiser: Sanitiser, chance: random.Random) -> str:
    parts = [chance.choice(PUMPS), chance.choice(FILTERS)]
    if sanitiser in (Sanitiser.SALT, Sanitiser.MINERAL):
        parts.append(chance.choice(SALT_CELLS))
    parts += chance.sample(EXTRAS, chance.choice((0, 1, 1, 2)))
    return ", ".join(parts).capitalize() + "."


def roles_in(
    pool: Pool, contact: Contact, agents: list[Contact], chance: random.Random
) -> list[PoolContact]:
    """Return who is what to `pool`; the last of them pays."""
    rented = agents and contact.kind == ContactKind.PERSON and chance.random() < RENTED
    first = PoolRole.TENANT if rented else PoolRole.OWNER
    shares = [PoolContact(business=pool.business, pool=pool, contact=contact, role=first)]
    if rented:
        agent = chance.choice(agents)
        shares.append(
            PoolContact(business=pool.business, pool=pool, contact=agent, role=PoolRole.AGENT)
        )
    return shares
