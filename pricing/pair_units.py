"""Buy x, get y: which units are bought and which are given. No unit is both."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pricing.pick_units import Run, count_units, pick, together, without


class Pairing(NamedTuple):
    """Units by slot: those `given`, and all that the offer keeps, `given` included."""

    given: dict[int, int]
    kept: dict[int, int]


def pair_units(
    bought: Sequence[Run], given: Sequence[Run], *, buy: int, get: int, times_max: int | None
) -> Pairing | int:
    """The first units of `given` that leave enough to buy, then the first of `bought` that are left; or how many units
    are missing to do it once.

    It is done as often as there are units to buy, units to give, and enough for both together.
    """
    there, offered = count_units(bought), count_units(given)
    shared = _shared(bought, given)
    either = there + offered - sum(shared.values())
    times = min(there // buy, offered // get, either // (buy + get))
    if not times:
        return buy + get - min(min(there, buy) + min(offered, get), either)
    if times_max is not None:
        times = min(times, times_max)
    picked, from_bought = _pick_given(given, shared, times * get, spare=there - times * buy)
    paid = pick(without(bought, from_bought), times * buy)
    return Pairing(picked, together(picked, paid))


def _shared(bought: Sequence[Run], given: Sequence[Run]) -> dict[int, int]:
    """The units of each line that could be bought as well as given."""
    units = {run.slot: run.units for run in bought}
    return {run.slot: min(run.units, units[run.slot]) for run in given if run.slot in units}


def _pick_given(
    given: Sequence[Run], shared: Mapping[int, int], count: int, *, spare: int
) -> tuple[dict[int, int], dict[int, int]]:
    """`count` units in the order of `given`, of which at most `spare` could have been bought; and which those are."""
    picked: dict[int, int] = {}
    from_bought: dict[int, int] = {}
    for run in given:
        both = shared.get(run.slot, 0)
        own = min(count, run.units - both)
        common = min(count - own, both, spare)
        if own + common:
            picked[run.slot] = own + common
            from_bought[run.slot] = common
        count -= own + common
        spare -= common
    return picked, from_bought
