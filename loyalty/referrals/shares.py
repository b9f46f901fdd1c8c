"""How many points a level comes to, and how many of them a return takes back. Plain arithmetic."""

from collections.abc import Sequence

from loyalty.reverse import part_of
from pricing.allocate import allocate
from pricing.values import WHOLE_BP

# A line of goods: what was paid for it, its units, and how many of them came back.
PaidGoods = tuple[int, int, int]


def points_for_level(paid: int, *, rate: int, is_share: bool, points_value: int) -> int:
    """The points of a level: `rate` points, or `rate` basis points of `paid`, each point at its worth.

    5 % of 40.00 are 2.00: 200 points worth 0.01 each. Where a point has no worth it stands for the smallest coin.
    Rounded half up.
    """
    if not is_share or not rate or not paid:
        return 0 if is_share else rate
    whole = WHOLE_BP * max(points_value, 1)
    return allocate(paid, [rate, whole - rate])[0]


def taken_back(points: int, goods: Sequence[PaidGoods]) -> int:
    """How many of `points` the refunded units take back; depends on what came back in all, not in how many parts."""
    weights = [paid for paid, _, _ in goods]
    if not any(weights):
        # A fixed reward for an order that cost nothing stays until all of it is back.
        return points if goods and all(back == units for _, units, back in goods) else 0
    shares = allocate(points, weights)
    return sum(
        part_of(share, refunded=back, quantity=units)
        for share, (_, units, back) in zip(shares, goods, strict=True)
    )
