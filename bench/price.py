"""price() of 20 lines against 50 running offers, as a multiple of a msgspec round trip of the same cart."""

import statistics
import time
from collections.abc import Callable

import msgspec

from bench.figures import Figure
from pricing.benefits import AmountOff, PercentOff
from pricing.conditions import InSegment, SubtotalAtLeast
from pricing.price import price
from pricing.targets import InGroups
from pricing.values import Cart, Line, Offer, Rules, Shopper

SAMPLES = 300
LINES, APPLYING, NEAR, FAR = 20, 10, 15, 25


class LineAsSent(msgspec.Struct):
    sku: str
    quantity: int
    unit_price: int


class CartAsSent(msgspec.Struct):
    customer: str
    lines: list[LineAsSent]
    codes: list[str]


def run(*, seed: int) -> list[Figure]:
    """`seed` shifts the prices."""
    cart, offers, rules = _cart(seed), _offers(), Rules(line_cap_bp=6_000)
    quote = price(cart, offers, rules, at=0)
    assert len(quote.applied) >= APPLYING
    assert len(quote.applied) + len(quote.refused) == len(offers)
    sent = CartAsSent(
        "17850", [LineAsSent(line.sku, line.quantity, line.unit_price) for line in cart.lines], ["SPRING"]
    )
    body = msgspec.json.encode(sent)
    round_trip = _median(lambda: msgspec.json.encode(msgspec.json.decode(body, type=CartAsSent)))
    priced = _median(lambda: price(cart, offers, rules, at=0))
    return [
        Figure("price_20_lines_50_offers", priced * 1e6, "µs", samples=SAMPLES, baseline=round_trip * 1e6),
    ]


def _cart(seed: int) -> Cart:
    lines = tuple(
        Line(f"sku-{n}", 1 + n % 4, 500 + 37 * n + seed % 100, groups=frozenset({f"group-{n % 10}"}))
        for n in range(LINES)
    )
    return Cart(lines, delivery=495, shopper=Shopper(customer="17850"))


def _offers() -> list[Offer]:
    """Ten that apply, one a group; fifteen that miss their minimum; twenty-five for segments of other people."""
    applying = [
        Offer(f"on-{n}", "sale", (PercentOff(1_000, target=InGroups(frozenset({f"group-{n}"}))),), age=n)
        for n in range(APPLYING)
    ]
    near = [
        Offer(f"near-{n}", "order", (AmountOff(500),), (SubtotalAtLeast(1_000_000 + n),), age=100 + n)
        for n in range(NEAR)
    ]
    far = [
        Offer(f"far-{n}", "coupon", (PercentOff(500),), (InSegment(frozenset({f"s-{n}"})),), age=200 + n)
        for n in range(FAR)
    ]
    return applying + near + far


def _median(work: Callable[[], object]) -> float:
    """Seconds."""
    times = []
    for _ in range(SAMPLES):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)
