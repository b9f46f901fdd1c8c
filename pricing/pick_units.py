"""Which units of the lines reached are the cheapest or the dearest."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pricing.basket import Reach
from pricing.sight import Sight

CHEAPEST = "cheapest"
DEAREST = "dearest"
GIVES = (CHEAPEST, DEAREST)


class Run(NamedTuple):
    """Units of one line: they all cost the same."""

    slot: int
    units: int


def sort_units(sight: Sight, reach: Reach, give: str) -> list[Run]:
    """Cheapest or dearest first, by what is left of a unit. Ties go by sku, so the cart's order hardly matters.

    What costs nothing any more is left out: it can be neither bought nor given away.
    """
    lines, delivery = sight.basket.cart.lines, sight.basket.delivery_slot
    sign = 1 if give == CHEAPEST else -1
    units_of = zip(reach.slots, sight.units_of(reach), strict=True)
    priced = [(sight.unit_price(slot), slot, units) for slot, units in units_of if units]
    ordered = sorted(
        (sign * price, "" if slot == delivery else lines[slot].sku, slot, units)
        for price, slot, units in priced
        if price
    )
    return [Run(slot, units) for _, _, slot, units in ordered]


def pick(runs: Sequence[Run], count: int) -> dict[int, int]:
    """The first `count` units, by slot; all of them if there are fewer."""
    found: dict[int, int] = {}
    for run in runs:
        if count <= 0:
            break
        taken = min(run.units, count)
        found[run.slot] = found.get(run.slot, 0) + taken
        count -= taken
    return found


def pick_per_group(runs: Sequence[Run], count: int, *, group_of: int, give: str) -> dict[int, int]:
    """`runs` come dearest first and are divided into full groups of `group_of`; of each, the `count` cheapest or
    dearest. What makes no full group is left out."""
    grouped = sum(run.units for run in runs) // group_of * group_of
    skipped = group_of - count if give == CHEAPEST else 0

    def picked_before(place: int) -> int:
        groups, rest = divmod(min(place, grouped), group_of)
        return groups * count + min(max(0, rest - skipped), count)

    found: dict[int, int] = {}
    place = 0
    for run in runs:
        taken = picked_before(place + run.units) - picked_before(place)
        place += run.units
        if taken:
            found[run.slot] = taken
    return found


def count_units(runs: Sequence[Run]) -> int:
    return sum([run.units for run in runs])


def without(runs: Sequence[Run], taken: Mapping[int, int]) -> list[Run]:
    """The runs without the units taken, in the same order."""
    return [
        Run(run.slot, run.units - taken.get(run.slot, 0))
        for run in runs
        if run.units > taken.get(run.slot, 0)
    ]


def together(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    return {slot: one.get(slot, 0) + other.get(slot, 0) for slot in sorted({*one, *other})}


def as_reach(picked: Mapping[int, int]) -> Reach:
    slots = sorted(picked)
    return Reach(slots, [picked[slot] for slot in slots])
