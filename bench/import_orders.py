"""Import of 245,903 order lines: seconds and memory. IMPORT_FILE names a real export; without it the demo's excerpt
is repeated under other order numbers until it is that long."""

import csv
import gzip
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure
from shop.models import Order, Store

ROOT = Path(__file__).resolve().parents[1]
EXCERPT = ROOT / "panel" / "demo" / "online_retail_excerpt.csv.gz"
ROWS = 245_903
SECONDS_GOAL, MEGABYTES_GOAL = 60, 150
# Runs the command and prints, as its last line, the most memory that it held.
MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)
"""


def run(*, seed: int) -> list[Figure]:
    """The seed names the stores, so that a repetition on the same database imports anew."""
    store = Store.objects.create(
        code=f"bench-{seed}-{datetime.now(UTC):%H%M%S}",
        name="Bench",
        currency="GBP",
        time_zone="Europe/London",
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(os.environ.get("IMPORT_FILE") or _repeat_excerpt(Path(folder) / "orders.csv.gz"))
        first, memory, rows = _import(store, file)
        orders = Order.objects.filter(store=store).count()
        second, _memory, _rows = _import(store, file)
        assert Order.objects.filter(store=store).count() == orders
    return [
        Figure("import_orders_seconds", first, "s", samples=rows, goal=f"<= {SECONDS_GOAL}"),
        Figure("import_orders_rows_per_second", rows / first, "rows/s", samples=rows),
        Figure("import_orders_peak_memory", memory, "MB", samples=rows, goal=f"<= {MEGABYTES_GOAL}"),
        Figure("import_orders_again_seconds", second, "s", samples=rows, baseline=first),
    ]


def _import(store: Store, file: Path) -> tuple[float, float, int]:
    """Seconds, megabytes and rows of one run of the command, its start included."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = str(Path(folder) / "bad.csv")
        command = ["manage.py", "import_orders", str(file), "--store", store.code, "--report", report]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, sys.executable, *command],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    seconds = time.monotonic() - started
    rows = re.search(r"([\d,]+) rows in all", done.stdout)
    assert rows is not None, done.stdout
    return seconds, float(done.stdout.split()[-1]), int(rows[1].replace(",", ""))


def _repeat_excerpt(target: Path) -> Path:
    with gzip.open(EXCERPT, "rt", encoding="utf-8", newline="") as source:
        header, *rows = list(csv.reader(source))
    with gzip.open(target, "wt", encoding="utf-8", newline="", compresslevel=1) as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(ROWS):
            copy, place = divmod(number, len(rows))
            writer.writerow([f"{rows[place][0]}{copy}", *rows[place][1:]])
    return target
