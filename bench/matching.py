"""Measure the matcher: quality where the answers are known, time and memory, as ratios.

    python bench/matching.py [--full] [--splink PYTHON]

Every set runs in a process of its own, read from file and written to file like the commands do. The
machine is shared and machines differ, so time is given as a ratio: to a yardstick (a fixed job in
plain Python and numpy, run beside each set), and with --splink to splink 5 on the same files
(PYTHON is the interpreter of an environment with splink==5.0.0 and pyarrow; shared/matching holds
the model). Time is processor time of the process and its children, in seconds. --full adds the two
lists of 100,000. Without POOLTRACKR_SHARED only made lists are measured.
"""

import argparse
import csv
import gzip
import itertools
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from contacts.matching.files import find_duplicates_in_file, link_files  # noqa: E402 - needs ROOT
from contacts.matching.tests.made_lists import duplicate_list, link_lists  # noqa: E402
from contacts.matching.tests.scoring import figures  # noqa: E402

RESULTS = ROOT / "bench/results/matching.json"
SHARED = os.environ.get("POOLTRACKR_SHARED")
SHARED_SETS = (
    *("data/febrl4", "data/febrl3", "data/restaurants", "data/ausbiz_link", "data/ausbiz_dedup"),
    "scale/ausbiz20k",
)
# Sizes a side of the made lists: their times show how the matcher grows.
GROWTH = (1_000, 2_000, 5_000, 10_000, 20_000)


def main() -> None:
    """Measure every set, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--splink", metavar="PYTHON")
    parser.add_argument("--child", nargs=2, metavar=("FOLDER", "OUTPUT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(run_set(Path(options.child[0]), Path(options.child[1]))))
        return
    with tempfile.TemporaryDirectory() as made:
        folders = [*shared_folders(full=options.full), *made_folders(Path(made))]
        sets = [measure(folder, options.splink) for folder in folders]
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    results = {"python": platform.python_version(), "cores": os.cpu_count(), "sets": sets}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print_table(sets)


def shared_folders(*, full: bool) -> list[Path]:
    """Return the folders of the shared sets, none where they are not at hand."""
    if not SHARED:
        print("POOLTRACKR_SHARED is not set: only made lists are measured.")
        return []
    names = [*SHARED_SETS, *(("scale/ausbiz100k",) if full else ())]
    return [Path(SHARED) / "matching" / name for name in names]


def made_folders(root: Path) -> list[Path]:
    """Write made lists to files and return their folders."""
    folders = []
    for size in GROWTH:
        folder = root / f"made_link_{size}"
        left, right, truth = link_lists(size, size)
        write_list(folder / "left.csv", left)
        write_list(folder / "right.csv", right)
        write_truth(folder / "truth.csv", ("left_id", "right_id"), truth)
        folders.append(folder)
    folder = root / "made_dedup_5000"
    records, pairs = duplicate_list(1, 5_000)
    write_list(folder / "contacts.csv", records)
    write_truth(folder / "truth.csv", ("id_a", "id_b"), pairs)
    return [*folders, folder]


def write_list(path: Path, records: list[Any]) -> None:
    """Write records as csv."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [name for name in records[0].__slots__ if name not in ("emails", "phones")]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([getattr(record, column) for column in columns] for record in records)


def write_truth(path: Path, header: tuple[str, str], pairs: set[tuple[str, str]]) -> None:
    """Write true pairs as csv."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *sorted(pairs)])


def measure(folder: Path, splink: str | None) -> dict[str, Any]:
    """Run one set in a child process, the yardstick beside it, and splink if asked for."""
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "out.csv"
        command = [sys.executable, __file__, "--child", str(folder), str(output)]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        found = {"set": folder.name, **json.loads(ran.stdout), **quality(folder, output)}
        yard = yardstick()
        found["time_to_yardstick"] = round(found["seconds"] / yard, 2)
        if splink and folder.is_relative_to(str(SHARED)):
            theirs = run_splink(splink, folder, Path(scratch) / "splink")
            found["splink_seconds"] = round(theirs, 2)
            found["time_to_splink"] = round(found["seconds"] / theirs, 2)
    print(f"{found['set']}: {found['seconds']} s", file=sys.stderr)
    return found


def run_set(folder: Path, output: Path) -> dict[str, Any]:
    """Link or de-duplicate one folder; return seconds of processor time and the peak of memory."""
    if existing(folder, "left").exists():
        link_files(existing(folder, "left"), existing(folder, "right"), output)
    else:
        find_duplicates_in_file(existing(folder, "contacts"), output)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mb": round(used.ru_maxrss / 1024),
    }


def existing(folder: Path, name: str) -> Path:
    """Return the plain or the gzipped file."""
    plain = folder / f"{name}.csv"
    return plain if plain.exists() else folder / f"{name}.csv.gz"


def run_splink(python: str, folder: Path, output: Path) -> float:
    """Run the peer's model; return its processor time, imports included like ours."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    script = Path(str(SHARED)) / "matching/splink_contacts.py"
    subprocess.run([python, str(script), str(folder), str(output)], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def yardstick() -> float:
    """Return the processor time of a fixed job: words in a dict, and a sort in numpy."""
    started = time.process_time()
    counts: dict[str, int] = {}
    for n in range(1_000_000):
        word = f"w{n % 50_021}"
        counts[word] = counts.get(word, 0) + 1
    np.sort(np.random.default_rng(1).integers(0, 1 << 40, 3_000_000))
    return time.process_time() - started


def quality(folder: Path, output: Path) -> dict[str, Any]:
    """Score what was written against the truth, as a whole and from .9 on."""
    linking = existing(folder, "left").exists()
    truth = {(a, b) for a, b, *_ in read_rows(existing(folder, "truth"))}
    rows = read_rows(output)
    every = figures({(a, b) for a, b, _ in rows}, truth, ordered=linking)
    high = figures({(a, b) for a, b, p in rows if float(p) >= 0.9}, truth, ordered=linking)
    found: dict[str, Any] = {
        "precision": round(every.precision, 4),
        "recall": round(every.recall, 4),
        "f1": round(every.f1, 4),
        "precision_from_.9": round(high.precision, 4),
        "recall_from_.9": round(high.recall, 4),
        "reliability": reliability(rows, truth, linking=linking),
    }
    if linking:
        found["top1"] = round(len({(a, b) for a, b, _ in rows} & truth) / len(truth), 4)
    return found


def reliability(
    rows: list[list[str]], truth: set[tuple[str, str]], *, linking: bool
) -> list[dict[str, Any]]:
    """Return, by range of probability, what share of the pairs was true: ideally about as much."""
    wanted = truth if linking else truth | {(b, a) for a, b in truth}
    table = []
    edges = (0.05, 0.2, 0.5, 0.8, 0.9, 0.99, 1.01)
    for low, high in itertools.pairwise(edges):
        inside = [(a, b) in wanted for a, b, p in rows if low <= float(p) < high]
        if inside:
            share = round(sum(inside) / len(inside), 3)
            table.append({"from": low, "pairs": len(inside), "true": share})
    return table


def read_rows(path: Path) -> list[list[str]]:
    """Read a csv file, plain or gzipped, without its header."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return list(csv.reader(text.decode().splitlines()))[1:]


def print_table(sets: list[dict[str, Any]]) -> None:
    """Print one line for each set."""
    columns = (
        *("set", "f1", "top1", "precision_from_.9", "recall_from_.9"),
        *("seconds", "peak_mb", "time_to_yardstick", "time_to_splink"),
    )
    print("  ".join(columns))
    for found in sets:
        print("  ".join(f"{found.get(c, '-')!s:>{len(c)}}" for c in columns))


if __name__ == "__main__":
    main()
