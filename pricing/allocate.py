"""The one way in which money and points are divided."""

from collections.abc import Sequence
from operator import gt

from pricing.values import WHOLE_BP


def share(amount: int, rate_bp: int) -> int:
    """`rate_bp` basis points of `amount`, rounded half up. Neither may be negative."""
    if amount < 0 or rate_bp < 0:
        raise ValueError("a share is taken of amounts and rates that are not negative")
    return (amount * rate_bp + WHOLE_BP // 2) // WHOLE_BP


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` by `weights` with largest remainder, ties to the earlier; the parts sum to `total`.

    A zero weight gets zero. ValueError if something is negative, or if there is something to divide and
    no weight to carry it.
    """
    whole = sum(weights)
    if total < 0 or (weights and min(weights) < 0):
        raise ValueError("totals and weights cannot be negative")
    if total == 0:
        return [0] * len(weights)
    if whole == 0:
        raise ValueError("nothing carries a weight, so the total cannot be divided")
    products = [total * weight for weight in weights]
    parts = [product // whole for product in products]
    missing = total - sum(parts)
    if missing:
        # The sort is stable in reverse too, so tied remainders stay in the order of the lines. A zero weight
        # never receives a unit: fewer are missing than there are remainders above zero.
        remainders = [product % whole for product in products]
        for place in sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)[:missing]:
            parts[place] += 1
    return parts


def spread(amount: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Like `allocate`, but no part exceeds its room: what does not fit moves to the others.

    The parts sum to `amount`, or to all the room that carries a weight if that is less.
    """
    if amount <= sum(rooms) and any(weights):
        parts = allocate(amount, weights)
        if not any(map(gt, parts, rooms)):
            return parts
    return _fill(amount, weights, rooms)


def _fill(amount: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Each round places everything or fills a room, so there are at most as many rounds as rooms."""
    free = [place for place, weight in enumerate(weights) if weight]
    rest = min(amount, sum([rooms[place] for place in free]))
    parts = [0] * len(weights)
    while rest:
        asked = allocate(rest, [weights[place] for place in free])
        for place, wish in zip(free, asked, strict=True):
            fits = min(wish, rooms[place] - parts[place])
            parts[place] += fits
            rest -= fits
        free = [place for place in free if parts[place] < rooms[place]]
    return parts
