"""Reads a worked case from one line of text, so that a table of them can be read aloud.

`2x500 tea lowest=400, 300, delivery 250 | SPRING coupon 10% tea from=1000 | floor=5% | SPRING 100, pay 1450`

Four columns: what is in the cart, and who asks; the offers; the store's rules; what is expected. Tables of cases lie in
tests/pricing/cases; the offers' words are listed in read_offer.py.

The cart: a line is its price, or `quantityxprice`, with its groups and marks (`lowest=` `cost=` `tax=` `old=` in days,
`never`, `preorder`); lines are called sku1, sku2... Other parts begin with a word:
`delivery 250` `at 15` `holds vip premium` `who ann` `segments silent` `tiers gold` `orders 3` `ago 10` (days since
the last order) `birthday -3` `partner blog` `links summer` `lists news` `visits 2` `codes SPRING` `ships courier`
`pays card` `day 5 600` (weekday, minute) `stocks cup 300 cost=100` (a product that gift offers may add).

The rules: `limit=30%` `limit:vip=20%` `floor=5%` `earn=1/100` `exclusive=first` `round=down` `leftover=last` `reuse=no`
`most=300%` (the cap on multipliers) `lanes=card+sale` (their order).

Expected: `CODE amount`, `CODE amount by cap`, `CODE refusal`, `CODE refusal missing`, `CODE loses to OTHER`,
`CODE capped by cap`, `pay total`, `lines 1 2 3` (the discount of each line), `fee n` (delivery to pay), `points n`,
`earns 1 2 3` (the points of each line), `gift CODE 1 cup`, `promise CODE campaign`.
"""

from dataclasses import dataclass

from pricing.earn_terms import EarnRule
from pricing.values import DEFAULT_LANES, Cart, Gift, Line, Offer, Quote, Rules, Shopper
from tests.pricing.read_offer import read_bp, read_offer

WHO_WORDS = (
    "holds",
    "who",
    "segments",
    "tiers",
    "orders",
    "ago",
    "birthday",
    "partner",
    "links",
    "lists",
    "visits",
)
CART_WORDS = (*WHO_WORDS, "delivery", "at", "codes", "ships", "pays", "day", "stocks")
DAY = 86_400

Parts = dict[str, list[str]]


@dataclass(frozen=True)
class Case:
    cart: Cart
    offers: tuple[Offer, ...]
    rules: Rules
    expected: frozenset[str]
    at: int = 0


def read_case(text: str) -> Case:
    goods, offers, rules, expected = (column.strip() for column in text.split("|"))
    cart, at = read_cart(goods)
    return Case(
        cart,
        tuple(read_offer(words, age) for age, words in enumerate(offers.split(",")) if words.strip()),
        read_rules(rules),
        frozenset(part.strip() for part in expected.split(",")),
        at,
    )


def describe(quote: Quote) -> frozenset[str]:
    """Everything a case may expect, in the same words."""
    said = {f"pay {quote.payable}", f"points {quote.points_to_earn}", f"fee {quote.delivery}"}
    said.add("lines " + " ".join(str(line.discount) for line in quote.lines))
    said.add("earns " + " ".join(str(line.points_to_earn) for line in quote.lines))
    for done in quote.applied:
        said.add(f"{done.offer} {done.amount}" + (f" by {done.capped_by}" if done.capped_by else ""))
    for turned in quote.refused:
        number = "" if turned.missing is None else f" {turned.missing}"
        said.add(f"{turned.offer or turned.coupon} {turned.refusal}{number}")
        if turned.better:
            said.add(f"{turned.offer} loses to {turned.better}")
        if turned.capped_by:
            said.add(f"{turned.offer} capped by {turned.capped_by}")
    said |= {f"gift {gift.offer} {gift.quantity} {gift.sku}" for gift in quote.gifts}
    said |= {f"promise {promise.offer} {promise.campaign}" for promise in quote.promised}
    return frozenset(said)


def read_cart(text: str) -> tuple[Cart, int]:
    """The cart and the moment."""
    parts = [part.split() for part in text.split(",") if part.strip()]
    said: Parts = {words[0]: words[1:] for words in parts if words[0] in CART_WORDS}
    goods = [words for words in parts if words[0] not in CART_WORDS]
    gifts = [read_gift(words[1:]) for words in parts if words[0] == "stocks"]
    at = int(first(said, "at") or 0)
    day, minute = (int(word) for word in said["day"]) if "day" in said else (None, None)
    cart = Cart(
        tuple(read_line(f"sku{n}", words) for n, words in enumerate(goods, 1)),
        delivery=int(first(said, "delivery") or 0),
        shopper=read_shopper(said, at=at),
        codes=frozenset(said.get("codes", ())),
        delivery_method=first(said, "ships"),
        payment_method=first(said, "pays"),
        weekday=day,
        minute=minute,
        gifts={gift.sku: gift for gift in gifts},
    )
    return cart, at


def read_shopper(said: Parts, *, at: int) -> Shopper:
    known = "who" in said or "holds" in said
    ago, birthday, visits = first(said, "ago"), first(said, "birthday"), first(said, "visits")
    return Shopper(
        (first(said, "who") or "ann") if known else None,
        segments=frozenset(said.get("segments", ())),
        tiers=frozenset(said.get("tiers", ())),
        cards=frozenset(said.get("holds", ())),
        orders=int(first(said, "orders") or 0),
        last_order_at=None if ago is None else at - int(ago) * DAY,
        birthday_offset_days=None if birthday is None else int(birthday),
        partner=first(said, "partner"),
        links=frozenset(said.get("links", ())),
        lists=frozenset(said.get("lists", ())),
        visits=None if visits is None else int(visits),
    )


def first(said: Parts, word: str) -> str | None:
    return said[word][0] if word in said else None


def read_line(sku: str, words: list[str]) -> Line:
    quantity, _, unit_price = words[0].rpartition("x")
    marks = dict(word.split("=") for word in words[1:] if "=" in word)
    bare = {word for word in words[1:] if "=" not in word}
    return Line(
        sku,
        int(quantity or 1),
        int(unit_price),
        groups=frozenset(bare - {"never", "preorder"}),
        never_discounted="never" in bare,
        lowest_price=int(marks["lowest"]) if "lowest" in marks else None,
        cost=int(marks["cost"]) if "cost" in marks else None,
        tax_bp=read_bp(marks.get("tax", "0")),
        stock_age_days=int(marks["old"]) if "old" in marks else None,
        is_preorder="preorder" in bare,
    )


def read_gift(words: list[str]) -> Gift:
    marks = dict(word.split("=") for word in words[2:])
    cost = int(marks["cost"]) if "cost" in marks else None
    return Gift(words[0], int(words[1]), cost=cost, tax_bp=read_bp(marks.get("tax", "0")))


def read_rules(text: str) -> Rules:
    marks = dict(word.split("=") for word in text.split())
    earn: tuple[EarnRule, ...] = ()
    if "earn" in marks:
        points, per_amount = marks["earn"].split("/")
        earn = (EarnRule(int(points), int(per_amount)),)
    lanes = {lane.code: lane for lane in DEFAULT_LANES}
    order = marks["lanes"].split("+") if "lanes" in marks else []
    return Rules(
        lanes=tuple(lanes[code] for code in [*order, *(code for code in lanes if code not in order)]),
        line_cap_bp=read_bp(marks["limit"]) if "limit" in marks else None,
        card_limits_bp={
            name.removeprefix("limit:"): read_bp(value)
            for name, value in marks.items()
            if name.startswith("limit:")
        },
        margin_floor_bp=read_bp(marks["floor"]) if "floor" in marks else None,
        earn=earn,
        exclusive_first=marks.get("exclusive") == "first",
        rounding=marks.get("round", "half_up"),
        leftover=marks.get("leftover", "largest"),
        reuses_units=marks.get("reuse") != "no",
        multiplier_cap_bp=read_bp(marks["most"]) if "most" in marks else None,
    )
