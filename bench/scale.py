"""Many organisations at once: 500 with 40 changes each, through four workers.

    DATABASE_URL=postgres://user@host/any python bench/scale.py [--organisations 500] [--workers 4]

Each organisation has 20 new contacts and 20 invoices to them, all committed before the workers
start; Xero (the simulator, on the same cores) takes no time. Measured: throughput, when each
organisation was done (the slowest against the median), the most memory of each worker, and the
workers' processor time for one record. A database beside the one of DATABASE_URL is made and
dropped; without PostgreSQL this is skipped. docs/scale.md says what the figures mean.
"""

import os
import statistics
import time
from typing import Any

import rig

HALF = 20
CHANGES = 2 * HALF


def main() -> None:
    parser = rig.options(__doc__)
    parser.add_argument("--organisations", type=int, default=500)
    parser.add_argument("--workers", type=int, default=4)
    chosen = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("skipped: DATABASE_URL names no PostgreSQL")
        return
    xero = ("--organisations", str(chosen.organisations))
    with rig.prepare(workers=0, xero=xero) as running:
        found = measure(running, chosen)
    for what, figure in found.items():
        print(f"{what:44} {figure}")
    rig.keep("scale", {**found, **vars(chosen)})


def measure(running: rig.Rig, chosen: Any) -> rig.Figures:
    from rig import firms

    from pooltrackr.settings import broker_url
    from xero_integration import dispatch
    from xero_integration.models import Lane
    from xero_integration.tests import making
    from xero_integration.tests.simulator import Xero

    making.use_broker("memory://")
    xero, by = Xero(running.stack.xero_url), firms.owner()
    in_haste()
    made = []
    for n in range(1, chosen.organisations + 1):
        connection = firms.ready(xero, f"firm-{n}", by, f"Pool Firm {n:04d} Pty Ltd")
        changes(connection)
        made.append(connection.pk)
    running.forget_limits()
    for _ in range(chosen.workers):
        running.start_worker()
    calls, cpu = running.state("calls")["calls"]["total"], running.cpu_seconds()
    making.use_broker(broker_url(running.stack.redis_url))
    for pk in made:
        dispatch.drain(pk, lane=Lane.BULK)
    running.wait(lambda: not waits(), what="all of it", seconds=1800)
    # The last of them may still be writing down what was learnt.
    time.sleep(1)
    cpu = running.cpu_seconds() - cpu
    calls = running.state("calls")["calls"]["total"] - calls
    return figures(running, cpu=cpu, calls=calls)


def in_haste() -> None:
    """Spare this process the wait for the disk after each commit; the workers have it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def changes(connection: Any) -> None:
    from rig import firms

    from xero_integration.models import Kind, Lane

    people = firms.contacts(connection.business, HALF)
    names = {one.pk: one.name for one in people}
    numbers = {one.pk: one.number for one in firms.invoices(connection.business, people)}
    firms.queue(connection, Kind.CONTACT, names, lane=Lane.BULK)
    firms.queue(connection, Kind.INVOICE, numbers, lane=Lane.BULK)


def waits() -> bool:
    from xero_integration.models import OutboxRow

    return OutboxRow.objects.filter(status__in=("waiting", "in_flight")).exists()


def figures(running: rig.Rig, *, cpu: float, calls: int) -> rig.Figures:
    from django.db.models import Max, Min

    from xero_integration.models import Batch, OutboxRow

    begun = Batch.objects.aggregate(at=Min("first_sent_at"))["at"]
    ends = Batch.objects.values("connection").annotate(at=Max("settled_at"))
    took = sorted((one["at"] - begun).total_seconds() for one in ends)
    records = OutboxRow.objects.filter(status="done").count()
    median = statistics.median(took)
    return {
        "records that arrived": records,
        "records that did not": OutboxRow.objects.exclude(status="done").count(),
        "seconds": round(took[-1], 1),
        "records a second": round(records / took[-1], 1),
        "calls": calls,
        "calls a minute": round(calls / took[-1] * 60),
        "median organisation done after, s": round(median, 1),
        "slowest to median": round(took[-1] / median, 2),
        "organisations done": len(took),
        "most memory of each worker, MB": running.most_memory_mb(),
        "CPU ms of workers for one record": round(cpu * 1000 / records, 2),
        "refused": refused(running),
    }


def refused(running: rig.Rig) -> int:
    tenants = running.state("limits")["limits"]["tenants"].values()
    return sum(sum(one["refused"].values()) for one in tenants)


if __name__ == "__main__":
    main()
