"""Orders of five lines committed over HTTP against pgbench on the same server, by turns.

`make bench NAME=commit`. The web server runs as the product starts it; each order has a coupon, a club card and points
to spend, and a key. Beside it pgbench runs the commit's own statements, as they were sent, and its own small bank.
COMMIT_SECONDS says how long each turn is, thirty seconds where it says nothing.
"""

import json
import os
import statistics
import sys
from collections.abc import Sequence

from django.db import connection

from bench.committing.capture import capture, count_statements
from bench.committing.fill import LINES, Shop, fill
from bench.committing.pgbench import Pgbench
from bench.committing.profile import profile
from bench.committing.rush import Rush, rush
from bench.committing.serve import web_server
from bench.figures import Figure

TURNS, CONNECTIONS, SCALE = 5, 16, 20
SECONDS = float(os.environ.get("COMMIT_SECONDS", "30"))
OWN_GOAL, BANK_GOAL = 0.5, 0.1
STATEMENTS_MAX = 14
WARM_UP_SECONDS = 3.0


def run(*, seed: int) -> list[Figure]:
    """Medians of all turns; the goals are about the ratios."""
    shop = fill(seed=seed)
    one, many = (count_statements(shop, lines=lines) for lines in (1, 200))
    assert one == many, f"an order of 200 lines takes {many} statements, one of a single line {one}"
    pgbench = Pgbench(capture(shop), connections=CONNECTIONS, scale=SCALE)
    with web_server() as port:
        rush(shop, port=port, connections=CONNECTIONS, seconds=WARM_UP_SECONDS)
        turns = [_turn(shop, pgbench, port) for _ in range(TURNS)]
    orders, own, bank = ([turn[place] for turn in turns] for place in range(3))
    print(json.dumps({"profile_ms": profile(shop)}), file=sys.stderr)
    return [
        _compare("commit_against_own_statements", orders, own, goal=OWN_GOAL),
        _compare("commit_against_pgbench", orders, bank, goal=BANK_GOAL),
        Figure("statements_per_commit", one, "statements", goal=f"<= {STATEMENTS_MAX}"),
    ]


def _turn(shop: Shop, pgbench: Pgbench, port: int) -> tuple[float, float, float]:
    """Orders a second over HTTP, by pgbench, and transactions of its bank. Both write the same rows an order."""
    before = _rows()
    done: Rush = rush(shop, port=port, connections=CONNECTIONS, seconds=SECONDS)
    between = _rows()
    own = pgbench.own(seconds=SECONDS)
    after = _rows()
    theirs, ours = _per_order(between, after), _per_order(before, between)
    assert ours == theirs, f"an order writes {ours} rows over HTTP and {theirs} by pgbench"
    return done.per_second, own, pgbench.bank(seconds=SECONDS)


# All that a commit writes to; the order comes first.
TABLES = (
    *(
        "shop_order",
        "shop_orderline",
        "loyalty_discount",
        "loyalty_transfer",
        "loyalty_lot",
        "loyalty_lotuse",
    ),
    *("loyalty_ruleearning", "coupons_redemption", "shop_activity", "shop_outbox"),
    "storefront_idempotentrequest",
)


def _rows() -> list[int]:
    with connection.cursor() as cursor:
        # Names of our own tables only.
        cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {name})' for name in TABLES)}")
        return list(cursor.fetchone())


def _per_order(before: Sequence[int], after: Sequence[int]) -> dict[str, float]:
    grown = [late - early for early, late in zip(before, after, strict=True)]
    assert grown[1] == LINES * grown[0], "each order has its lines"
    return {name: count / grown[0] for name, count in zip(TABLES, grown, strict=True)}


def _compare(name: str, orders: Sequence[float], theirs: Sequence[float], *, goal: float) -> Figure:
    value, baseline = statistics.median(orders), statistics.median(theirs)
    return Figure(
        name, value, "orders/s", samples=len(orders), baseline=baseline, goal=f">= {goal}", goal_on="ratio"
    )
