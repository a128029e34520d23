"""Eight processes meet an expired token: one of them refreshes it, and none fails."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.utils import timezone

from businesses.models import Business, User
from pooltrackr.supervisor import Stack
from xero_integration.models import ConnectionStatus, XeroToken
from xero_integration.tests import making
from xero_integration.tests.simulator import Xero

pytestmark = pytest.mark.process

COUNT = 8


@pytest.mark.parametrize("grace", [True, False], ids=["grace", "strict"])
@pytest.mark.parametrize("known_expired", [True, False], ids=["by_our_clock", "by_xeros_word"])
def test_eight_workers_meeting_an_expired_token_make_one_refresh(
    start_stack: Callable[..., Stack], blue: Business, alice: User, grace: bool, known_expired: bool
) -> None:
    stack = start_stack(parts=("xero",))
    xero = Xero(stack.xero_url)
    connection = making.connected(xero, blue, alice)
    xero.control("switches", refresh_grace=grace)
    # Longer than the others take to come, shorter than any timeout.
    xero.fault("slow", path="connect/token", seconds=0.5)
    if known_expired:
        XeroToken.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    else:
        xero.act("expire_access_tokens")
    before, token = xero.counts(), XeroToken.objects.get()
    done = subprocess.run(
        [sys.executable, "-m", "xero_integration.tests.chaos.eight", str(COUNT), str(token.pk)],
        env={**stack.environment, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(token.generation + 1)] * COUNT
    assert xero.counts()["token calls"] == before["token calls"] + 1
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.ACTIVE
