"""A sale at its first minute: N customers at 64 connections try one public code that gives 5.00 to fifty orders.

`make soak NAME=sale N=3200 SEED=1`. The whole product runs as `make demo` starts it, and everything is told and asked
over HTTP. Every other customer would rather not buy than pay more; one in twenty sends the order again, as if the
answer had been lost. Afterwards the answers, the stored orders, the campaign's report and the ledger have to agree.
"""

import json
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import local
from typing import Any

from bench.figures import Evidence
from tests.flows.act import Panel, Storefront, manage, open_store
from tests.running_demo import running_demo

CONNECTIONS = 64
LIMIT = 50
PRICE, DISCOUNT = 2_000, 500
REPEATS_SHARE = 0.05
TIMEOUT_SECONDS = 60.0
SENDINGS_MAX = 5
CAMPAIGN = "sale"
STORE = "sale"


@dataclass(frozen=True, slots=True)
class Order:
    """`agrees`: buys at whatever price. `sendings`: how often the storefront sends it."""

    ref: str
    agrees: bool
    sendings: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, last. `statuses` of every sending; 0 where there was no answer. Money in minor units."""

    order: Order
    statuses: tuple[int, ...]
    code: str
    payable: int | None
    discount: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Books:
    """What the product says of the sale afterwards."""

    report: dict[str, Any]
    payables: dict[str, int]
    ledger: str


def soak(*, n: int, seed: int) -> Evidence:
    """Demands of the sale are those of `judge`."""
    with (
        tempfile.TemporaryDirectory(prefix="reprise-sale-") as folder,
        running_demo(Path(folder), is_empty=True) as demo,
    ):
        store = open_store(demo, code=STORE)
        storefront = Storefront(demo, store.key)
        _announce(Panel(demo, store))
        started = time.monotonic()
        answers = _rush(plan(n, seed=seed), port=demo.port, key=store.key)
        seconds = time.monotonic() - started
        report = storefront.get(f"/campaigns/{CAMPAIGN}/report")
        books = Books(report, _stored(storefront), manage(demo, "verify_ledger", "--store", STORE))
    return Evidence(CAMPAIGN, tried=n, failures=judge(answers, books), facts=tell(answers, books, seconds))


def plan(n: int, *, seed: int) -> list[Order]:
    dice = random.Random(seed)
    orders = [
        Order(f"S-{number}", agrees=number % 2 == 0, sendings=1 + (dice.random() < REPEATS_SHARE))
        for number in range(n)
    ]
    dice.shuffle(orders)
    return orders


def judge(answers: Sequence[Answer], books: Books) -> list[str]:
    """What does not hold; empty if all is well."""
    limit = min(LIMIT, len(answers))
    bought = {one.order.ref: one for one in answers if one.statuses[-1] in (200, 201)}
    winners = [one for one in bought.values() if one.discount]
    expected = {"redeemed": limit, "orders": limit, "buyers": limit}
    expected |= {"discount": limit * DISCOUNT, "revenue": limit * (PRICE - DISCOUNT)}
    checks = {
        f"answered otherwise: {_odd(answers)}": not _odd(answers),
        f"{len(winners)} orders were discounted, not {limit}": len(winners) == limit,
        "somebody paid another price": all(
            (one.payable, one.discount) in {(PRICE, 0), (PRICE - DISCOUNT, DISCOUNT)}
            for one in bought.values()
        ),
        "somebody bought who would not have paid more": all(
            one.order.agrees or one.discount for one in bought.values()
        ),
        "the stored orders are not those that were answered": books.payables
        == {ref: one.payable for ref, one in bought.items()},
        f"the report says {_of(books.report, expected)}, not {expected}": _of(books.report, expected)
        == expected,
        f"the ledger says {books.ledger.strip()}": f"{STORE}: 0 findings" in books.ledger,
    }
    return [said for said, holds in checks.items() if not holds]


def tell(answers: Sequence[Answer], books: Books, seconds: float) -> dict[str, Any]:
    times = sorted(one.seconds for one in answers)
    return {
        "connections": CONNECTIONS,
        "limit": LIMIT,
        "discounted": sum(bool(one.discount) for one in answers),
        "stored_orders": len(books.payables),
        "answers": dict(sorted(Counter(f"{one.statuses[-1]} {one.code}".strip() for one in answers).items())),
        "sent_more_than_once": sum(len(one.statuses) > 1 for one in answers),
        "report": _of(books.report, {"redeemed": 0, "orders": 0, "revenue": 0, "discount": 0}),
        "ledger": books.ledger.strip(),
        "seconds": round(seconds, 1),
        "tries_per_second": round(len(answers) / seconds, 1),
        "median_seconds": round(statistics.median(times), 3),
        "slowest_seconds": round(times[-1], 3),
    }


def _announce(panel: Panel) -> None:
    """As the shop's owner does it."""
    path = "/panel/coupons/new/"
    answers = {"name": "Sale", "way": "public", "public_code": "SALE", "amount": f"{DISCOUNT / 100:.2f}"}
    given = {**panel.fields(path), **answers, "uses_max": str(LIMIT)}
    assert f"/panel/campaigns/{CAMPAIGN}/" in panel.submit(path, {**given, "start": ""}).url


def _rush(orders: Sequence[Order], *, port: int, key: str) -> list[Answer]:
    here = local()

    def send(order: Order) -> Answer:
        if not hasattr(here, "connection"):
            here.connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        return _send(here.connection, order, key=key)

    with ThreadPoolExecutor(CONNECTIONS) as shoppers:
        return list(shoppers.map(send, orders))


def _send(connection: HTTPConnection, order: Order, *, key: str) -> Answer:
    """A connection that broke is no answer: the same order is sent again, as a storefront would."""
    price = {"accept_changes": True} if order.agrees else {"expected_payable": PRICE - DISCOUNT}
    line = {"sku": "CANDLE", "quantity": 1, "unit_price": PRICE}
    body = {"ref": order.ref, "customer": f"c-{order.ref}", "lines": [line], "codes": ["SALE"], **price}
    statuses: list[int] = []
    answer: dict[str, Any] = {}
    started = time.monotonic()
    while len([status for status in statuses if status]) < order.sendings and len(statuses) < SENDINGS_MAX:
        try:
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            connection.request("POST", "/api/v1/orders", json.dumps(body), headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
            statuses.append(response.status)
        except (OSError, HTTPException, ValueError):
            connection.close()
            statuses.append(0)
    seconds = time.monotonic() - started
    shown = (str(answer.get("code", "")), answer.get("payable"), answer.get("discount"))
    return Answer(order, tuple(statuses), *shown, seconds / len(statuses))


def _odd(answers: Sequence[Answer]) -> dict[str, int]:
    """Answers that nobody should get; bought and refused are the only two."""
    good = {(200, ""), (201, ""), (409, "price_changed")}
    return dict(
        Counter(
            f"{one.statuses} {one.code}"
            for one in answers
            if not one.statuses or (one.statuses[-1], one.code) not in good
        )
    )


def _stored(storefront: Storefront) -> dict[str, int]:
    """What every stored order costs, by its reference."""
    payables: dict[str, int] = {}
    page = storefront.get("/orders", limit="100")
    while True:
        payables |= {one["ref"]: one["payable"] for one in page["items"]}
        if not page["next"]:
            return payables
        page = storefront.get("/orders", limit="100", cursor=page["next"])


def _of(report: dict[str, Any], names: dict[str, int]) -> dict[str, Any]:
    return {name: report[name] for name in names}
