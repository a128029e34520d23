"""Time the pages and the wizard's steps with long lists, over HTTP, against running programs.

    python bench/pages.py [--side 5000] [--rows 10000] [--loads 5]

A whole Pooltrackr (broker, Xero simulator, worker, one web process) is started on a database of its
own. One business imports a list of --side contacts by the page for it, and walks the wizard with a
Xero organisation that holds --side others: febrl4 of POOLTRACKR_SHARED, made lists without it.
Another business holds --rows contacts, as many invoices, and 300 products. Every page is opened
--loads times after one that warms it up; the median counts, in milliseconds on this machine and as
a ratio to /healthz, which touches nothing. What was compared for being right is in `checked`.
"""

import argparse
import csv
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from rig import ROOT
from rig.watching import PATIENCE, Browser, Watch

from pooltrackr.supervisor import Stack

RESULTS = ROOT / "bench/results/pages.json"
SHARED = os.environ.get("POOLTRACKR_SHARED")
EMAIL, PASSWORD = "owner@bench.example", "a-password-for-the-benchmark"
TARGET_MS = 300  # what a person takes for at once, with a little to spare
Figures = dict[str, Any]


def main() -> None:
    """Measure, print a table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=5_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--loads", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        left, right = lists(folder, size=options.side)
        with pooltrackr(folder, right) as stack:
            make_businesses(options.rows)
            found = measure(stack, left, loads=options.loads)
    found |= {"python": platform.python_version(), "cores": os.cpu_count(), **vars(options)}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    print_table(found)


def lists(folder: Path, *, size: int) -> tuple[Path, Path]:
    """Return our list and Xero's."""
    if SHARED and size == 5_000:
        data = Path(SHARED) / "matching/data/febrl4"
        return data / "left.csv", data / "right.csv"
    from contacts.matching.tests.made_lists import link_lists  # only where no real list is at hand

    left, right, _truth = link_lists(size, size)
    paths = folder / "left.csv", folder / "right.csv"
    for path, records in zip(paths, (left, right), strict=True):
        columns = [name for name in records[0].__slots__ if name not in ("emails", "phones")]
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([getattr(record, name) for name in columns] for record in records)
    return paths


@contextmanager
def pooltrackr(folder: Path, right: Path) -> Iterator[Stack]:
    """Run everything on a fresh database in `folder`, which this process opens too."""
    own = {"DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", "VAR_DIR": str(folder / "var")}
    os.environ.update(own, DEMO="true", DJANGO_SETTINGS_MODULE="pooltrackr.settings")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
    import django  # settings are read at setup, and rest on what was set above

    django.setup()
    xero = ("--seed", "empty", "--contacts", str(right))
    with Stack(folder=folder / "stack", settings=own, xero_arguments=xero) as stack:
        # The lists are longer than Xero's minute allows (60 calls); its clock is not measured.
        control(stack, "limits", minute=1_000_000, day=1_000_000)
        yield stack


def control(stack: Stack, name: str, **sent: Any) -> Figures:
    answer = requests.post(f"{stack.xero_url}/_control/{name}", json=sent, timeout=60)
    answer.raise_for_status()
    found: Figures = answer.json()
    return found


def make_businesses(rows: int) -> None:
    """Make an owner of two businesses: `walk`, which is empty, and `big`, which is full."""
    from rig import long_lists

    from businesses.models import Business, Membership, User

    owner = User.objects.create_user(EMAIL, PASSWORD)
    for slug in ("walk", "big"):
        business = Business.objects.create(name=f"Bench {slug}", slug=slug)
        Membership.objects.create(business=business, user=owner, role="owner")
    long_lists.fill(Business.objects.get(slug="big"), rows)


def measure(stack: Stack, left: Path, *, loads: int) -> Figures:
    browser = Browser(stack.web_url)
    browser.log_in(EMAIL, PASSWORD)
    watch = Watch(browser, loads=loads)
    watch.page("healthz", "/healthz")
    walk(watch, stack, left)
    checked = check(stack, left)
    open_big(watch)
    base = watch.pages["healthz"]["ms"]
    for page in watch.pages.values():
        page["to_healthz"] = round(page["ms"] / base, 1)
    slow = [name for name, page in watch.pages.items() if page["ms"] > TARGET_MS]
    return {"steps_s": watch.steps, "pages": watch.pages, "slow": slow, "checked": checked}


def walk(watch: Watch, stack: Stack, left: Path) -> None:
    """Import, then every step of the wizard, each page opened on the way."""
    import_list(watch, left)
    browser, setup = watch.browser, "/b/walk/xero/setup"
    watch.page("wizard: clean up", f"{setup}/clean-up/")
    browser.post(f"{setup}/clean-up/skip/")
    watch.page("wizard: connect", f"{setup}/connect/")
    with watch.step("connect, read and compare"):
        to_xero = browser.post(f"{setup}/connect/start/").headers["Location"]
        back = control(stack, "authorise", url=to_xero)["redirect"]
        query = dict(parse_qsl(urlsplit(back).query))
        browser.session.get(f"{stack.web_url}/xero/callback/", params=query, timeout=PATIENCE)
        wait(lambda: jobs_done("suggest"), stack, what="the comparison")
    watch.page("wizard: link", f"{setup}/link/")
    watch.page("wizard: link, search", f"{setup}/link/?q=smith")
    watch.page("wizard: link, last page", f"{setup}/link/?page=100")
    watch.page("wizard: link, needs you", f"{setup}/link/?show=needs")
    with watch.step("accept all suggestions"):
        browser.post(f"{setup}/link/all/", act="accept", show="needs")
    with watch.step("create all others in Xero"):
        browser.post(f"{setup}/link/all/", act="create", show="needs")
    browser.post(f"{setup}/link/next/")
    watch.page("wizard: create", f"{setup}/create/")
    with watch.step("choose all of Xero's others"):
        browser.post(f"{setup}/create/all/", act="all")
    browser.post(f"{setup}/create/next/")
    sync(watch, stack)


def import_list(watch: Watch, left: Path) -> None:
    browser, path = watch.browser, "/b/walk/contacts/import/"
    with watch.step("upload the list"):
        sent = browser.post(path, files={"file": (left.name, left.read_bytes(), "text/csv")})
    columns = sent.headers["Location"]
    form = browser.get(columns).text
    selected = r'<select name="(column_\d+)"(.*?)</select>'
    mapping = {
        name: (re.findall(r'<option value="([^"]*)" selected', options) or [""])[0]
        for name, options in re.findall(selected, form, re.DOTALL)
    }
    preview = browser.post(columns, **mapping).headers["Location"]
    watch.page("import: columns", columns)
    watch.page("import: preview", preview)
    with watch.step("import the list"):
        browser.post(preview, bad="leave", known="skip")


def sync(watch: Watch, stack: Stack) -> None:
    browser, setup = watch.browser, "/b/walk/xero/setup"
    watch.page("wizard: sync, before", f"{setup}/sync/")
    watch.page("wizard: sync, changes", f"{setup}/sync/changes/")
    with watch.step("sync"):
        browser.post(f"{setup}/sync/start/")
        wait(lambda: jobs_done("sync") and nothing_waits(), stack, what="the sync")
    watch.page("sync log: needs you", "/b/walk/xero/queue/")
    with watch.step("accept all proposed names and send"):
        browser.post("/b/walk/xero/queue/act/", act="rename", every="on")
        wait(nothing_waits, stack, what="the renamed")
    browser.post(f"{setup}/sync/next/")
    watch.page("wizard: sync, after", f"{setup}/sync/")
    watch.page("wizard: accounts", f"{setup}/accounts/")
    watch.page("Xero page", "/b/walk/xero/")
    watch.page("sync log", "/b/walk/xero/log/")
    watch.page("sync log: search", "/b/walk/xero/log/?q=smith")
    watch.page("sync log: export", "/b/walk/xero/log/export/")


def jobs_done(kind: str) -> bool:
    from xero_integration.models import Job

    return Job.objects.filter(kind=kind, status="done").exists()


def nothing_waits() -> bool:
    from xero_integration.models import OutboxRow

    return not OutboxRow.objects.filter(status__in=("waiting", "in_flight")).exists()


def wait(is_so: Callable[[], bool], stack: Stack, *, what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, f"{what} did not end.\n{stack.tail('worker', 40)}"
        time.sleep(0.2)


def check(stack: Stack, left: Path) -> Figures:
    """Compare what Xero holds with what we hold: every contact there once, under our number."""
    from contacts.models import Contact
    from xero_integration.models import Link, OutboxRow

    ours = dict(Contact.objects.filter(business__slug="walk").values_list("pk", "name"))
    links = dict(Link.objects.current().values_list("object_id", "xero_id"))
    state = requests.get(
        f"{stack.xero_url}/_control/state", params={"only": "contacts"}, timeout=60
    ).json()
    theirs = {one["ContactID"]: one for one in state["organisations"][0]["contacts"]}
    wrong = [pk for pk, name in ours.items() if theirs.get(links.get(pk), {}).get("Name") != name]
    with left.open(newline="") as file:
        listed = sum(1 for _ in csv.DictReader(file))
    stuck = OutboxRow.objects.exclude(status="done").values_list("status", "error_message")
    return {
        "rows in the list": listed,
        "contacts here": len(ours),
        "contacts in Xero": len(theirs),
        "linked": len(links),
        "linked to one Xero contact twice": len(links) - len(set(links.values())),
        "name differs": len(wrong),
        "not sent": [list(row) for row in stuck[:20]],
    }


BIG = {
    "dashboard": "/b/big/",
    "contacts": "/b/big/contacts/",
    "contacts, last page": "/b/big/contacts/?page=200",
    "contacts, search": "/b/big/contacts/?q=smith",
    "contacts, search for nothing": "/b/big/contacts/?q=qzxv",
    "contacts by e-mail": "/b/big/contacts/?sort=email",
    "contacts by suburb": "/b/big/contacts/?sort=city",
    "contacts by change": "/b/big/contacts/?sort=updated",
    "contacts with a pool": "/b/big/contacts/?pool=yes",
    "contacts without a pool": "/b/big/contacts/?pool=no",
    "contact search box": "/b/big/contacts/search/?q=smi",
    "new contact": "/b/big/contacts/add/",
    "pools": "/b/big/pools/",
    "pools, search": "/b/big/pools/?q=street",
    "invoices": "/b/big/invoices/",
    "invoices, last page": "/b/big/invoices/?page=200",
    "invoices, search": "/b/big/invoices/?q=smith",
    "invoices, search for a total": "/b/big/invoices/?q=110.00",
    "invoices by contact": "/b/big/invoices/?sort=contact",
    "invoices by total": "/b/big/invoices/?sort=total",
    "invoices overdue": "/b/big/invoices/?state=overdue",
    "invoices paid": "/b/big/invoices/?state=paid",
    "new invoice": "/b/big/invoices/add/",
    "products": "/b/big/products/",
    "Xero page, not connected": "/b/big/xero/",
    "merges": "/b/big/contacts/merges/",
}
# A person waits for these with a reason: all rows are read.
WHOLE = {
    "duplicates, same name": "/b/big/contacts/duplicates/",
    "duplicates, same e-mail": "/b/big/contacts/duplicates/?mode=strict&by=email",
    "duplicates, similar": "/b/big/contacts/duplicates/?mode=similar",
    "merge all, before": "/b/big/contacts/duplicates/automatic/?mode=strict&by=name",
    "contacts, export": "/b/big/contacts/export/",
    "invoices, export": "/b/big/invoices/export.csv",
}


def open_big(watch: Watch) -> None:
    from contacts.models import Contact
    from invoices.models import Invoice

    for name, path in BIG.items():
        watch.page(name, path)
    contact = Contact.objects.filter(business__slug="big").latest("pk")
    invoice = Invoice.objects.filter(business__slug="big", status="issued").latest("pk")
    watch.page("a contact", f"/b/big/contacts/{contact.pk}/")
    watch.page("an invoice", f"/b/big/invoices/{invoice.pk}/")
    watch.page("an invoice as PDF", f"/b/big/invoices/{invoice.pk}/pdf/")
    with watch.step("search 10,000 for similar contacts"):
        watch.browser.get(WHOLE["duplicates, similar"])
        wait(search_done, None, what="the search")  # type: ignore[arg-type]
    for name, path in WHOLE.items():
        watch.page(name, path)


def search_done() -> bool:
    from contacts.models import DuplicateJob

    return DuplicateJob.objects.filter(kind="search", status="done").exists()


def print_table(found: Figures) -> None:
    for name, seconds in found["steps_s"].items():
        print(f"{name:40} {seconds:>8} s")
    for name, page in found["pages"].items():
        print(f"{name:40} {page['ms']:>8} ms  {page['to_healthz']:>6} x healthz")
    print(json.dumps(found["checked"], indent=2))


if __name__ == "__main__":
    main()
