"""The offers of a worked case: `SPRING coupon 10%&free tea from=1000 alone`.

An offer is its code, its lane, what it gives, then terms in any order. What it gives (several joined by `&`):
`10%` off, `400` off, `50each`, `price=300` a unit, `3for1000`, `2+1` (buy 2 get 1), `one` (a unit free),
`steps:1000=5%/2000=10%` by subtotal, `steps#2=5%/4=10%` by quantity, `fee-50%`, `fee=99`, `free` (delivery),
`gift:cup/mug` added, `take:sku1` from the cart, `gift2:cup` two of them, `times2` or `times1.5` points, `plus50`
points, `next:autumn` (a coupon of that campaign).

Targets: names of groups, `sku=a+b`, `band=100-500`, `pick=cheapest/2/order` (or `/line`, `/group3`), `aged=30`,
`onfee`. How: `original` (of the original price), `dearest` (`2+1` and `one`), `at=50%` (`2+1` at half price),
`times=1` (at most once), `y=milk` (what is given with `2+1`).
Terms: `from=` `before=` (subtotal, after or before discounts) `units=` of a group `of=`; `has=` a sku, `hasgroup=`;
`known` `new` `segment=` `tier=` `card=vip+gold` `partner=` (`any`) `nth=` `every=` `ago=30-60` `birthday=7-3`
`ships=` `pays=` `day=5+6/540-1080` `link=` `older=30` `until=` `preorder` `list=` `visit=1-2`.
Else: `priority=` `starts=` `ends=` `open=10-20+30-40` (windows) `coupon=` `holder=` `uses=` `budget=` `alone` `skips`
`reuse=yes`.
"""

from collections.abc import Callable

from pricing import benefits, conditions, targets
from pricing.values import NO_CODES, Benefit, Condition, Offer, Target

Marks = dict[str, str]
BARE = frozenset({"original", "alone", "dearest", "known", "new", "preorder", "skips", "onfee"})


def read_offer(text: str, age: int) -> Offer:
    code, lane, gives, *terms = text.split()
    marks = dict(word.split("=") for word in terms if "=" in word)
    bare = frozenset(word for word in terms if "=" not in word)
    target = read_target(bare, marks)
    return Offer(
        code,
        lane,
        benefits=tuple(read_benefit(word, target, marks, bare) for word in gives.split("&")),
        conditions=read_conditions(marks, bare),
        priority=int(marks.get("priority", 100)),
        age=age,
        starts_at=number(marks, "starts"),
        ends_at=number(marks, "ends"),
        windows=read_windows(marks["open"]) if "open" in marks else None,
        coupon=marks.get("coupon"),
        holder=marks.get("holder"),
        uses_left=number(marks, "uses"),
        budget_left=number(marks, "budget"),
        exclusive="alone" in bare,
        skips_discounted="skips" in bare,
        reuses_units={"yes": True, "no": False}.get(marks.get("reuse", "")),
    )


def read_windows(text: str) -> tuple[tuple[int, int], ...]:
    pairs = [window.split("-") for window in text.split("+")]
    return tuple((int(starts), int(ends)) for starts, ends in pairs)


def read_target(bare: frozenset[str], marks: Marks) -> Target:
    groups = bare - BARE
    if "onfee" in bare:
        return targets.Delivery()
    if "sku" in marks:
        return targets.OfSkus(codes(marks["sku"]))
    if "band" in marks:
        least, most = span(marks["band"])
        return targets.PriceBand(price_min=least or 0, price_max=most)
    if "aged" in marks:
        return targets.OldStock(days=int(marks["aged"]), groups=groups)
    if "pick" in marks:
        give, count, per = marks["pick"].split("/")
        size = per.removeprefix("group")
        group_of = int(size) if per.startswith("group") else None
        per = "group" if group_of else per
        return targets.SomeUnits(give=give, count=int(count), per=per, group_of=group_of, groups=groups)
    return targets.InGroups(groups) if groups else targets.WHOLE_ORDER


def read_benefit(gives: str, target: Target, marks: Marks, bare: frozenset[str]) -> Benefit:
    for begins, read in BY_BEGIN.items():
        if gives.startswith(begins):
            return read(gives.removeprefix(begins), target)
    give = "dearest" if "dearest" in bare else "cheapest"
    times_max = number(marks, "times")
    if gives == "free":
        return benefits.DeliveryFixedPrice(0)
    if gives == "one":
        return benefits.CheapestFree(target=target, give=give)
    if "for" in gives:
        quantity, price = gives.split("for")
        return benefits.NForPrice(int(quantity), int(price), target=target, times_max=times_max)
    if "+" in gives:
        buy, get = gives.split("+")
        get_target = targets.InGroups(codes(marks["y"])) if "y" in marks else None
        rate_bp = read_bp(marks.get("at", "100%"))
        return benefits.BuyXGetY(
            buy=int(buy),
            get=int(get),
            buy_target=target,
            get_target=get_target,
            rate_bp=rate_bp,
            give=give,
            times_max=times_max,
        )
    if gives.endswith("each"):
        return benefits.AmountOffEach(int(gives.removesuffix("each")), target=target)
    if gives.endswith("%"):
        return benefits.PercentOff(read_bp(gives), target, of_original="original" in bare)
    return benefits.AmountOff(int(gives), target)


def read_steps(text: str) -> tuple[benefits.Step, ...]:
    steps = [step.split("=") for step in text.split("/")]
    return tuple(benefits.Step(at_least=int(least), rate_bp=read_bp(rate)) for least, rate in steps)


def gift(words: str, how: str, quantity: int = 1) -> Benefit:
    return benefits.GiftItem(skus=tuple(words.split("/")), quantity=quantity, how=how)


def codes(text: str) -> frozenset[str]:
    return frozenset(text.split("+"))


def number(marks: Marks, name: str) -> int | None:
    return int(marks[name]) if name in marks else None


def span(text: str) -> tuple[int | None, int | None]:
    """`30-60`, `30-` or `-60`."""
    least, _, most = text.partition("-")
    return int(least) if least else None, int(most) if most else None


def read_bp(text: str) -> int:
    """`12.5%` as 1250."""
    whole, _, part = text.rstrip("%").partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


BY_BEGIN: dict[str, Callable[[str, Target], Benefit]] = {
    "fee=": lambda rest, target: benefits.DeliveryFixedPrice(int(rest)),
    "fee-": lambda rest, target: benefits.DeliveryPercentOff(read_bp(rest)),
    "price=": lambda rest, target: benefits.FixedUnitPrice(int(rest), target=target),
    "steps:": lambda rest, target: benefits.PercentByThreshold(
        read_steps(rest), by="subtotal", target=target
    ),
    "steps#": lambda rest, target: benefits.PercentByThreshold(
        read_steps(rest), by="quantity", target=target
    ),
    "gift2:": lambda rest, target: gift(rest, "added", 2),
    "gift:": lambda rest, target: gift(rest, "added"),
    "take2:": lambda rest, target: gift(rest, "from_cart", 2),
    "take:": lambda rest, target: gift(rest, "from_cart"),
    "next:": lambda rest, target: benefits.NextCoupon(rest),
    "times": lambda rest, target: benefits.PointsMultiplier(read_bp(rest) * 100, target_groups(target)),
    "plus": lambda rest, target: benefits.ExtraPoints(int(rest)),
}


def target_groups(target: Target) -> frozenset[str]:
    return target.groups if isinstance(target, targets.InGroups) else NO_CODES


def read_conditions(marks: Marks, bare: frozenset[str]) -> tuple[Condition, ...]:
    of = codes(marks["of"]) if "of" in marks else NO_CODES
    found = [read(marks[word], of) for word, read in TERMS.items() if word in marks]
    return (*found, *(read() for word, read in PLAIN_TERMS.items() if word in bare))


def read_hours(text: str) -> conditions.WeekdayHours:
    days, _, hours = text.partition("/")
    least, most = span(hours) if hours else (0, 1440)
    weekdays = frozenset(int(day) for day in days.split("+")) if days else frozenset[int]()
    return conditions.WeekdayHours(weekdays, least or 0, most or 1440)


PLAIN_TERMS: dict[str, Callable[[], Condition]] = {
    "known": conditions.Registered,
    "new": conditions.NewCustomer,
    "preorder": conditions.PreorderOnly,
}
TERMS: dict[str, Callable[[str, frozenset[str]], Condition]] = {
    "from": lambda text, of: conditions.SubtotalAtLeast(int(text), groups=of),
    "before": lambda text, of: conditions.SubtotalAtLeast(int(text), groups=of, before_discounts=True),
    "units": lambda text, of: conditions.QuantityAtLeast(int(text), groups=of),
    "card": lambda text, of: conditions.HoldsCard(codes(text)),
    "has": lambda text, of: conditions.CartContains(skus=codes(text)),
    "hasgroup": lambda text, of: conditions.CartContains(groups=codes(text)),
    "segment": lambda text, of: conditions.InSegment(codes(text)),
    "tier": lambda text, of: conditions.InTier(codes(text)),
    "partner": lambda text, of: conditions.PartnerTraffic(NO_CODES if text == "any" else codes(text)),
    "nth": lambda text, of: conditions.NthOrder(int(text)),
    "every": lambda text, of: conditions.NthOrder(int(text), every=True),
    "ago": lambda text, of: conditions.DaysSinceLastOrder(*span(text)),
    "birthday": lambda text, of: conditions.NearBirthday(*(number or 0 for number in span(text))),
    "ships": lambda text, of: conditions.DeliveryMethod(codes(text)),
    "pays": lambda text, of: conditions.PaymentMethod(codes(text)),
    "day": lambda text, of: read_hours(text),
    "link": lambda text, of: conditions.CameByLink(codes(text)),
    "older": lambda text, of: conditions.StockOlderThan(int(text), groups=of),
    "until": lambda text, of: conditions.OrderedBefore(int(text)),
    "list": lambda text, of: conditions.Subscribed(codes(text)),
    "visit": lambda text, of: conditions.Visit(span(text)[0] or 1, span(text)[1]),
}
