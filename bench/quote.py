"""POST /quotes end to end against a view that makes one SELECT: the same server, middleware, connections and moments.

The cart has 20 lines; 50 offers run; the customer holds a card and brings five coupons.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from bench.figures import Figure
from clubcards.give import give
from clubcards.open_plans import open_plans
from coupons.issue import issue_named
from coupons.models import CouponCampaign
from loyalty.models import Offer
from loyalty.publish import start, write_version
from shop.keys import SERVER_SCOPES, issue_key
from shop.models import Customer, Product, ProductGroup, Store

ROOT = Path(__file__).resolve().parents[1]
LINES, OFFERS, COUPONS, CONNECTIONS, SAMPLES, WARM_UP = 20, 50, 5, 4, 1_500, 60
P50_GOAL, P99_GOAL = 2, 3
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of every answer, of all connections."""

    quotes: list[float] = field(default_factory=list)
    plains: list[float] = field(default_factory=list)


def run(*, seed: int) -> list[Figure]:
    secret, body = _fill(seed)
    times = Times()
    with _server() as port:
        begin = threading.Barrier(CONNECTIONS)
        threads = [
            threading.Thread(target=_ask, args=(port, secret, body, begin, times)) for _ in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(times.quotes) == len(times.plains) == SAMPLES
    return [
        _compare("quote_p50", times, 50, goal=P50_GOAL),
        _compare("quote_p99", times, 99, goal=P99_GOAL),
    ]


def _compare(name: str, times: Times, percent: int, *, goal: int) -> Figure:
    ours, plain = (
        statistics.quantiles(found, n=100)[percent - 1] * 1e3 for found in (times.quotes, times.plains)
    )
    return Figure(name, ours, "ms", samples=SAMPLES, baseline=plain, goal=f"<= {goal}", goal_on="ratio")


def _ask(port: int, secret: str, body: bytes, begin: threading.Barrier, times: Times) -> None:
    """One connection that asks for a quote and for the plain view in turn."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    for _ in range(WARM_UP):
        _time(connection, "POST", "/api/v1/quotes", body, headers)
        _time(connection, "GET", "/plain", b"", {})
    begin.wait()
    for _ in range(SAMPLES // CONNECTIONS):
        times.quotes.append(_time(connection, "POST", "/api/v1/quotes", body, headers))
        times.plains.append(_time(connection, "GET", "/plain", b"", {}))
    connection.close()


def _time(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: dict[str, str]
) -> float:
    started = time.perf_counter()
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    seconds = time.perf_counter() - started
    assert answer.status == http.client.OK, text
    return seconds


@contextmanager
def _server() -> Iterator[int]:
    """The product as an operator runs it, on a free port of the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--keep-alive", "30"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.plain.settings", "REPRISE_PROCESS": "web"}
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_SECONDS)


def _wait_for(port: int) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except ConnectionError:
            assert time.monotonic() < ends, "the server did not start"
            time.sleep(0.1)
        else:
            return


def _fill(seed: int) -> tuple[str, bytes]:
    now = timezone.now()
    store = Store.objects.create(
        code=f"bench-quote-{seed}-{now:%H%M%S}",
        name="Bench",
        currency="GBP",
        time_zone="Europe/London",
        line_cap_bp=6_000,
    )
    _key, secret = issue_key(store, name="Bench", kind="server", scopes=SERVER_SCOPES)
    Product.objects.bulk_create(
        [
            Product(store=store, sku=f"sku-{n}", name="", price=1_000, category=f"c-{n % 10}")
            for n in range(LINES)
        ]
    )
    for n in range(10):
        ProductGroup.objects.create(store=store, code=f"group-{n}", name=f"Group {n}", categories=[f"c-{n}"])
    customer = Customer.objects.create(store=store, ref="17850")
    with transaction.atomic():
        for n in range(OFFERS - COUPONS):
            _run_offer(store, n)
        codes = [_coupon(store, customer, n) for n in range(COUPONS)]
        plan = open_plans(store, by=None, at=now - timedelta(days=1))[0]
        give(plan, customer, at=now - timedelta(hours=1))
    lines = [
        {"sku": f"sku-{n}", "quantity": 1 + n % 4, "unit_price": 500 + 37 * n + seed % 100}
        for n in range(LINES)
    ]
    body: dict[str, Any] = {"customer": "17850", "lines": lines, "codes": codes, "delivery": 495}
    return secret, json.dumps(body).encode()


def _run_offer(store: Store, n: int) -> None:
    """Of ten a group's discount applies; fifteen miss their minimum; the others are for cards that nobody here has."""
    target = {"kind": "in_groups", "groups": [f"group-{n % 10}"]}
    document: dict[str, Any] = {
        "v": 1,
        "lane": "sale" if n < 10 else "order",
        "benefits": [{"kind": "percent_off", "rate_bp": 1_000, "target": target}],
    }
    if 10 <= n < 25:
        document["conditions"] = [{"kind": "subtotal_at_least", "amount": 1_000_000 + n}]
    elif n >= 25:
        document["conditions"] = [{"kind": "holds_card", "plans": [f"plan-{n}"]}]
    _start(store, f"offer-{n}", document)


def _coupon(store: Store, customer: Customer, n: int) -> str:
    document = {
        "v": 1,
        "lane": "coupon",
        "audience": {"kind": "coupon"},
        "benefits": [{"kind": "percent_off", "rate_bp": 500 + n}],
    }
    offer = _start(store, f"coupon-{n}", document)
    campaign = CouponCampaign.objects.create(
        store=store, offer=offer, code=f"campaign-{n}", name="", kind=CouponCampaign.Kind.NAMED, valid_days=30
    )
    return issue_named(campaign, customer, issue_key="bench", at=timezone.now()).code


def _start(store: Store, code: str, document: dict[str, Any]) -> Offer:
    at = timezone.now() - timedelta(days=1)
    offer = Offer.objects.create(store=store, code=code, name=code)
    write_version(offer, document, by=None, at=at)
    start(offer, at=at)
    store.refresh_from_db()
    return offer
