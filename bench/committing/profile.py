"""Where the time of an order goes: by layer, in this process, without the web server and the wire to it."""

import cProfile
import pstats
import time
from typing import Any

from django.test import Client

from bench.committing.fill import Shop

ORDERS, WARM_UP = 200, 20
# The layers by the function that stands for each; some lie within others, as the names say.
LAYERS = {
    "all": ("edge.py", "__call__"),
    "authentication": ("keys.py", "authenticate"),
    "parsing": ("read.py", "read"),
    "turn of the key": ("idempotency.py", "_wait_for_turn"),
    "commit": ("commit.py", "commit_order"),
    "commit: codes": ("queries.py", "usable_codes"),
    "commit: facts": ("read_facts.py", "read_facts"),
    "commit: price": ("price.py", "price"),
    "commit: order and lines": ("store_order.py", "store_order"),
    "commit: points spent": ("spend.py", "spend_for_order"),
    "commit: points earned": ("earn.py", "earn_for_order"),
    "commit: coupon": ("redeem.py", "redeem"),
    "commit: what happened": ("record.py", "record"),
    "answer shown": ("show_order.py", "show_written"),
    "answer remembered": ("idempotency.py", "_remember"),
    "answer written": ("answer.py", "render"),
    "waiting for statements": ("~", "<method 'execute' of 'psycopg2.extensions.cursor' objects>"),
    "waiting for the commit": ("~", "<method 'commit' of 'psycopg2.extensions.connection' objects>"),
}


def profile(shop: Shop) -> dict[str, float]:
    """Milliseconds an order by layer, under the profiler, and `unprofiled` and its share `cpu` without it."""
    for number in range(WARM_UP):
        _order(shop, f"profile-warm-{number}")
    started, cpu = time.perf_counter(), time.process_time()
    for number in range(ORDERS):
        _order(shop, f"profile-plain-{number}")
    plain = {"unprofiled": time.perf_counter() - started, "unprofiled: cpu": time.process_time() - cpu}
    profiler = cProfile.Profile()
    with profiler:
        for number in range(ORDERS):
            _order(shop, f"profile-{number}")
    stats: dict[tuple[str, int, str], Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    layers = {name: _seconds(stats, *where) for name, where in LAYERS.items()}
    return {name: round(seconds / ORDERS * 1e3, 2) for name, seconds in {**plain, **layers}.items()}


def _seconds(stats: dict[tuple[str, int, str], Any], file: str, function: str) -> float:
    return sum(
        float(row[3])
        for (path, _, name), row in stats.items()
        if path.rpartition("/")[2] == file and name == function
    )


def _order(shop: Shop, ref: str) -> None:
    client = Client(HTTP_AUTHORIZATION=f"Bearer {shop.secret}", HTTP_HOST="127.0.0.1")
    body = shop.body(ref, buyer=hash(ref) % len(shop.refs))
    answer = client.post("/api/v1/orders", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=ref)
    assert answer.status_code == 201, answer.content
