"""A first sync at Xero's own limit: 10,000 contacts read, 10,000 written, by real workers.

    python bench/at_limit.py [--contacts 10000] [--quick]

Counted at the simulator: calls against the least there can be (10 pages and 200 batches), and what
was refused. Timed from the first call to the last settled record, against the time that the limit
of 60 calls a minute forces by itself: (ceil(calls / 60) - 1) minutes. With no latency and with 2 s
a call; both with window and latency divided by ten, and the second in real time (about four
minutes, left out by --quick). Comparing the two lists makes no call and is left out.
"""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import rig

MINUTE = 60.0
# (what, window and latency divided by, seconds a call takes)
RUNS = (("a tenth, no latency", 10, 0.0), ("a tenth, 2 s a call", 10, 2.0))
REAL = ("real time, 2 s a call", 1, 2.0)


def main() -> None:
    parser = rig.options(__doc__)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help="without the run in real time")
    parser.add_argument("--one", nargs=2, type=float, help="one run: divided by, latency")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.contacts, *options.one)))
        return
    found = {}
    for what, divided, latency in (*RUNS, *(() if options.quick else (REAL,))):
        # A process each: the lengths of windows are read when settings are.
        command = [sys.executable, __file__, "--contacts", str(options.contacts)]
        command += ["--one", str(divided), str(latency)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[what] = json.loads(done.stdout.splitlines()[-1])
        print_row(what, found[what])
    rig.keep("at_limit", {"runs": found, "contacts": options.contacts})


def measure(contacts: int, divided: float, latency: float) -> rig.Figures:
    window = MINUTE / divided
    windows = {"XERO_LIMIT_MINUTE_SECONDS": str(window)}
    with rig.prepare(workers=2, settings=windows, xero=there(contacts)) as running:
        running.control("limits", minute_seconds=window)
        return sync(running, contacts, window=window, latency=latency / divided)


def there(contacts: int) -> tuple[str, ...]:
    """Return the simulator's arguments: a list of other contacts in its first organisation."""
    path = Path(rig.tempfile.gettempdir()) / f"at-limit-{contacts}.csv"
    rows = (f"x{n},In Xero {n:05d},xero{n}@there.example" for n in range(contacts))
    path.write_text("\n".join(["id,name,email", *rows]) + "\n")
    return ("--contacts", str(path))


def sync(running: rig.Rig, contacts: int, *, window: float, latency: float) -> rig.Figures:
    from rig import firms

    from xero_integration import dispatch, outbox, pull
    from xero_integration.models import Job, JobKind, Kind, Lane
    from xero_integration.tests.simulator import Xero

    by = firms.owner()
    business = firms.firm("limit", by)
    connection = firms.connected(
        Xero(running.stack.xero_url), business, by, "Blue Lagoon Pool Care Pty Ltd"
    )
    ours = firms.contacts(business, contacts)
    labels = {contact.pk: contact.name for contact in ours}
    firms.queue(connection, Kind.CONTACT, labels, lane=Lane.BULK)
    # The comparison makes no call; a job that somebody holds already keeps it from starting.
    Job.objects.create(
        business=business, connection=connection, kind=JobKind.SUGGEST, status="running"
    )
    connection.jobs.filter(kind=JobKind.SUGGEST).update(lease_until="2099-01-01T00:00Z")
    # What connecting costs is no part of it: the lists that invoices are mapped to are read now,
    # and on both sides all windows begin anew.
    pull.read_choices(connection)
    running.control("limits", minute_seconds=window, latency_ms=latency * 1000)
    running.forget_limits()
    before, cpu = running.state("calls")["calls"], running.cpu_seconds()
    job = Job.objects.create(
        business=business, connection=connection, kind=JobKind.READ, cursor=pull.first_page()
    )
    dispatch.run_job(job.pk)
    running.wait(lambda: is_done(job), what="reading")
    outbox.open_contacts(connection)
    running.wait(lambda: nothing_waits(connection), what="the sync")
    return figures(running, job, before, window=window, cpu=cpu)


def is_done(job: Any) -> bool:
    job.refresh_from_db()
    return bool(job.status == "done")


def nothing_waits(connection: Any) -> bool:
    return not connection.outbox.filter(status__in=("waiting", "in_flight")).exists()


def figures(
    running: rig.Rig, job: Any, before: rig.Figures, *, window: float, cpu: float
) -> rig.Figures:
    connection = job.connection
    after = running.state("calls")["calls"]
    limits = running.state("limits")["limits"]["tenants"][connection.tenant_id]
    calls = after["total"] - before["total"]
    least = math.ceil(job.total / 1000) + math.ceil(connection.outbox.count() / 50)
    last = connection.batches.order_by("-settled_at").first().settled_at
    took = (last - job.started_at).total_seconds()
    forced = (math.ceil(calls / 60) - 1) * window
    statuses = dict(connection.outbox.values_list("status").annotate(n=rig_count()))
    in_xero = running.state("contacts", organisation=connection.tenant_id)
    return {
        "calls": calls,
        "least calls": least,
        "calls more than least, %": round((calls / least - 1) * 100, 1),
        "refused": limits["refused"],
        "most in flight": limits["mostInFlight"],
        "seconds": round(took, 2),
        "seconds the limit forces": forced,
        "longer than forced, %": round((took / forced - 1) * 100, 1) if forced else None,
        "batches released": connection.batches.filter(status="released").count(),
        "outbox": statuses,
        "read": connection.xero_contacts.count(),
        "in Xero": len(in_xero["organisations"][0]["contacts"]),
        "CPU ms of workers for one contact": round(
            (running.cpu_seconds() - cpu) * 1000 / connection.outbox.count(), 2
        ),
    }


def rig_count() -> Any:
    from django.db.models import Count

    return Count("pk")


def print_row(what: str, run: rig.Figures) -> None:
    print(
        f"{what:24} {run['calls']:>4} calls (+{run['calls more than least, %']} %), "
        f"{run['seconds']:>7} s of {run['seconds the limit forces']} "
        f"(+{run['longer than forced, %']} %), refused: {run['refused'] or 'none'}, "
        f"most in flight {run['most in flight']}"
    )


if __name__ == "__main__":
    main()
