"""price() of a cart of 20 lines and one code, as a multiple of a msgspec round trip of the same cart.

Against 50 offers (10 apply, 15 are near misses, 25 are for other people) and against 500 (the rest are for other goods,
people, cards and codes), telling the refusals that are near, or all. The times are medians of the processor's
time, so that others on the machine do not count, in rounds in which all are measured in turn.
"""

import statistics
import time
from collections.abc import Callable

import msgspec

from bench.figures import Figure
from checkout.request import LineRequest, QuoteRequest
from pricing.benefits import AmountOff, PercentOff
from pricing.conditions import HoldsCard, InSegment, SubtotalAtLeast
from pricing.index import OfferIndex, compile_offers
from pricing.price import price
from pricing.targets import InGroups, OfSkus
from pricing.values import Cart, Line, Offer, Quote, Rules, Shopper

ROUNDS = 400
LINES, APPLYING, NEAR, FAR = 20, 10, 15, 25
MANY = 500
CODE = "SPRING"
RULES = Rules(line_cap_bp=6_000)


def run(*, seed: int) -> list[Figure]:
    """`seed` shifts the prices."""
    cart = _cart(seed)
    offers = _offers()
    few, many = compile_offers(offers), compile_offers(offers + _elsewhere(MANY - len(offers)))
    quote = _near(cart, few)
    assert _near(cart, many) == quote
    took = _medians(
        {
            "request": _trip(QuoteRequest, _request(cart)),
            "answer": _trip(QuoteRequest, _request(cart), answer=quote),
            "cart": _trip(Cart, cart),
            "50": lambda: price(cart, few, RULES, at=0, explain="near"),
            "500": lambda: price(cart, many, RULES, at=0, explain="near"),
            "50_all": lambda: price(cart, few, RULES, at=0),
            "500_all": lambda: price(cart, many, RULES, at=0),
            "50_list": lambda: price(cart, offers, RULES, at=0),
        }
    )

    def figure(name: str, work: str, *, to: str = "request", goal: str | None = None) -> Figure:
        return Figure(name, took[work], "µs", ROUNDS, baseline=took[to], goal=goal, goal_on="ratio")

    return [
        figure("price_20_lines_50_offers", "50", goal="<= 5"),
        figure("price_20_lines_500_offers", "500", goal="<= 15"),
        figure("price_20_lines_50_offers_to_request_and_answer", "50", to="answer"),
        figure("price_20_lines_500_offers_to_request_and_answer", "500", to="answer"),
        figure("price_20_lines_50_offers_to_priced_cart", "50", to="cart"),
        figure("price_20_lines_50_offers_all_explained", "50_all"),
        figure("price_20_lines_500_offers_all_explained", "500_all"),
        figure("price_20_lines_50_offers_not_compiled", "50_list"),
    ]


def _near(cart: Cart, index: OfferIndex) -> Quote:
    """Asserts that the cart is the one described, and that the index changes only which refusals are told."""
    near = price(cart, index, RULES, at=0, explain="near")
    everything = price(cart, index, RULES, at=0)
    assert (len(near.applied), len(near.refused)) == (APPLYING, NEAR)
    assert len(everything.applied) + len(everything.refused) == len(index.offers)
    assert everything._replace(refused=near.refused) == near
    assert set(near.refused) <= set(everything.refused)
    return near


def _cart(seed: int) -> Cart:
    lines = tuple(
        Line(f"sku-{n}", 1 + n % 4, 500 + 37 * n + seed % 100, groups=frozenset({f"group-{n % 10}"}))
        for n in range(LINES)
    )
    return Cart(lines, delivery=495, shopper=Shopper(customer="17850"), codes=frozenset({CODE}))


def _request(cart: Cart) -> QuoteRequest:
    """The cart as a storefront sends it."""
    return QuoteRequest(
        lines=tuple(LineRequest(line.sku, line.quantity, line.unit_price) for line in cart.lines),
        customer=cart.shopper.customer,
        codes=tuple(cart.codes),
        delivery=cart.delivery,
    )


def _offers() -> list[Offer]:
    """Nine promotions, one a group, and the coupon on the order; fifteen that miss their minimum; twenty-five for
    segments of other people."""
    promotions = [
        Offer(f"on-{n}", "sale", (PercentOff(1_000, target=InGroups(frozenset({f"group-{n}"}))),), age=n)
        for n in range(APPLYING - 1)
    ]
    coupon = Offer("code", "coupon", (PercentOff(500),), age=99, coupon=CODE)
    near = [
        Offer(f"near-{n}", "order", (AmountOff(500),), (SubtotalAtLeast(1_000_000 + n),), age=100 + n)
        for n in range(NEAR)
    ]
    far = [
        Offer(f"far-{n}", "coupon", (PercentOff(500),), (InSegment(frozenset({f"s-{n}"})),), age=200 + n)
        for n in range(FAR)
    ]
    return [*promotions, coupon, *near, *far]


def _elsewhere(count: int) -> list[Offer]:
    """For goods, people, cards and codes that the cart has nothing to do with."""
    off = PercentOff(500)
    kinds: list[Callable[[str], Offer]] = [
        lambda name: Offer(name, "sale", (PercentOff(500, target=OfSkus(frozenset({f"not-{name}"}))),)),
        lambda name: Offer(name, "sale", (PercentOff(500, target=InGroups(frozenset({f"not-{name}"}))),)),
        lambda name: Offer(name, "coupon", (off,), (InSegment(frozenset({f"not-{name}"})),)),
        lambda name: Offer(name, "card", (off,), (HoldsCard(frozenset({f"not-{name}"})),)),
        lambda name: Offer(name, "coupon", (off,), coupon=f"NOT-{name}"),
    ]
    return [kinds[n % len(kinds)](f"elsewhere-{n}") for n in range(count)]


def _trip(
    kind: type[QuoteRequest | Cart], sent: object, *, answer: object | None = None
) -> Callable[[], object]:
    """Decode what was sent and encode it again, or the answer."""
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(kind)
    body = encoder.encode(sent)
    if answer is None:
        return lambda: encoder.encode(decoder.decode(body))

    def both() -> object:
        decoder.decode(body)
        return encoder.encode(answer)

    return both


def _medians(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Microseconds of processor time, each after a warm-up call of the same work."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            work()
            started = time.thread_time()
            work()
            times[name].append(time.thread_time() - started)
    return {name: statistics.median(found) * 1e6 for name, found in times.items()}
