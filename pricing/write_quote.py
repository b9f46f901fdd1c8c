"""The finished calculation written down as a `Quote`."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import add, sub

from pricing.allocate import allocate
from pricing.basket import Basket
from pricing.build_many import build_many, new_tuple
from pricing.claims import Claim
from pricing.earn import factors_of, gains_of, sum_by_line
from pricing.earn_terms import Gain
from pricing.sight import AddedGift, MorePoints, Multiplied, Promised
from pricing.values import (
    WHOLE_BP,
    Applied,
    Discount,
    Promise,
    Quote,
    QuotedGift,
    QuotedLine,
    Refused,
    Rules,
)

# No points and no balances: payment comes after the price.
NOT_PAID_YET = (repeat(0), repeat(0), repeat(0))


def write_quote(basket: Basket, claims: Sequence[Claim], refused: Sequence[Refused], rules: Rules) -> Quote:
    """`claims` in the order in which they acted, none of them empty."""
    last = basket.delivery_slot
    giving = [claim for claim in claims if claim.perks]
    goods = sum(basket.gross[:last])
    left = sum(basket.left[:last])
    lines, gains = _lines(basket, claims, giving, rules)
    return Quote(
        lines=lines,
        applied=tuple(_applied(claims, last)),
        refused=tuple(refused),
        goods=goods,
        discount=goods - left,
        delivery_fee=basket.gross[last],
        delivery=basket.left[last],
        payable=left + basket.left[last],
        points_to_earn=sum([line.points_to_earn for line in lines]) if giving or rules.earn else 0,
        gifts=_gifts(giving),
        promised=_promises(giving),
        rounding=rules.rounding,
        leftover=rules.leftover,
        reuses_units=rules.reuses_units,
        exclusive_first=rules.exclusive_first,
        gains=tuple(gains),
    )


def _lines(
    basket: Basket, claims: Sequence[Claim], giving: Sequence[Claim], rules: Rules
) -> tuple[tuple[QuotedLine, ...], list[Gain]]:
    gross, left = basket.gross, basket.left
    factors = _factors(basket, giving, rules)
    extras: Iterable[int] = _extra_points(basket, giving) if giving else repeat(0)
    gains = _gains(basket, factors, rules) if rules.earn else []
    earned: Iterable[int] = sum_by_line(gains, basket.delivery_slot) if gains else repeat(0)
    rows = zip(
        [line.sku for line in basket.cart.lines],
        basket.units,
        gross,
        map(sub, gross, left),
        left,
        _discounts_by_line(basket, claims),
        map(add, earned, extras) if giving else earned,
        *NOT_PAID_YET,
        factors,
        extras,
        strict=False,
    )
    return tuple(build_many(QuotedLine, rows)), gains


def _gains(basket: Basket, factors: Sequence[int], rules: Rules) -> list[Gain]:
    lines = basket.cart.lines
    return gains_of(basket.left[: len(lines)], factors, [line.groups for line in lines], rules.earn)


def _discounts_by_line(basket: Basket, claims: Sequence[Claim]) -> list[tuple[Discount, ...]]:
    found: list[tuple[Discount, ...]] = [()] * len(basket.units)
    for claim in claims:
        code, coupon = claim.offer.names
        for slot, amount in claim.taken.items():
            found[slot] += (new_tuple(Discount, (code, coupon, amount)),)
    return found


def _factors(basket: Basket, giving: Sequence[Claim], rules: Rules) -> list[int]:
    """What each line's points are multiplied by: multipliers add what they give besides the single points."""
    if rules.earn_factors:
        factors = factors_of([line.groups for line in basket.cart.lines], rules.earn_factors)
    else:
        factors = [WHOLE_BP] * basket.delivery_slot
    for claim in giving:
        for perk in claim.perks:
            if isinstance(perk, Multiplied):
                for place in perk.places:
                    factors[place] += perk.factor_bp - WHOLE_BP
    most = rules.multiplier_cap_bp
    return factors if most is None else [min(factor_bp, most) for factor_bp in factors]


def _extra_points(basket: Basket, giving: Sequence[Claim]) -> list[int]:
    """Extra points are shared by what is paid for the lines; where nothing is, by their quantities."""
    last = basket.delivery_slot
    points = sum([perk.points for claim in giving for perk in claim.perks if isinstance(perk, MorePoints)])
    if not points:
        return [0] * last
    paid = basket.left[:last]
    return allocate(points, paid if any(paid) else basket.units[:last])


def _applied(claims: Sequence[Claim], delivery_slot: int) -> list[Applied]:
    rows: list[tuple[object, ...]] = []
    for claim in claims:
        offer, taken = claim.offer, claim.taken
        total, points, factor_bp = sum(taken.values()), 0, WHOLE_BP
        if claim.perks:
            total, (points, factor_bp) = claim.total, _points_of(claim)
        off = taken.get(delivery_slot, 0)
        by, capped = claim.capped_by, claim.capped
        rows.append((offer.code, offer.coupon, offer.lane, total, off, by, capped, points, factor_bp))
    return build_many(Applied, rows)


def _points_of(claim: Claim) -> tuple[int, int]:
    extra = [perk.points for perk in claim.perks if isinstance(perk, MorePoints)]
    more = [perk.factor_bp - WHOLE_BP for perk in claim.perks if isinstance(perk, Multiplied)]
    return sum(extra), WHOLE_BP + sum(more)


def _gifts(giving: Sequence[Claim]) -> tuple[QuotedGift, ...]:
    return tuple(
        [
            QuotedGift(perk.gift.sku, perk.quantity, perk.gift.unit_price, *claim.offer.names)
            for claim in giving
            for perk in claim.perks
            if isinstance(perk, AddedGift)
        ]
    )


def _promises(giving: Sequence[Claim]) -> tuple[Promise, ...]:
    return tuple(
        [
            Promise(*claim.offer.names, perk.campaign)
            for claim in giving
            for perk in claim.perks
            if isinstance(perk, Promised)
        ]
    )
