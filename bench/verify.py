"""The recheck of a whole ledger: 10,000,000 movements (TRANSFERS=1000000 for another number), nothing under seal; then
the same days put under seal and their chain checked."""

import os
import resource
import time
from datetime import UTC, datetime

from django.db import connection

from bench.figures import Figure
from bench.fill_ledger import UNTIL, large_ledger
from loyalty.models import DaySeal
from loyalty.seal import seal_days
from loyalty.verify import verify_ledger
from loyalty.verify_seals import seal_findings
from shop.models import Store

TRANSFERS = int(os.environ.get("TRANSFERS") or 10_000_000)
SECONDS_GOAL = 60


def run(*, seed: int) -> list[Figure]:
    """A database that holds such a ledger already (DATABASE_URL of an earlier run) is not filled again."""
    store = large_ledger(transfers=TRANSFERS)
    _unseal(store)
    seconds = _seconds_to_verify(store)
    started = time.monotonic()
    while seal_days(store, until=UNTIL, at=datetime.now(UTC)):
        pass
    sealing = time.monotonic() - started
    started = time.monotonic()
    assert list(seal_findings(store, limit=1)) == []
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [
        Figure(f"verify_{TRANSFERS}_transfers", seconds, "s", samples=TRANSFERS, goal=f"<= {SECONDS_GOAL}"),
        Figure("verify_transfers_per_second", TRANSFERS / seconds, "transfers/s", samples=TRANSFERS),
        Figure(f"seal_{TRANSFERS}_transfers", sealing, "s", samples=TRANSFERS),
        Figure(f"check_seals_of_{TRANSFERS}_transfers", time.monotonic() - started, "s", samples=TRANSFERS),
        Figure("verify_peak_memory", memory, "MB"),
    ]


def _seconds_to_verify(store: Store) -> float:
    started = time.monotonic()
    assert verify_ledger(store) == [], "what was made adds up"
    return time.monotonic() - started


def _unseal(store: Store) -> None:
    """Of an earlier run on this database."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE loyalty_dayseal DISABLE TRIGGER loyalty_dayseal_append_only")
        DaySeal.objects.filter(store=store).delete()
        cursor.execute("ALTER TABLE loyalty_dayseal ENABLE TRIGGER loyalty_dayseal_append_only")
