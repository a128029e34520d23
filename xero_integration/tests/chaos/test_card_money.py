"""A real worker is killed while card money goes to Xero: it arrives all the same, and once."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone

from businesses.models import Business, User
from invoices import services
from invoices.models import MovementKind, PaymentMethod
from pooltrackr.supervisor import Stack
from xero_integration.models import Connection
from xero_integration.payments import card_accounts
from xero_integration.payments.card_accounts import Chosen
from xero_integration.tests import making
from xero_integration.tests.chaos.scene import Scene
from xero_integration.tests.chaos.test_crash_points import POINTS
from xero_integration.tests.test_billing import ASSET, bills
from xero_integration.tests.test_movements import BANK, CLEARING, DISPUTES, FEES, balance, moved

pytestmark = pytest.mark.process


@pytest.fixture
def scene(start_stack: Callable[..., Stack], blue: Business, alice: User) -> Scene:
    """Card money has its accounts, and Xero has allowed bank transactions."""
    scene = Scene(start_stack(), blue, alice)
    accounts = {one.name: one for one in scene.connection.accounts.all()}
    online = scene.connection.payment_accounts.filter(method=PaymentMethod.CARD_ONLINE)
    online.update(account=accounts[CLEARING])
    chosen = {kind: accounts[DISPUTES] for kind in MovementKind}
    chosen |= {MovementKind.FEE: accounts[FEES], MovementKind.PAYOUT: accounts[BANK]}
    card_accounts.save(scene.connection, Chosen(chosen, fee_tax=None, contact=""))
    making.connected(scene.xero, blue, alice)
    scene.connection = Connection.objects.get()
    return scene


@pytest.mark.parametrize(
    "name", ["after_remote_commit_before_the_answer_is_read", "within_settling"]
)
@pytest.mark.parametrize("kind", [MovementKind.FEE, MovementKind.PAYOUT])
def test_a_worker_killed_with_a_movement(
    scene: Scene, blue: Business, name: str, kind: MovementKind
) -> None:
    moved(blue, kind, "-3.20")
    scene.kill_at(POINTS[name][0])
    scene.finish()
    assert balance(scene.xero, CLEARING) == Decimal("-3.20")


@pytest.mark.parametrize("after", [0, 1], ids=["bill", "payment"])
@pytest.mark.parametrize(
    "name", ["after_remote_commit_before_the_answer_is_read", "within_settling"]
)
def test_a_worker_killed_between_a_bill_and_its_payment(
    scene: Scene, blue: Business, name: str, after: int
) -> None:
    asset = scene.connection.accounts.get(name=ASSET)
    online = scene.connection.payment_accounts.filter(method=PaymentMethod.CARD_ONLINE)
    online.update(account=asset)
    moved(blue, MovementKind.FEE, "-3.20")
    scene.kill_at(POINTS[name][0], after=after)
    scene.finish()
    (bill,) = bills(scene.xero)
    assert [paid["Amount"] for paid in bill["Payments"]] == [3.2]


@pytest.mark.parametrize("after", [0, 1], ids=["note", "payment"])
@pytest.mark.parametrize(
    "name", ["after_remote_commit_before_the_answer_is_read", "within_settling"]
)
def test_a_worker_killed_between_a_credit_note_and_its_refund(
    scene: Scene, blue: Business, name: str, after: int
) -> None:
    invoice = making.invoice(making.contact(blue))
    services.record_payment(
        invoice,
        date=timezone.localdate() + dt.timedelta(days=1),
        amount=Decimal(110),
        method=PaymentMethod.CARD_ONLINE,
    )
    making.drain(scene.connection)
    money = moved(blue, MovementKind.REFUND, "-33.33", invoice=invoice)
    services.credit_refund(invoice, money, reason="Refunded by card")
    scene.kill_at(POINTS[name][0], after=after)
    scene.finish()
    (note,) = scene.xero.state("creditNotes")["organisations"][0]["creditNotes"]
    assert [paid["Amount"] for paid in note["Payments"]] == [33.33]
    assert balance(scene.xero, CLEARING) == Decimal("76.67")
