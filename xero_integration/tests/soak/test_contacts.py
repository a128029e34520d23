"""Random edits on both sides: at rest they agree by the rule, and then nothing is sent any more.

The short runs are part of the normal tests; `-m long` walks 2,000 steps under each rule.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from businesses.models import Business, User
from contacts.models import Contact
from xero_integration import edits, pull
from xero_integration.fields import PAIRS, Pair, Values, beside, our_values, their_values
from xero_integration.models import Connection, EditRule, Kind, Link, Question, WizardRun
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero
from xero_integration.tests.test_edits import settle
from xero_integration.tests.webhooks import KEY, changed, deliver
from xero_integration.wizard import inbox

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 6
EDITED = ("name", "first_name", "last_name", "email", "mobile", "street_city", "street_code")
SCALARS = {
    "name": "Name",
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "EmailAddress",
}
ADDRESS = {"street_city": "City", "street_code": "PostalCode"}
SEEDS = [1, 2]


@dataclass
class World:
    """Both sides, and the dice."""

    xero: Xero
    connection: Connection
    business: Business
    user: User
    dice: random.Random
    counter: int = 0
    # How often a webhook tells of an edit made in Xero; the polls find the others.
    told: float = 0.3

    def value(self, name: str) -> str:
        self.counter += 1
        if name != "name" and self.dice.random() < 0.15:
            return ""
        return f"v{self.counter}@x.example" if name == "email" else f"Value {self.counter}"

    def links(self) -> list[Link]:
        current = Link.objects.current().filter(connection=self.connection, kind=Kind.CONTACT)
        return list(current.order_by("pk"))

    def in_use(self) -> list[Link]:
        active = {c["ContactID"] for c in self.xero.contacts() if c["ContactStatus"] == "ACTIVE"}
        return [link for link in self.links() if link.xero_id in active]

    # --- what people do

    def edit_here(self, link: Link | None = None) -> None:
        link = link or self.dice.choice(self.links())
        contact = Contact.objects.get(pk=link.object_id)
        name = self.dice.choice(EDITED)
        setattr(contact, name, self.value(name))
        contact.save()

    def edit_there(self, link: Link | None = None) -> None:
        link = link or self.dice.choice(self.in_use())
        name = self.dice.choice(EDITED)
        self.xero.control("clock", advance=1)
        self.xero.act(
            "edit_contact", contact=link.xero_id, fields=self._in_xero(link.xero_id, name)
        )
        if self.dice.random() < self.told:
            deliver(self.connection, changed(link.xero_id))

    def _in_xero(self, xero_id: str, name: str) -> dict[str, Any]:
        value = self.value(name)
        if name in SCALARS:
            return {SCALARS[name]: value}
        if name == "mobile":
            return {"Phones": [{"PhoneType": "MOBILE", "PhoneNumber": value}]}
        (held,) = [one for one in self.xero.contacts() if one["ContactID"] == xero_id]
        street = [one for one in held["Addresses"] if one["AddressType"] == "STREET"]
        block = {"AddressType": "STREET", **(street[0] if street else {})}
        return {"Addresses": [{**block, ADDRESS[name]: value}]}

    def add_there(self) -> None:
        self.xero.act("add_contact", fields={"Name": self.value("name")})
        making.poll(self.connection, Kind.CONTACT)
        new = inbox.waiting(self.connection)
        inbox.create(self.connection, list(new.values_list("pk", flat=True)), by=self.user)

    def archive_there(self) -> None:
        self.xero.act("archive_contact", contact=self.dice.choice(self.in_use()).xero_id)

    def restore_there(self) -> None:
        gone = [one for one in self.xero.contacts() if one["ContactStatus"] == "ARCHIVED"]
        gone = [one for one in gone if not one.get("MergedToContactID")]
        if gone:
            self.xero.act("restore_contact", contact=self.dice.choice(gone)["ContactID"])

    def merge_there(self) -> None:
        if len(self.in_use()) > PEOPLE:
            one, other = self.dice.sample([link.xero_id for link in self.in_use()], 2)
            self.xero.act("merge_contacts", **{"from": one, "into": other})

    def send(self) -> None:
        making.drain(Connection.objects.get(pk=self.connection.pk))

    def read(self) -> None:
        making.poll(self.connection, Kind.CONTACT)

    def answer(self) -> None:
        for question in Question.objects.open().filter(matter="differs"):
            link = Link.objects.current().filter(object_id=question.contact_id).first()
            row = self.connection.xero_contacts.filter(xero_id=question.xero_id).first()
            if link and row and link.xero_id == row.xero_id:
                chosen = [one for one in question.fields if self.dice.random() < 0.5]
                edits.choose(link, row, chosen, by=self.user)

    # --- what must hold

    def come_to_rest(self) -> None:
        """Let all of it arrive; from then on nothing is sent, however often anybody looks."""
        settle(self.connection)
        settle(self.connection)
        writes = len(self.xero.writes())
        settle(self.connection)
        assert len(self.xero.writes()) == writes
        assert not Connection.objects.exclude(paused_until=None).exists()

    def sides(self, link: Link) -> tuple[Values, Values]:
        contact = Contact.objects.get(pk=link.object_id)
        row = self.connection.xero_contacts.get(xero_id=link.xero_id)
        return our_values(contact), their_values(row)

    def check_agreement(self) -> None:
        """Each pair of each linked contact is alike, blank on one side, or asked about."""
        asked = {
            question.contact_id: set(question.fields)
            for question in Question.objects.open().filter(matter="differs")
        }
        for link in self.in_use():
            ours, theirs = self.sides(link)
            for pair in PAIRS:
                both = beside(pair, ours, theirs)
                is_asked = bool({*pair.ours} & asked.get(link.object_id, set()))
                blank = not (any(both.ours) and any(both.theirs))
                assert both.is_alike or blank or is_asked, (pair.label, both)


@pytest.fixture
def world(xero, connection, blue, alice, settings) -> Callable[..., World]:
    settings.XERO_WEBHOOK_KEY = KEY
    WizardRun.objects.create(business=blue)
    # What Xero allows in a minute is not what is looked at here.
    xero.control("limits", minute=1_000_000, day=1_000_000, app_minute=1_000_000)

    def make(rule: str, seed: int) -> World:
        Connection.objects.update(edit_rule=rule)
        connection.refresh_from_db()
        for number in range(PEOPLE):
            making.contact(blue, f"Person {number}", email=f"p{number}@x.example", street_code="1")
        made = World(xero, connection, blue, alice, random.Random(seed))
        made.come_to_rest()
        return made

    return make


# What a step does, and how often.
STEPS: dict[Callable[[World], None], int] = {
    World.edit_here: 10,
    World.edit_there: 10,
    World.send: 4,
    World.read: 4,
    World.answer: 1,
    World.add_there: 1,
    World.archive_there: 1,
    World.restore_there: 2,
    World.merge_there: 1,
}


def walk(world: World, steps: int, *, rest_each: int) -> None:
    for number in range(1, steps + 1):
        (step,) = world.dice.choices(list(STEPS), weights=list(STEPS.values()))
        step(world)
        if number % rest_each == 0:
            world.come_to_rest()
            world.check_agreement()


@pytest.mark.parametrize("rule", EditRule.values)
def test_random_edits_on_both_sides_converge(world, rule):
    walk(world(rule, seed=7), 60, rest_each=20)


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", EditRule.values)
def test_two_thousand_random_steps_converge(world, rule, seed):
    walk(world(rule, seed=seed), 2000, rest_each=50)


# --- what stands, and not only that both agree


def expected(rule: str, pair: Pair, before: Values, ours: Values, theirs: Values) -> str | None:
    """Return which side's value stands after edits that neither side had seen of the other."""
    here = any(ours[name] != before[name] for name in pair.ours)
    there = any(theirs[name] != before[name] for name in pair.ours)
    both = beside(pair, ours, theirs)
    if here and there and any(both.ours) and any(both.theirs):
        return {"ours": "ours", "theirs": "theirs", "ask": None}[rule]
    if here and any(both.ours):
        return "ours"
    return "theirs" if there and any(both.theirs) else None


@pytest.mark.parametrize("rule", EditRule.values)
def test_what_stands_is_what_the_rule_says(world, rule):
    """Twelve rounds of edits unseen by the other side, each compared with the rule by itself."""
    both = world(rule, seed=11)
    both.told, compared = 0, 0
    for _ in range(12):
        link = both.dice.choice(both.links())
        before, _ = both.sides(link)
        if before != both.sides(link)[1]:
            # Blanks and questions of before would have to be told apart from those of now.
            continue
        for edit in (both.edit_here, both.edit_there, both.edit_here):
            edit(link)
        ours = our_values(Contact.objects.get(pk=link.object_id))
        (raw,) = [one for one in both.xero.contacts() if one["ContactID"] == link.xero_id]
        (row,) = pull.contact_rows(both.connection, [raw])
        theirs = their_values(row)
        both.come_to_rest()
        compared += 1
        now = dict(zip(("ours", "theirs"), both.sides(link), strict=True))
        for pair in PAIRS:
            side = expected(rule, pair, before, ours, theirs)
            if side is not None:
                stood = {"ours": ours, "theirs": theirs}[side]
                for name in pair.ours:
                    assert now["ours"][name] == now["theirs"][name] == stood[name], (name, side)
    assert compared > 5
