"""Which of the offers that compete for the same units are used in a `best` lane."""

from collections.abc import Callable, Sequence

from pricing.claims import Claim, gifts_worth

EXACT_RIVALS_MAX = 8
# Averages are compared as whole numbers of a millionth of a minor unit.
AVERAGE_SCALE = 1_000_000
# Money off goes before the price of gifts, which is not taken off what the shopper pays.
GIFTS_BITS = 64


def choose(claims: Sequence[Claim], units: Sequence[int], used: Sequence[int] | None = None) -> list[Claim]:
    """The set of compatible claims that takes most off, in the order given (by rank).

    `units` is how many each slot has, `used` how many of them earlier offers have used (None: nobody asks). A set is
    compatible if it wants no slot's units more often than there are. Claims that want nothing another could miss
    are always in. Gifts that are added take nothing off: their price only decides between equals.

    Of up to 8 rivals every compatible set is tried; of equal sets the one wins that holds the best ranked offer in
    which they differ. With more rivals two simple rules are tried, the largest amount first and the largest
    amount per line first, and the better result is kept (if equal, the first rule's).
    """
    contested = _contested(claims)
    if not contested:
        return list(claims)
    scales = _Scales(contested, claims, units, used)
    rivals = [claim for claim in claims if claim.wanted & scales.crowded]
    winners = _best_set(rivals, scales) if len(rivals) <= EXACT_RIVALS_MAX else _good_set(rivals, scales)
    chosen = {id(claim) for claim in winners}
    return [claim for claim in claims if id(claim) in chosen or not claim.wanted & scales.crowded]


def _contested(claims: Sequence[Claim]) -> int:
    """The slots that more than one claim wants, as a bit mask."""
    seen = contested = 0
    for claim in claims:
        contested |= seen & claim.wanted
        seen |= claim.wanted
    return contested


class _Scales:
    """Tells whether claims fit together, all slots at once.

    Each crowded slot is a field of one whole number, wide enough for twice its units, that begins so far below the
    field's highest bit that the bit is set as soon as more units are wanted than there are. Where all claims want
    whole lines, a line counts as one unit.
    """

    __slots__ = ("_fields", "crowded", "empty", "guards")

    def __init__(
        self, contested: int, claims: Sequence[Claim], units: Sequence[int], used: Sequence[int] | None
    ) -> None:
        self._fields: list[tuple[int, int, int, int]] = []
        self.crowded = self.empty = self.guards = 0
        if any(claim.needs is not None for claim in claims):
            self._add_fields(contested, claims, units, used)
        else:
            self.crowded = contested
            self.guards = _two_bits_each(contested) << 1

    def _add_fields(
        self, contested: int, claims: Sequence[Claim], units: Sequence[int], used: Sequence[int] | None
    ) -> None:
        shift = 0
        for slot in range(contested.bit_length()):
            if not contested >> slot & 1:
                continue
            rivals = [claim for claim in claims if claim.wanted >> slot & 1]
            most, spoilt = units[slot], used[slot] if used else 0
            if spoilt and all(claim.is_fresh for claim in rivals):
                most, spoilt = most - spoilt, 0
            if sum([self._needed(claim, slot, most, spoilt) for claim in rivals]) <= most:
                continue
            self.crowded |= 1 << slot
            self._fields.append((slot, shift, most, spoilt))
            guard = 1 << most.bit_length()
            self.empty |= (guard - 1 - most) << shift
            self.guards |= guard << shift
            shift += most.bit_length() + 1

    def weight(self, claim: Claim) -> int:
        if not self._fields:
            return _two_bits_each(claim.wanted & self.crowded)
        return sum(
            [self._needed(claim, slot, most, spoilt) << shift for slot, shift, most, spoilt in self._fields]
        )

    def _needed(self, claim: Claim, slot: int, most: int, spoilt: int) -> int:
        """Beside claims that may reuse units, one to fresh units leaves the `spoilt` ones to nobody, as their price
        is no longer that of a unit."""
        if not claim.wanted >> slot & 1:
            return 0
        if claim.needs is None:
            return most
        return min(most, claim.needs[slot] + (spoilt if claim.is_fresh else 0))


def _two_bits_each(mask: int) -> int:
    """Each bit of the mask in a field of two: its binary digits read as those of base four."""
    return int(f"{mask:b}", 4)


def _best_set(rivals: Sequence[Claim], scales: _Scales) -> list[Claim]:
    """Every compatible set is built once: with n rivals at most 2**n of them."""
    guards = scales.guards
    sets: list[tuple[int, int, tuple[int, ...]]] = [(0, scales.empty, ())]
    for place, claim in enumerate(rivals):
        total, weight = _value(claim), scales.weight(claim)
        sets += [
            (least - total, taken + weight, (*members, place))
            for least, taken, members in sets
            if not (taken + weight) & guards
        ]
    # Totals are kept negative, so the smallest entry takes most off; members are places by rank.
    _, members = min((total, members) for total, _, members in sets)
    return [rivals[place] for place in members]


def _good_set(rivals: Sequence[Claim], scales: _Scales) -> list[Claim]:
    by_amount = _greedy(rivals, scales, lambda claim: -_value(claim))
    by_average = _greedy(
        rivals, scales, lambda claim: -(_value(claim) * AVERAGE_SCALE // claim.wanted.bit_count())
    )
    return max(by_amount, by_average, key=lambda found: sum(map(_value, found)))


def _value(claim: Claim) -> int:
    """What the claim takes off; between equals, what the gifts that it adds are worth."""
    off = sum(claim.taken.values())
    return (off << GIFTS_BITS) + gifts_worth(claim.perks) if claim.perks else off << GIFTS_BITS


def _greedy(rivals: Sequence[Claim], scales: _Scales, key: Callable[[Claim], int]) -> list[Claim]:
    """Takes each claim that still fits, in the order of `key`; the sort is stable, so ties go by rank."""
    found: list[Claim] = []
    taken = scales.empty
    for claim in sorted(rivals, key=key):
        weight = scales.weight(claim)
        if not (taken + weight) & scales.guards:
            found.append(claim)
            taken += weight
    return found
