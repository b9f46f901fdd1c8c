"""The one way in which money and points are divided."""

from collections.abc import Sequence
from operator import gt

from pricing.values import WHOLE_BP


def share(amount: int, rate_bp: int) -> int:
    """`rate_bp` basis points of `amount`, rounded half up. Neither may be negative."""
    if amount < 0 or rate_bp < 0:
        raise ValueError("a share is taken of amounts and rates that are not negative")
    return (amount * rate_bp + WHOLE_BP // 2) // WHOLE_BP


def allocate(total: int, weights: Sequence[int], leftover: str = "largest") -> list[int]:
    """Divide `total` by `weights`; the parts sum to `total` and a zero weight gets zero.

    What does not divide goes, one unit a part, by largest remainder (ties to the earlier), or to the "first" or the
    "last" parts that carry a weight. ValueError if something is negative, or if there is something to divide
    and no weight to carry it.
    """
    whole = sum(weights)
    if total < 0 or (weights and min(weights) < 0):
        raise ValueError("totals and weights cannot be negative")
    if total == 0:
        return [0] * len(weights)
    if whole == 0:
        raise ValueError("nothing carries a weight, so the total cannot be divided")
    return divide(total, weights, whole, leftover)


def divide(total: int, weights: Sequence[int], whole: int, leftover: str = "largest") -> list[int]:
    """`allocate` for who has looked already: nothing is negative, and the weights sum to `whole`, above zero."""
    count = len(weights)
    if count == 1:
        return [total]
    if count == 2 and leftover == "largest":
        # The two remainders sum to the whole, so the first one's tells which is larger.
        part = (total * weights[0] * 2 + whole) // (whole * 2)
        return [part, total - part]
    parts = [total * weight // whole for weight in weights]
    missing = total - sum(parts)
    if missing:
        for place in _served(total, weights, whole, leftover, missing):
            parts[place] += 1
    return parts


def _served(total: int, weights: Sequence[int], whole: int, leftover: str, missing: int) -> Sequence[int]:
    """The places of the parts that get one of the `missing` units. One without a weight never does: fewer are
    missing than there are remainders above zero."""
    if leftover == "largest":
        remainders = [total * weight % whole for weight in weights]
        # The sort is stable in reverse too, so tied remainders stay in the order of the lines.
        return sorted(range(len(remainders)), key=remainders.__getitem__, reverse=True)[:missing]
    carrying = [place for place, weight in enumerate(weights) if weight]
    return carrying[:missing] if leftover == "first" else carrying[-missing:]


def spread(amount: int, weights: Sequence[int], rooms: Sequence[int], leftover: str = "largest") -> list[int]:
    """Like `allocate`, but no part exceeds its room: what does not fit moves to the others.

    The parts sum to `amount`, or to all the room that carries a weight if that is less.
    """
    if amount <= sum(rooms) and any(weights):
        parts = allocate(amount, weights, leftover)
        if not any(map(gt, parts, rooms)):
            return parts
    return _fill(amount, weights, rooms, leftover)


def _fill(amount: int, weights: Sequence[int], rooms: Sequence[int], leftover: str) -> list[int]:
    """Each round places everything or fills a room, so there are at most as many rounds as rooms."""
    free = [place for place, weight in enumerate(weights) if weight]
    rest = min(amount, sum([rooms[place] for place in free]))
    parts = [0] * len(weights)
    while rest:
        asked = allocate(rest, [weights[place] for place in free], leftover)
        for place, wish in zip(free, asked, strict=True):
            fits = min(wish, rooms[place] - parts[place])
            parts[place] += fits
            rest -= fits
        free = [place for place in free if parts[place] < rooms[place]]
    return parts
