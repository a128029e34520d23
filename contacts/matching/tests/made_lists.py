"""Contact lists made to order, with known answers: other seeds, other names, other countries than
any file.

They guard against tuning to the lists at hand: persons in households, firms with owners and
branches, tenants who share an agent's e-mail and phone, namesakes, moves, changed numbers, and
mistyping.
"""

import random
import string
from dataclasses import dataclass, replace

from contacts.matching.records import Record
from contacts.matching.tests import made_formats
from contacts.matching.word_lists import pairs


def _words(text: str) -> list[str]:
    return text.split()


_SYLLABLES = _words(
    "ba ber bran col dar del fen gar hal hor ken lan lor mar mon nor pel ren ros sal tan ul ver"
)
_ENDINGS = _words("son ton ley man field er s ham wood ski ova etti ani ez wick dale")
_GIVEN = _words(
    """oliver noah jack william leo lucas thomas henry james ethan hugo max samuel daniel matthew
    alexander andrew robert michael anthony joseph charlotte amelia isla olivia mia ava grace
    chloe sophie ella ruby zoe emily hannah lily georgia lucy jessica rebecca katherine elizabeth
    margaret jennifer susan pamela victoria nicole"""
)
_SHORT = pairs(
    """william=bill thomas=tom henry=harry samuel=sam daniel=dan matthew=matt alexander=alex
    andrew=andy robert=rob michael=mick anthony=tony joseph=joe jessica=jess rebecca=bec
    katherine=kate elizabeth=liz margaret=maggie jennifer=jen susan=sue pamela=pam
    victoria=vicky"""
)
_TRADES = _words(
    """plumbing electrical bakery roofing tiling landscaping dental physiotherapy motors printing
    catering fencing painting signs cabinets orchards cycles optical childcare logistics"""
)
_FORMS = (
    "Pty Ltd",
    "",
    "Services",
    "Group Pty Ltd",
    "& Sons",
    "Solutions",
    "Ltd",
    "Australia Pty Ltd",
)
_STREET_TYPES = _words("Street Road Avenue Drive Place Crescent Court Lane Parade Close")
_ABBREVIATED = pairs(
    """Street=St Road=Rd Avenue=Ave Drive=Dr Place=Pl Crescent=Cres Court=Ct Lane=Ln Parade=Pde
    Close=Cl"""
)
_PUBLIC = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "bigpond.com")


@dataclass(frozen=True)
class Style:
    """What a list looks like: how records are mistyped, what is left out, who is in it.

    `swapped` is the share of persons whose first and last names changed places, `branches` and
    `tenants` how much more there is of these than elsewhere.
    """

    noise: float = 0.08
    blank: float = 0.25
    moved: float = 0.10
    renamed: float = 0.04
    swapped: float = 0.0
    branches: float = 0.0
    tenants: float = 0.0
    country: str = "AU"
    fields: frozenset[str] = frozenset(
        ("name", "email", "phone", "mobile", "address", "place", "tax")
    )


class Maker:
    """Makes true contacts, and the way they stand in a list."""

    def __init__(self, seed: int, style: Style) -> None:
        self.random = random.Random(seed)
        self.style = style
        self.surnames = [self.word() for _ in range(700)]
        self.streets = [self.word() for _ in range(500)]
        self.towns = [
            (self.word().title(), made_formats.postcode(self.random, style.country))
            for _ in range(160)
        ]

    def word(self) -> str:
        """Invent a surname, street or town."""
        r = self.random
        return "".join(r.choices(_SYLLABLES, k=r.choice((1, 2)))) + r.choice(_ENDINGS)

    def landline(self) -> str:
        """Invent the number of a fixed line."""
        return made_formats.landline(self.random, self.style.country)

    def mobile(self) -> str:
        """Invent the number of a mobile."""
        return made_formats.mobile(self.random, self.style.country)

    def place(self) -> dict[str, str]:
        """Invent an address."""
        r = self.random
        town, postcode = r.choice(self.towns)
        line = f"{r.randint(1, 190)} {r.choice(self.streets).title()} {r.choice(_STREET_TYPES)}"
        if r.random() < 0.15:
            line = f"{r.randint(1, 30)}/{line}"
        return {"address_line1": line, "city": town, "postal_code": postcode}

    def person(self, surname: str = "") -> Record:
        """Make a person."""
        r = self.random
        given, surname = r.choice(_GIVEN), surname or r.choice(self.surnames)
        local = r.choice(
            (f"{given}.{surname}", f"{given[0]}{surname}", f"{given}{r.randint(1, 99)}")
        )
        return Record(
            id="",
            name=f"{given} {surname}".title(),
            first_name=given.title(),
            last_name=surname.title(),
            email=f"{local}@{r.choice(_PUBLIC)}",
            phone=self.landline(),
            mobile=self.mobile(),
            **self.place(),
        )

    def firm(self, stem: str = "", trade: str = "") -> Record:
        """Make a firm, now and then with a person beside it."""
        r = self.random
        stem, trade = stem or r.choice(self.surnames), trade or r.choice(_TRADES)
        owner = self.person(stem) if r.random() < 0.4 else Record(id="")
        return Record(
            id="",
            name=f"{stem} {trade} {r.choice(_FORMS)}".strip().title(),
            first_name=owner.first_name,
            last_name=owner.last_name,
            email=f"{r.choice(('info', 'office', 'accounts'))}@{stem}{trade[:6]}.com",
            phone=self.landline(),
            mobile=self.mobile(),
            tax_number="".join(r.choices(string.digits, k=11)),
            **self.place(),
        )

    def world(self, size: int) -> list[Record]:
        """Make about `size` contacts, with families, branches and tenants among them."""
        made: list[Record] = []
        while len(made) < size:
            kind = self.kind()
            if kind < 0.40:
                made.append(self.person())
            elif kind < 0.75:
                made.append(self.firm())
            elif kind < 0.88:
                made += self.family()
            elif kind < 0.95:
                made += self.branches()
            else:
                made += self.tenants()
        return made[:size]

    def kind(self) -> float:
        """Return a number of 0..1 that chooses what is made next."""
        r, style = self.random, self.style
        # Nothing is drawn for an ordinary list: its contacts stay those that the figures are of.
        if style.branches and r.random() < style.branches:
            return 0.9
        if style.tenants and r.random() < style.tenants:
            return 0.99
        return r.random()

    def family(self) -> list[Record]:
        """Make two or three relatives at one address with one landline."""
        first = self.person()
        home = {
            "address_line1": first.address_line1,
            "city": first.city,
            "postal_code": first.postal_code,
            "phone": first.phone,
        }
        members = {first.first_name: first}
        for _ in range(self.random.choice((1, 1, 2))):
            other = self.person(first.last_name.lower())
            members.setdefault(other.first_name, replace(other, **home))
        return list(members.values())

    def branches(self) -> list[Record]:
        """Make one firm at several places, each with its own e-mail at the firm's domain."""
        first = self.firm()
        domain = first.email.partition("@")[2]
        return [
            replace(
                first,
                **place,
                phone=self.landline(),
                mobile=self.mobile(),
                tax_number="",
                email=f"{place['city'].lower()}@{domain}",
                name=f"{first.name} {place['city']}" if self.random.random() < 0.5 else first.name,
            )
            for place in (self.place(), self.place())
        ]

    def tenants(self) -> list[Record]:
        """Make tenants who all stand with their agent's e-mail and phone."""
        agent = self.firm(trade="realty")
        return [
            replace(self.person(), email=agent.email, phone=agent.phone)
            for _ in range(self.random.randint(3, 12))
        ]

    def written(self, record: Record, new_id: str) -> Record:
        """Return the record as another list would hold it."""
        r, style = self.random, self.style
        values = {
            name: getattr(record, name)
            for name in (
                "name",
                "first_name",
                "last_name",
                "email",
                "phone",
                "mobile",
                "address_line1",
                "city",
                "postal_code",
                "tax_number",
            )
        }
        if r.random() < style.moved:
            values.update(self.place())
        if r.random() < style.moved:
            values["mobile"] = self.mobile()
        if r.random() < style.moved:
            values["phone"] = self.landline()
        self._rename(values)
        for name, value in values.items():
            if name != "name" and r.random() < style.blank:
                values[name] = ""
            elif r.random() < style.noise:
                values[name] = self.mistyped(value)
        self._restrict(values)
        return Record(
            id=new_id, **{name: self._written_otherwise(name, v) for name, v in values.items()}
        )

    def _rename(self, values: dict[str, str]) -> None:
        r = self.random
        given = values["first_name"].lower()
        person = values["name"] == f"{values['first_name']} {values['last_name']}"
        if person and given in _SHORT and r.random() < 0.15:
            values["first_name"] = _SHORT[given].title()
            values["name"] = f"{values['first_name']} {values['last_name']}"
        elif person and r.random() < self.style.renamed:
            values["last_name"] = r.choice(self.surnames).title()
            values["name"] = f"{values['first_name']} {values['last_name']}"
        elif person and self.style.swapped and r.random() < self.style.swapped:
            values["first_name"], values["last_name"] = values["last_name"], values["first_name"]
            values["name"] = f"{values['first_name']} {values['last_name']}"
        elif person and r.random() < 0.1:
            values["name"] = f"{values['last_name']}, {values['first_name']}"
        elif not person and r.random() < 0.2:
            values["name"] = values["name"].removesuffix(" Pty Ltd").removesuffix(" Services")

    def _restrict(self, values: dict[str, str]) -> None:
        parts = {
            "address": ("address_line1",),
            "place": ("city", "postal_code"),
            "tax": ("tax_number",),
            "name": ("name", "first_name", "last_name"),
        }
        for field in ("name", "email", "phone", "mobile", "address", "place", "tax"):
            if field not in self.style.fields:
                values.update(dict.fromkeys(parts.get(field, (field,)), ""))

    def _written_otherwise(self, name: str, value: str) -> str:
        r = self.random
        if name == "address_line1" and r.random() < 0.5:
            for long, short in _ABBREVIATED.items():
                value = value.replace(long, short)
        if name in ("phone", "mobile") and r.random() < 0.5:
            value = value.replace(" ", r.choice(("", "-")))
        if name in ("name", "city", "email") and r.random() < 0.2:
            value = r.choice((value.upper(), value.lower()))
        return value

    def mistyped(self, value: str) -> str:
        """Return the value with one letter dropped, doubled, swapped or changed."""
        if len(value) < 3:
            return value
        r = self.random
        at = r.randrange(len(value) - 1)
        letter = r.choice(string.digits if value[at].isdigit() else string.ascii_lowercase)
        return r.choice(
            (
                value[:at] + value[at + 1 :],
                value[: at + 1] + value[at:],
                value[:at] + value[at + 1] + value[at] + value[at + 2 :],
                value[:at] + letter + value[at + 1 :],
            )
        )


def link_lists(
    seed: int, size: int, style: Style | None = None
) -> tuple[list[Record], list[Record], set[tuple[str, str]]]:
    """Make two lists of `size` that share four in five contacts, and the true pairs of ids."""
    maker = Maker(seed, style or Style())
    world = maker.world(round(size * 1.2))
    shared, rest = world[: round(size * 0.8)], world[round(size * 0.8) :]
    maker.random.shuffle(rest)
    only_left, only_right = rest[: size - len(shared)], rest[size - len(shared) :]
    left = [maker.written(r, f"L{n}") for n, r in enumerate(shared + only_left)]
    right = [maker.written(r, f"R{n}") for n, r in enumerate(shared + only_right)]
    truth = {(f"L{n}", f"R{n}") for n in range(len(shared))}
    maker.random.shuffle(left)
    maker.random.shuffle(right)
    return left, right, truth


def duplicate_list(
    seed: int, size: int, style: Style | None = None
) -> tuple[list[Record], set[tuple[str, str]]]:
    """Make one list where every fifth contact stands two or three times; and the true pairs."""
    maker = Maker(seed, style or Style())
    made: list[Record] = []
    truth: set[tuple[str, str]] = set()
    for record in maker.world(round(size * 0.8)):
        copies = maker.random.choices((1, 2, 3), weights=(80, 16, 4))[0]
        ids = [f"C{len(made) + n}" for n in range(copies)]
        made += [maker.written(record, new_id) for new_id in ids]
        truth |= {(a, b) for n, a in enumerate(ids) for b in ids[n + 1 :]}
    return made, truth
