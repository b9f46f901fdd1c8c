"""price() against django-oscar's Applicator and Medusa's promotion module: one cart, one rule set, equal totals.

The peers read their rules from PostgreSQL each time, as they do in a shop. Ours is measured three times: as it runs
(the rules are in the process); with everything read from the database for each cart (the key with its store, running
offers, earning rules, groups and tiers, and the facts of cart and customer) and made into what is priced with, where
only that a document's text means what it meant is remembered; and the same with nothing remembered, as in a process
that has just started and sees every document for the first time. The peers' processes stay warm, too.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from bench.figures import Figure
from bench.peers.install import PeerMissing, install_medusa, install_oscar
from bench.peers.rule_set import PeerCart, PeerOffer, as_json, expected_total, rule_set
from checkout.read_facts import read_facts
from loyalty.models import Offer
from loyalty.publish import start, write_version
from loyalty.schedule import StoreCalendar
from loyalty.snapshot import OfferSnapshot, compile_text, snapshot
from pricing.price import NEAR, price
from pricing.values import Cart, Line, Rules
from shop.keys import SERVER_SCOPES, find_key, issue_key
from shop.models import ApiKey, Customer, Product, Store

SCRIPTS = Path(__file__).resolve().parent / "peers"
SAMPLES, OSCAR_SAMPLES, MEDUSA_SAMPLES, COLD_SAMPLES = 300, 7, 50, 50
OSCAR_GOALS, MEDUSA_GOALS = (2_000, 300), (150, 20)
BUYER = "17850"
AT = datetime(2026, 6, 1, tzinfo=UTC)


def run(*, seed: int) -> list[Figure]:
    """Ratios are the peer's median divided by ours, both of this run."""
    cart = rule_set(seed=seed)
    store = _fill(cart, seed=seed)
    asked = Cart(tuple(Line(*line) for line in cart.lines))
    terms = snapshot(store.pk, store.offers_version)
    assert _price(terms, asked) == expected_total(cart)
    warm = _median(lambda: _price(terms, asked), SAMPLES)
    _key, secret = issue_key(store, name="Bench", kind=ApiKey.Kind.SERVER, scopes=SERVER_SCOPES)
    assert _load_and_price(secret, asked) == _learn_and_price(secret, asked) == expected_total(cart)
    cold = _median(lambda: _load_and_price(secret, asked), COLD_SAMPLES)
    first = _median(lambda: _learn_and_price(secret, asked), COLD_SAMPLES)
    figures = [
        Figure("price_in_process", warm * 1e6, "µs", samples=SAMPLES),
        Figure("price_loaded_anew", cold * 1e6, "µs", samples=COLD_SAMPLES),
        Figure("price_loaded_at_first_sight", first * 1e6, "µs", samples=COLD_SAMPLES),
    ]
    for name, ask, goals in (("oscar", _ask_oscar, OSCAR_GOALS), ("medusa", _ask_medusa, MEDUSA_GOALS)):
        try:
            answer = ask(cart)
        except PeerMissing as missing:
            print(f"{name} is left out: {missing}", file=sys.stderr)
            continue
        assert answer["total"] == expected_total(cart), f"{name} came to {answer['total']}"
        print(f"{name} {answer['version']}: {answer['median'] * 1e3:.1f} ms a cart", file=sys.stderr)
        figures += _compare(name, answer["median"], (warm, cold, first), goals)
    return figures


def _compare(
    name: str, theirs: float, ours: tuple[float, float, float], goals: tuple[int, int]
) -> list[Figure]:
    warm, cold, first = ours
    return [
        Figure(f"{name}_by_price", theirs / warm, "x", samples=SAMPLES, goal=f">= {goals[0]}"),
        Figure(f"{name}_by_price_loaded", theirs / cold, "x", samples=COLD_SAMPLES, goal=f">= {goals[1]}"),
        Figure(f"{name}_by_price_loaded_at_first_sight", theirs / first, "x", samples=COLD_SAMPLES),
    ]


def _fill(cart: PeerCart, *, seed: int) -> Store:
    store = Store.objects.create(
        code=f"bench-peers-{seed}-{datetime.now(UTC):%H%M%S}", name="Bench", currency="GBP", time_zone="UTC"
    )
    Customer.objects.create(store=store, ref=BUYER)
    Product.objects.bulk_create(
        [Product(store=store, sku=sku, name=sku, price=price) for sku, _quantity, price in cart.lines]
    )
    with transaction.atomic():
        for number, each in enumerate(cart.offers):
            offer = Offer.objects.create(store=store, code=f"offer-{number}", name=f"Offer {number}")
            write_version(offer, _document(each), by=None, at=AT)
            start(offer, at=AT)
    store.refresh_from_db()
    return store


def _document(offer: PeerOffer) -> dict[str, Any]:
    target = {"kind": "of_skus", "skus": list(offer.skus)} if offer.skus else {"kind": "whole_order"}
    minimum = [{"kind": "subtotal_at_least", "amount": offer.minimum}] if offer.minimum else []
    return {
        "v": 1,
        "lane": "sale",
        "conditions": minimum,
        "benefits": [{"kind": "percent_off", "rate_bp": offer.rate_bp, "target": target}],
    }


def _price(terms: OfferSnapshot, cart: Cart) -> int:
    offers = terms.compiled(calendar=StoreCalendar("UTC"), at=AT).promotions
    return price(cart, offers, Rules(), at=int(AT.timestamp()), explain=NEAR).payable


def _load_and_price(secret: str, cart: Cart) -> int:
    """Three queries, as an answer to a storefront whose process has not met this version of the terms makes them."""
    key = find_key(secret, at=AT)
    assert key is not None
    snapshot.cache_clear()
    terms = snapshot(key.store_id, key.store.offers_version)
    skus = [line.sku for line in cart.lines]
    read_facts(key.store, skus=skus, customer=BUYER, visitor=None, cart=None, offer_ids=(), at=AT)
    return _price(terms, cart)


def _learn_and_price(secret: str, cart: Cart) -> int:
    compile_text.cache_clear()
    return _load_and_price(secret, cart)


def _ask_oscar(cart: PeerCart) -> dict[str, Any]:
    python = install_oscar()
    database = connection.settings_dict | {"NAME": _new_database("bench_oscar")}
    kept = {key: database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    command = [str(python), str(SCRIPTS / "price_with_oscar.py")]
    return _ask(command, cart, samples=OSCAR_SAMPLES, database=json.dumps(kept), cwd=SCRIPTS)


def _ask_medusa(cart: PeerCart) -> dict[str, Any]:
    folder = install_medusa()
    name, settings = _new_database("bench_medusa"), connection.settings_dict
    host = settings["HOST"].replace("/", "%2F")
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    address = f"postgresql://{settings['USER']}@{host}{port}/{name}?sslmode=disable"
    command = ["node", str(SCRIPTS / "price_with_medusa.js")]
    return _ask(command, cart, samples=MEDUSA_SAMPLES, database=address, cwd=folder)


def _new_database(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    return name


def _ask(command: list[str], cart: PeerCart, *, samples: int, database: str, cwd: Path) -> dict[str, Any]:
    done = subprocess.run(
        command,
        input=json.dumps(as_json(cart, samples=samples)),
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PEER_DATABASE": database, "MEDUSA_DISABLE_TELEMETRY": "1"},
    )
    if done.returncode:
        raise PeerMissing(done.stderr.strip()[-600:])
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _median(work: Callable[[], object], samples: int) -> float:
    """Seconds."""
    times = []
    for _ in range(samples):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)
