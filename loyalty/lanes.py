"""The steps of a store's price calculation, in its order."""

from pricing.values import DEFAULT_LANES, Lane, Mode
from shop.models import Store

AFTER_CAPS = frozenset(lane.code for lane in DEFAULT_LANES if lane.after_caps)


def lanes_of(store: Store) -> tuple[Lane, ...]:
    """What the store has set; a step after the caps stays one."""
    adding = frozenset(store.lanes_adding)
    return tuple(
        Lane(code, Mode.ALL if code in adding else Mode.BEST, after_caps=code in AFTER_CAPS)
        for code in store.lane_order
    )
