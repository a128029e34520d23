"""From the commit of a new invoice to its arrival in Xero (the simulator, which takes no time).

    python bench/at_once.py [--invoices 100] [--waiting 10000] [--busy 100]

One worker of four threads. Idle; while another organisation has --waiting invoices on their way;
while --busy organisations have 200 each. The limits of a minute are lifted, so that the others are
never at rest. Aims: idle a median of 300 ms and 1 s for 99 of 100, under load never 2 s.
"""

import datetime as dt
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import rig

MANY = 1_000_000
EACH = 200


def main() -> None:
    parser = rig.options(__doc__)
    parser.add_argument("--invoices", type=int, default=100)
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("--busy", type=int, default=100)
    chosen = parser.parse_args()
    lifted = {"XERO_LIMIT_MINUTE": str(MANY), "XERO_LIMIT_APP_MINUTE": str(MANY)}
    xero = ("--organisations", str(chosen.busy + 1))
    with rig.prepare(workers=1, settings=lifted, xero=xero) as running:
        running.control("limits", minute=MANY, day=MANY, app_minute=MANY)
        found = measure(running, chosen)
    for what, figures in found.items():
        print(
            f"{what:42} median {figures['median ms']:>6} ms, 99 of 100 {figures['p99 ms']:>6} ms, "
            f"most {figures['most ms']:>6} ms ({figures['invoices']} invoices)"
        )
    rig.keep("at_once", {"from commit to arrival": found, **vars(chosen)})


def measure(running: rig.Rig, chosen: Any) -> dict[str, rig.Figures]:
    from rig import firms

    from xero_integration.tests.simulator import Xero

    xero, by = Xero(running.stack.xero_url), firms.owner()
    mine = firms.ready(xero, "mine", by, "Blue Lagoon Spas Pty Ltd")
    someone = firms.linked(mine, 1)[0]
    found = {"idle": times(running, someone, chosen.invoices)}
    one = firms.ready(xero, "one", by, "Pool Firm 0001 Pty Ltd")
    load(one, chosen.waiting)
    what = f"another has {chosen.waiting} waiting"
    found[what] = times(running, someone, chosen.invoices, busy=lambda: waits(one))
    many = [
        firms.ready(xero, f"busy-{n}", by, f"Pool Firm {n:04d} Pty Ltd")
        for n in range(2, chosen.busy + 2)
    ]
    for connection in many:
        load(connection, EACH)
    what = f"{chosen.busy} others are busy"
    found[what] = times(running, someone, chosen.invoices, busy=lambda: any(map(waits, many)))
    return found


def load(connection: Any, number: int) -> None:
    """Give an organisation invoices to send in bulk, all to one contact."""
    from rig import firms

    from xero_integration.models import Kind, Lane

    customer = firms.linked(connection, 1)[0]
    made = firms.invoices(connection.business, [customer] * number)
    labels = {invoice.pk: invoice.number for invoice in made}
    firms.queue(connection, Kind.INVOICE, labels, lane=Lane.BULK)


def waits(connection: Any) -> bool:
    return bool(connection.outbox.filter(status="waiting").exists())


def times(
    running: rig.Rig, to: Any, number: int, *, busy: Callable[[], bool] = lambda: True
) -> rig.Figures:
    """Issue invoices one by one, while the others are `busy`; return how long each took."""
    from rig import firms

    committed: dict[str, dt.datetime] = {}
    while len(committed) < number and busy():
        invoice = firms.issue_one(to)
        committed[invoice.number] = dt.datetime.now(tz=dt.UTC)
        time.sleep(0.15)
    time.sleep(3)
    state = running.state("writes", bodies="true")
    took = sorted(
        (arrived(state["writes"], number) - at).total_seconds() * 1000
        for number, at in committed.items()
    )
    print(f"{len(took)} invoices, most {took[-1]:.0f} ms", file=sys.stderr)
    return {
        "invoices": len(took),
        "median ms": round(statistics.median(took)),
        "p99 ms": round(took[max(0, round(len(took) * 0.99) - 1)]),
        "most ms": round(took[-1]),
    }


def arrived(writes: list[rig.Figures], number: str) -> dt.datetime:
    quoted = f'"{number}"'
    first = next(one for one in writes if quoted in str(one.get("body")).replace("'", '"'))
    return dt.datetime.fromisoformat(first["at"])


if __name__ == "__main__":
    main()
