"""Every crash point by name: a real worker is killed there, and what it left behind ends once.

Who takes over is this process: it does at once what another worker does when the leases have ended
(test_process.py and the storm wait for that).
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from businesses.models import Business, User
from invoices import services
from pooltrackr.supervisor import Stack
from xero_integration import outbox
from xero_integration.models import ConnectionStatus, Kind, Lane, XeroToken
from xero_integration.sending import batches, prepare
from xero_integration.tests import making
from xero_integration.tests.chaos.scene import Scene
from xero_integration.tests.factories import ContactFactory

pytestmark = pytest.mark.process

# Two batches: one is under way, the other has not begun.
MANY = 60

# Name: where the worker dies, and how often that place is passed first.
POINTS = {
    "before_the_claim": ("call xero_integration.sending.prepare.prepare", 0),
    "before_the_batch_is_committed": ("return xero_integration.sending.batches.write_down", 0),
    "before_the_call_is_noted": ("call xero_integration.sending.batches.about_to_send", 0),
    "before_the_call": ("call xero_integration.client.api._perform", 0),
    "after_remote_commit_before_the_answer_is_read": ("call xero_integration.client.api._parse", 0),
    "before_settling": ("call xero_integration.sending.settle.settle", 0),
    "within_settling": ("call xero_integration.sending.aftermath.carry_on", 0),
    "between_batches": ("return xero_integration.push._carry_out", 0),
    "in_the_second_batch": ("call xero_integration.sending.settle.settle", 1),
}
REFRESH_POINTS = {
    "before_the_refresh": "call xero_integration.client.oauth.refresh",
    "after_xero_rotated_before_storing": "return xero_integration.client.oauth.refresh",
    "after_storing": "return xero_integration.client.tokens._refresh",
}
LOOK_UP_POINTS = {
    "before_the_look_up": "call xero_integration.sending.lookup.look_up",
    "within_the_look_up": "call xero_integration.sending.lookup._settle",
}


@pytest.fixture
def scene(start_stack: Callable[..., Stack], blue: Business, alice: User) -> Scene:
    return Scene(start_stack(), blue, alice)


@pytest.mark.parametrize(
    # Twice the points take twice the time of all other process tests.
    "what",
    ["contacts", pytest.param("invoices", marks=pytest.mark.long)],
)
@pytest.mark.parametrize("name", POINTS)
def test_a_worker_killed(scene: Scene, blue: Business, name: str, what: str) -> None:
    place, after = POINTS[name]
    if what == "contacts":
        with transaction.atomic():
            for _ in range(MANY):
                making.contact(blue)
    else:
        contact = making.contact(blue)
        making.drain(scene.connection)
        with transaction.atomic():
            for _ in range(MANY):
                making.invoice(contact)
    scene.kill_at(place, after=after)
    scene.go_on()


@pytest.mark.parametrize(
    "place",
    [
        "call xero_integration.sending.batches.write_down",
        "call xero_integration.sending.batches.let_go",
        "return xero_integration.push._lay_in_some",
    ],
)
def test_a_worker_killed_while_it_makes_the_next_minutes_calls_ready(
    start_stack: Callable[..., Stack], blue: Business, alice: User, place: str
) -> None:
    limits = {"XERO_LIMIT_MINUTE": "5", "XERO_LIMIT_PEOPLE_MINUTE": "0"}
    scene = Scene(start_stack(limits), blue, alice)
    scene.xero.control("limits", minute=5)
    made = ContactFactory.create_batch(500, business=blue)
    outbox.put(scene.connection, Kind.CONTACT, {one.pk: one.name for one in made}, lane=Lane.BULK)
    # Before it come those that are written down to be sent within this minute.
    scene.kill_at(place, after=2 if place.endswith("write_down") else 0)
    assert scene.connection.batches.filter(first_sent_at=None).exists()
    scene.xero.control("limits", minute=60)
    scene.go_on()
    # What another thread had under way went again, with its key.
    assert len({write["idempotencyKey"] for write in scene.xero.writes("Contacts")}) == 10


@pytest.mark.parametrize("function", ["begin_anew", "wait_again"])
def test_a_worker_killed_while_it_begins_a_batch_anew(
    scene: Scene, blue: Business, function: str
) -> None:
    contacts = [making.contact(blue) for _ in range(3)]
    _, made = prepare.prepare(scene.connection, kind=Kind.CONTACT, lane=Lane.INTERACTIVE)
    batches.let_go(made)
    contacts[0].first_name = "Edited"
    contacts[0].save()
    scene.kill_at(f"call xero_integration.sending.batches.{function}")
    scene.go_on()
    assert scene.xero.contact(contacts[0].name)["FirstName"] == "Edited"
    assert len(scene.xero.writes("Contacts")) == 1


@pytest.mark.parametrize("step", ["note", "allocation"])
@pytest.mark.parametrize(
    "name",
    [
        *("before_the_call_is_noted", "after_remote_commit_before_the_answer_is_read"),
        *("before_settling", "within_settling"),
    ],
)
def test_a_worker_killed_between_a_credit_note_and_its_invoice(
    scene: Scene, blue: Business, name: str, step: str
) -> None:
    """The notes go in one call, then each is set against its invoice by one of its own."""
    invoices = [making.invoice(making.contact(blue)) for _ in range(3)]
    making.drain(scene.connection)
    with transaction.atomic():
        for invoice in invoices:
            amounts = {line.pk: Decimal("50.00") for line in invoice.lines.all()}
            services.credit(invoice, amounts=amounts, date=timezone.localdate())
    place, _ = POINTS[name]
    scene.kill_at(place, after=step == "allocation")
    scene.go_on()
    notes = scene.xero.state("creditNotes")["organisations"][0]["creditNotes"]
    assert [len(note["Allocations"]) for note in notes] == [1, 1, 1]
    assert [one["AmountCredited"] for one in scene.xero.invoices()] == [55, 55, 55]


@pytest.mark.parametrize("name", LOOK_UP_POINTS)
def test_a_worker_killed_while_it_looks_up(scene: Scene, blue: Business, name: str) -> None:
    scene.xero.fault("drop_after", method="PUT", path="Contacts")
    with transaction.atomic():
        for _ in range(5):
            making.contact(blue)
    making.drain(scene.connection)
    long_ago = timezone.now() - dt.timedelta(seconds=600)
    scene.connection.batches.update(first_sent_at=long_ago, not_before=None)
    scene.kill_at(LOOK_UP_POINTS[name], after=name == "within_the_look_up")
    scene.go_on()
    assert len(scene.xero.writes("Contacts")) == 1


@pytest.mark.parametrize("grace", [True, False], ids=["grace", "strict"])
@pytest.mark.parametrize("name", REFRESH_POINTS)
def test_a_worker_killed_inside_a_refresh(
    scene: Scene, blue: Business, name: str, grace: bool
) -> None:
    scene.xero.control("switches", refresh_grace=grace)
    making.contact(blue)
    XeroToken.objects.update(expires_at=timezone.now())
    scene.kill_at(REFRESH_POINTS[name])
    if name == "after_xero_rotated_before_storing" and not grace:
        reconnect(scene)
    scene.go_on()


def reconnect(scene: Scene) -> None:
    """Without grace this kill costs the token: the connection is lost, and nothing else is."""
    connection = scene.connection
    scene.let_leases_end()
    making.drain(connection)
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.NEEDS_RECONNECT
    assert scene.xero.contacts() == []
    making.connected(scene.xero, connection.business, scene.owner)
