"""What must hold for every quote, whatever the cart, the offers and the rules. Each check raises AssertionError."""

from collections.abc import Callable
from itertools import pairwise

from pricing.allocate import allocate
from pricing.basket import least_price
from pricing.benefits import BuyXGetY, CheapestFree, GiftItem, NForPrice
from pricing.cards import plans_of
from pricing.values import WHOLE_BP, Applied, Discount, Line, Offer, Promise, Quote, QuotedGift, Refused
from tests.pricing.draw_case import NOW, Drawn

Key = tuple[str, str]
# Caps judge what these give over all the units that earned it.
POOLED = (NForPrice, BuyXGetY, CheapestFree, GiftItem)


def key(part: Applied | Refused | Discount | QuotedGift | Promise) -> Key:
    """One offer may be there behind several coupons."""
    return (part.offer, part.coupon or "")


def offer_key(offer: Offer) -> Key:
    return (offer.code, offer.coupon or "")


def every_sum_is_exact(drawn: Drawn, quote: Quote) -> None:
    for line in quote.lines:
        assert line.gross - line.discount == line.net
        assert sum(part.amount for part in line.discounts) == line.discount
    assert quote.goods == sum(line.unit_price * line.quantity for line in drawn.cart.lines)
    assert quote.discount == sum(line.discount for line in quote.lines)
    assert quote.payable == quote.goods - quote.discount + quote.delivery
    assert quote.points_to_earn == sum(line.points_to_earn for line in quote.lines)
    off_delivery = sum(offer.delivery for offer in quote.applied)
    assert quote.delivery == drawn.cart.delivery - off_delivery
    gifts = sum(gift.unit_price * gift.quantity for gift in quote.gifts)
    assert sum(offer.amount for offer in quote.applied) == quote.discount + off_delivery + gifts


def what_an_offer_took_is_the_sum_of_its_parts(drawn: Drawn, quote: Quote) -> None:
    for applied in quote.applied:
        parts = [part for line in quote.lines for part in line.discounts if key(part) == key(applied)]
        gifts = [gift for gift in quote.gifts if key(gift) == key(applied)]
        worth = sum(gift.unit_price * gift.quantity for gift in gifts)
        assert applied.amount == sum(part.amount for part in parts) + applied.delivery + worth
    applied_keys = set(map(key, quote.applied))
    assert applied_keys >= set(map(key, quote.gifts))
    assert applied_keys >= set(map(key, quote.promised))


def nothing_is_negative(drawn: Drawn, quote: Quote) -> None:
    assert min(quote.payable, quote.delivery, quote.discount, quote.points_to_earn) >= 0
    assert all(line.net >= 0 and line.discount >= 0 and line.points_to_earn >= 0 for line in quote.lines)
    assert all(part.amount > 0 for line in quote.lines for part in line.discounts)
    for applied in quote.applied:
        assert min(applied.amount, applied.delivery, applied.capped, applied.points) >= 0
        assert applied.factor_bp >= WHOLE_BP


def an_applied_offer_gives_something(drawn: Drawn, quote: Quote) -> None:
    given = set(map(key, quote.gifts)) | set(map(key, quote.promised))
    for applied in quote.applied:
        perks = applied.points > 0 or applied.factor_bp > WHOLE_BP or key(applied) in given
        assert applied.amount > 0 or perks


def every_offer_is_applied_or_refused_once(drawn: Drawn, quote: Quote) -> None:
    decided = [key(offer) for offer in quote.applied]
    decided += [key(refused) for refused in quote.refused if refused.offer]
    assert sorted(decided) == sorted(offer_key(offer) for offer in drawn.offers)
    unknown = [refused.coupon for refused in quote.refused if not refused.offer]
    assert unknown == sorted(drawn.cart.codes - {offer.coupon for offer in drawn.offers})


def lowest_prices_hold(drawn: Drawn, quote: Quote) -> None:
    for line, quoted in zip(drawn.cart.lines, quote.lines, strict=True):
        assert quoted.net >= least_price(line)
        assert not (line.never_discounted and quoted.discount)


def the_line_limit_holds(drawn: Drawn, quote: Quote) -> None:
    limit_bp = drawn.rules.line_cap_bp
    if limit_bp is not None:
        rooms = [quoted.gross * limit_bp for quoted in quote.lines]
        _rooms_hold(drawn, quote, rooms, scale=WHOLE_BP)


def the_margin_floor_holds(drawn: Drawn, quote: Quote) -> None:
    """A line sold under its floor without any discount has no room at all, and so none to lend to others."""
    floor_bp = drawn.rules.margin_floor_bp
    if floor_bp is not None:
        scale = WHOLE_BP - floor_bp
        rooms = [
            max(0, line.quantity * (line.unit_price * scale - (line.cost or 0) * (WHOLE_BP + line.tax_bp)))
            for line in drawn.cart.lines
        ]
        _rooms_hold(drawn, quote, rooms, scale=scale, gifts=_net_price_of_gifts(drawn, quote, floor_bp))


def the_limit_of_the_card_used_holds(drawn: Drawn, quote: Quote) -> None:
    plans = [plans for plans in map(_plans(drawn), quote.applied) if plans]
    if not plans:
        return
    counting = frozenset.intersection(drawn.cart.shopper.cards, *plans)
    assert counting, "one card counts in an order"
    limits = [drawn.rules.card_limits_bp.get(plan, WHOLE_BP) for plan in counting]
    rooms = [quoted.gross * max(limits) for quoted in quote.lines]
    _rooms_hold(drawn, quote, rooms, scale=WHOLE_BP)


def _plans(drawn: Drawn) -> Callable[..., frozenset[str]]:
    offers = {offer_key(offer): offer for offer in drawn.offers}
    return lambda applied: plans_of(offers[key(applied)], drawn.rules)


def _rooms_hold(drawn: Drawn, quote: Quote, rooms: list[int], *, scale: int, gifts: int = 0) -> None:
    """By line where no offer judged over several units took part; else over the whole order.

    `rooms` are in parts of a minor unit: there are `scale` in one.
    """
    pooled = {offer.code for offer in drawn.offers if _is_pooled(offer)}
    for quoted, room in zip(quote.lines, rooms, strict=True):
        if pooled.isdisjoint(part.offer for part in quoted.discounts):
            assert quoted.discount <= room // scale
    assert quote.discount + gifts <= sum(rooms) // scale


def _is_pooled(offer: Offer) -> bool:
    return any(isinstance(benefit, POOLED) for benefit in offer.benefits)


def _net_price_of_gifts(drawn: Drawn, quote: Quote, floor_bp: int) -> int:
    """What the gifts must be paid for with, at least, net of tax."""
    costs = [(drawn.cart.gifts[gift.sku].cost or 0) * gift.quantity for gift in quote.gifts]
    return sum(cost * WHOLE_BP // (WHOLE_BP - floor_bp) for cost in costs)


def an_offer_never_passes_its_budget(drawn: Drawn, quote: Quote) -> None:
    budgets = {offer_key(offer): offer.budget_left for offer in drawn.offers}
    for applied in quote.applied:
        budget = budgets[key(applied)]
        assert budget is None or applied.amount <= budget


def an_exclusive_offer_stands_alone(drawn: Drawn, quote: Quote) -> None:
    exclusive = {offer_key(offer) for offer in drawn.offers if offer.exclusive}
    applied = [key(offer) for offer in quote.applied]
    assert len(applied) == 1 or exclusive.isdisjoint(applied)


def who_may_not_does_not(drawn: Drawn, quote: Quote) -> None:
    """Only offers that run now, with a use left, and in the right hands."""
    offers = {offer_key(offer): offer for offer in drawn.offers}
    for applied in quote.applied:
        offer = offers[key(applied)]
        assert offer.starts_at is None or offer.starts_at <= NOW
        assert offer.ends_at is None or offer.ends_at > NOW
        assert offer.windows is None or any(starts <= NOW < ends for starts, ends in offer.windows)
        assert offer.coupon is None or offer.coupon in drawn.cart.codes
        assert offer.holder is None or offer.holder == drawn.cart.shopper.customer
        assert offer.uses_left is None or offer.uses_left > 0


def what_skips_discounted_goods_does(drawn: Drawn, quote: Quote) -> None:
    places = {lane.code: place for place, lane in enumerate(drawn.rules.lanes)}
    lanes = {offer.code: places.get(offer.lane, 0) for offer in drawn.offers}
    skipping = {offer.code for offer in drawn.offers if offer.skips_discounted}
    for line in quote.lines:
        for part in line.discounts:
            if part.offer in skipping and not drawn.has_caps:
                assert all(lanes[other.offer] >= lanes[part.offer] for other in line.discounts)


def multipliers_stay_under_their_cap(drawn: Drawn, quote: Quote) -> None:
    cap_bp = drawn.rules.multiplier_cap_bp
    assert cap_bp is None or all(line.factor_bp <= cap_bp for line in quote.lines)


def settings_are_told(drawn: Drawn, quote: Quote) -> None:
    rules = drawn.rules
    assert (quote.rounding, quote.leftover) == (rules.rounding, rules.leftover)
    assert (quote.reuses_units, quote.exclusive_first) == (rules.reuses_units, rules.exclusive_first)


def nothing_is_capped_without_caps(drawn: Drawn, quote: Quote) -> None:
    if not drawn.has_caps:
        assert not any(offer.capped or offer.capped_by for offer in quote.applied)
        assert not any(refused.capped_by for refused in quote.refused)


def a_refund_returns_every_cent(drawn: Drawn, quote: Quote) -> None:
    """Unit by unit, as checkout counts: what the units refunded by now come to, less what they came to before."""
    for line, quoted in zip(drawn.cart.lines, quote.lines, strict=True):
        returned = [_refund(quoted.net, line, units) for units in range(line.quantity + 1)]
        steps = [after - before for before, after in pairwise(returned)]
        assert min(steps) >= 0
        assert sum(steps) == quoted.net


def _refund(paid: int, line: Line, units: int) -> int:
    return allocate(paid, [units, line.quantity - units])[0]


QUOTE_CHECKS: tuple[Callable[[Drawn, Quote], None], ...] = (
    every_sum_is_exact,
    what_an_offer_took_is_the_sum_of_its_parts,
    nothing_is_negative,
    an_applied_offer_gives_something,
    every_offer_is_applied_or_refused_once,
    lowest_prices_hold,
    the_line_limit_holds,
    the_margin_floor_holds,
    the_limit_of_the_card_used_holds,
    an_offer_never_passes_its_budget,
    an_exclusive_offer_stands_alone,
    who_may_not_does_not,
    what_skips_discounted_goods_does,
    multipliers_stay_under_their_cap,
    settings_are_told,
    nothing_is_capped_without_caps,
    a_refund_returns_every_cent,
)
