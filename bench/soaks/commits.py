"""N times kill -9 of a web worker while orders are committed and refunded: `make soak NAME=commits N=300 SEED=1`.

The whole product runs as `make demo` starts it, and gunicorn replaces the workers that die. Sixteen shoppers ask again
under the same Idempotency-Key until they are answered. Afterwards the database has to hold what was answered, each
thing once, and the ledger has to add up.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.figures import Evidence
from bench.soaks.committing.judge import Asked, Books, Start, judge
from bench.soaks.committing.shop import Shopper, Told
from tests.flows.act import manage
from tests.running_demo import ROOT, RunningDemo, running_demo

SHOPPERS, CUSTOMERS = 16, 64
# Between two kills so many answers at most, and then a moment at most, so that any step of a commit is met.
ANSWERS_MAX, MOMENT_SECONDS_MAX = 12, 0.05
RESTART_SECONDS = 60.0
# The campaign asks for as much as it can; how much that may be is another test's question.
LIMITS = {"API_LIMIT_SERVER": "1000000/10"}


def soak(*, n: int, seed: int) -> Evidence:
    """What is demanded stands in `judge`."""
    with (
        tempfile.TemporaryDirectory(prefix="reprise-commits-") as folder,
        running_demo(Path(folder), is_empty=True, extra_env=LIMITS) as demo,
    ):
        opened = json.loads(_play(demo, "open", str(CUSTOMERS)))
        started = time.monotonic()
        told, kills = _rush(demo, opened, kills=n, seed=seed)
        seconds = time.monotonic() - started
        books = Books(**json.loads(_play(demo, "look"), object_hook=_as_tuples))
        books = _with_ledger(books, manage(demo, "verify_ledger", "--store", "commits"))
    start = Start(**opened["start"] | {"customers": tuple(opened["codes"])})
    failures = judge(told.orders, told.refunds, books, start=start)
    if kills < n:
        failures.append(f"{kills} kills, not {n}")
    return Evidence("commits", tried=kills, failures=failures, facts=tell(told, books, seconds))


def tell(told: Told, books: Books, seconds: float) -> dict[str, Any]:
    every = [*told.orders, *told.refunds]
    return {
        "shoppers": SHOPPERS,
        "orders": len(told.orders),
        "refunds": len(told.refunds),
        "answers": dict(Counter(str(status) for one in every for status, _ in one.answers)),
        "requests_that_broke": sum(one.broken for one in every),
        "writes_that_had_to_be_asked_again": sum(one.broken > 0 for one in every),
        "answers_that_were_lost_and_replayed": sum(_was_lost(one) for one in every),
        "orders_with_points": sum(one.body["points_spent"] > 0 for one in told.orders if one.is_done),
        "uses_of_the_public_code": books.uses,
        "coupons_used": len(books.coupon_uses),
        "ledger": books.ledger.strip(),
        "seconds": round(seconds, 1),
    }


def _was_lost(asked: Asked) -> bool:
    """Its worker died after the commit and before the answer: every answer is a replay."""
    return asked.broken > 0 and asked.replays == len(asked.answers)


def _rush(demo: RunningDemo, opened: dict[str, Any], *, kills: int, seed: int) -> tuple[Told, int]:
    told, over = Told(), threading.Event()
    shoppers = [
        Shopper(place, port=demo.port, key=opened["key"], codes=opened["codes"], seed=seed)
        for place in range(SHOPPERS)
    ]
    threads = [threading.Thread(target=shopper.shop, args=(told, over)) for shopper in shoppers]
    for thread in threads:
        thread.start()
    try:
        done = kill_workers(demo.pid("web"), times=kills, seed=seed, answered=lambda: told.answered)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return told, done


def kill_workers(master: int, *, times: int, seed: int, answered: Callable[[], int]) -> int:
    """One of the master's workers so many times, each after some more answers; returns how many were killed."""
    dice = random.Random(seed)
    done = 0
    while done < times:
        after = answered() + dice.randint(1, ANSWERS_MAX)
        ends = time.monotonic() + RESTART_SECONDS
        while answered() < after:
            if time.monotonic() > ends:
                return done
            time.sleep(0.001)
        time.sleep(dice.uniform(0.0, MOMENT_SECONDS_MAX))
        if workers := _workers(master):
            with suppress(ProcessLookupError):
                os.kill(dice.choice(workers), signal.SIGKILL)
                done += 1
    return done


def _workers(master: int) -> list[int]:
    found = Path(f"/proc/{master}/task/{master}/children").read_text()
    return sorted(int(pid) for pid in found.split())


def _as_tuples(found: dict[str, Any]) -> dict[str, Any]:
    """Rows can be compared with what was answered only if they are tuples again."""
    return {
        name: [tuple(row) for row in value] if name in ("orders", "refunds") else value
        for name, value in found.items()
    }


def _with_ledger(books: Books, said: str) -> Books:
    return Books(**{name: getattr(books, name) for name in Books.__slots__} | {"ledger": said})


def _play(demo: RunningDemo, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench.soaks.committing.play_store", *arguments],
        cwd=ROOT,
        env={**os.environ, **demo.env, **demo.state()["env"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} failed:\n{done.stderr}")
    return done.stdout
