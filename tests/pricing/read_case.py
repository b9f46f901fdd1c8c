"""Reads a worked case from one line of text, so that a table of them can be read aloud.

`2x500 tea lowest=400, 300, delivery 250 | SPRING coupon 10% tea from=1000 | floor=5% | SPRING 100, pay 1450`

Columns: what is in the cart; the offers (code, lane, benefit, then terms in any order); the store's rules;
what is expected: `CODE amount`, `CODE amount by cap`, `CODE refusal`, `CODE refusal missing`, `pay total`,
`lines 1 2 3` (the discount of each line), `points n`. Cards: `1000, holds vip` is a shopper with one, an offer asks
for it with `card=vip`, and `limit:vip=20%` among the rules is what its plan allows on a line.
"""

from dataclasses import dataclass

from pricing.benefits import AmountOff, DeliveryFixedPrice, DeliveryPercentOff, PercentOff
from pricing.conditions import CartContains, HoldsCard, QuantityAtLeast, SubtotalAtLeast
from pricing.targets import WHOLE_ORDER, InGroups, OfSkus
from pricing.values import Benefit, Cart, Condition, EarnRule, Line, Offer, Quote, Rules, Shopper, Target


@dataclass(frozen=True)
class Case:
    cart: Cart
    offers: tuple[Offer, ...]
    rules: Rules
    expected: frozenset[str]


def read_case(text: str) -> Case:
    goods, offers, rules, expected = (column.strip() for column in text.split("|"))
    return Case(
        read_cart(goods),
        tuple(read_offer(words, age) for age, words in enumerate(offers.split(",")) if words.strip()),
        read_rules(rules),
        frozenset(part.strip() for part in expected.split(",")),
    )


def describe(quote: Quote) -> frozenset[str]:
    """Everything a case may expect, in the same words."""
    said = {f"pay {quote.payable}", f"points {quote.points_to_earn}"}
    said.add("lines " + " ".join(str(line.discount) for line in quote.lines))
    for done in quote.applied:
        said.add(f"{done.offer} {done.amount}" + (f" by {done.capped_by}" if done.capped_by else ""))
    for turned in quote.refused:
        number = "" if turned.missing is None else f" {turned.missing}"
        said.add(f"{turned.offer} {turned.refusal}{number}")
    return frozenset(said)


def read_cart(text: str) -> Cart:
    parts = [part.split() for part in text.split(",")]
    fee = sum(int(words[1]) for words in parts if words[0] == "delivery")
    cards = [card for words in parts if words[0] == "holds" for card in words[1:]]
    goods = [words for words in parts if words[0] not in ("delivery", "holds")]
    return Cart(
        tuple(read_line(f"sku{n}", words) for n, words in enumerate(goods, 1)),
        delivery=fee,
        shopper=Shopper("ann", cards=frozenset(cards)) if cards else Shopper(),
    )


def read_line(sku: str, words: list[str]) -> Line:
    quantity, _, unit_price = words[0].rpartition("x")
    marks = dict(word.split("=") for word in words[1:] if "=" in word)
    return Line(
        sku,
        int(quantity or 1),
        int(unit_price),
        groups=frozenset(word for word in words[1:] if "=" not in word and word != "never"),
        never_discounted="never" in words,
        lowest_price=int(marks["lowest"]) if "lowest" in marks else None,
        cost=int(marks["cost"]) if "cost" in marks else None,
        tax_bp=read_bp(marks.get("tax", "0")),
    )


def read_offer(text: str, age: int) -> Offer:
    code, lane, gives, *terms = text.split()
    marks = dict(word.split("=") for word in terms if "=" in word)
    groups = frozenset(word for word in terms if "=" not in word) - {"original", "alone"}
    return Offer(
        code,
        lane,
        benefits=(read_benefit(gives, read_target(groups, marks), "original" in terms),),
        conditions=read_conditions(marks),
        priority=int(marks.get("priority", 100)),
        age=age,
        exclusive="alone" in terms,
    )


def read_target(groups: frozenset[str], marks: dict[str, str]) -> Target:
    if "sku" in marks:
        return OfSkus(frozenset({marks["sku"]}))
    return InGroups(groups) if groups else WHOLE_ORDER


def read_benefit(gives: str, target: Target, of_original: bool) -> Benefit:
    if gives == "free":
        return DeliveryFixedPrice(0)
    if gives.startswith("fee="):
        return DeliveryFixedPrice(int(gives.removeprefix("fee=")))
    if gives.startswith("fee-"):
        return DeliveryPercentOff(read_bp(gives.removeprefix("fee-")))
    if gives.endswith("%"):
        return PercentOff(read_bp(gives), target, of_original=of_original)
    return AmountOff(int(gives), target)


def read_conditions(marks: dict[str, str]) -> tuple[Condition, ...]:
    found: list[Condition] = []
    if "from" in marks:
        found.append(SubtotalAtLeast(int(marks["from"]), groups=frozenset(marks.get("of", "").split())))
    if "before" in marks:
        found.append(SubtotalAtLeast(int(marks["before"]), before_discounts=True))
    if "units" in marks:
        found.append(QuantityAtLeast(int(marks["units"]), groups=frozenset(marks.get("of", "").split())))
    if "card" in marks:
        found.append(HoldsCard(frozenset(marks["card"].split("+"))))
    if "has" in marks:
        found.append(CartContains(skus=frozenset({marks["has"]})))
    return tuple(found)


def read_rules(text: str) -> Rules:
    marks = dict(word.split("=") for word in text.split())
    earn: tuple[EarnRule, ...] = ()
    if "earn" in marks:
        points, per_amount = marks["earn"].split("/")
        earn = (EarnRule(int(points), int(per_amount)),)
    return Rules(
        line_cap_bp=read_bp(marks["limit"]) if "limit" in marks else None,
        card_limits_bp={
            name.removeprefix("limit:"): read_bp(value)
            for name, value in marks.items()
            if name.startswith("limit:")
        },
        margin_floor_bp=read_bp(marks["floor"]) if "floor" in marks else None,
        earn=earn,
        exclusive_first="exclusive=first" in text.split(),
    )


def read_bp(text: str) -> int:
    """`12.5%` as 1250."""
    whole, _, part = text.rstrip("%").partition(".")
    return int(whole) * 100 + int((part + "00")[:2])
