"""The finished calculation written down as a `Quote`."""

from collections.abc import Sequence

from pricing.basket import Basket
from pricing.claims import Claim
from pricing.earn import PaidLine, points_for
from pricing.values import Applied, Discount, Quote, QuotedLine, Refused, Rules


def write_quote(basket: Basket, claims: Sequence[Claim], refused: Sequence[Refused], rules: Rules) -> Quote:
    """`claims` in the order in which they acted, none of them empty."""
    lines = basket.cart.lines
    last = basket.delivery_slot
    paid = [PaidLine(basket.left[place], line.groups) for place, line in enumerate(lines)]
    earned = points_for(paid, rules.earn)
    discounts = _discounts_by_line(basket, claims)
    goods = sum(basket.gross[:last])
    left = sum(basket.left[:last])
    return Quote(
        lines=tuple(
            QuotedLine(
                sku=line.sku,
                quantity=line.quantity,
                gross=basket.gross[place],
                discount=basket.gross[place] - basket.left[place],
                net=basket.left[place],
                discounts=tuple(discounts[place]),
                points_to_earn=earned.per_line[place],
            )
            for place, line in enumerate(lines)
        ),
        applied=tuple(_applied(claim, last) for claim in claims),
        refused=tuple(refused),
        goods=goods,
        discount=goods - left,
        delivery_fee=basket.gross[last],
        delivery=basket.left[last],
        payable=left + basket.left[last],
        points_to_earn=earned.total,
    )


def _discounts_by_line(basket: Basket, claims: Sequence[Claim]) -> list[list[Discount]]:
    found: list[list[Discount]] = [[] for _ in basket.cart.lines]
    for claim in claims:
        for slot, amount in claim.taken.items():
            if amount and slot != basket.delivery_slot:
                found[slot].append(Discount(claim.offer.code, claim.offer.coupon, amount))
    return found


def _applied(claim: Claim, delivery_slot: int) -> Applied:
    return Applied(
        offer=claim.offer.code,
        coupon=claim.offer.coupon,
        lane=claim.offer.lane,
        amount=claim.total,
        delivery=claim.taken.get(delivery_slot, 0),
        capped_by=claim.capped_by,
        capped=claim.capped,
    )
