"""Which of the offers that compete for the same goods are used in a `best` lane."""

from collections.abc import Callable, Sequence

from pricing.claims import Claim

EXACT_RIVALS_MAX = 8
# Averages are compared as whole numbers of a millionth of a minor unit.
AVERAGE_SCALE = 1_000_000


def choose(claims: Sequence[Claim]) -> list[Claim]:
    """The set of compatible claims that takes most off, in the order given (by rank).

    Claims that want nothing another wants are always in. Of up to 8 rivals every compatible set is tried;
    of equal sets the one wins that holds the best ranked offer in which they differ. With more rivals two
    simple rules are tried, the largest amount first and the largest amount per line first, and the better
    result is kept (if equal, the first rule's).
    """
    crowded = _crowded_slots(claims)
    rivals = [claim for claim in claims if claim.wanted & crowded]
    winners = _best_set(rivals) if len(rivals) <= EXACT_RIVALS_MAX else _good_set(rivals)
    chosen = {id(claim) for claim in winners}
    return [claim for claim in claims if id(claim) in chosen or not claim.wanted & crowded]


def _crowded_slots(claims: Sequence[Claim]) -> int:
    """The slots that more than one claim wants, as a bit mask."""
    seen = crowded = 0
    for claim in claims:
        crowded |= seen & claim.wanted
        seen |= claim.wanted
    return crowded


def _best_set(rivals: Sequence[Claim]) -> list[Claim]:
    """Every compatible set is built once: with n rivals at most 2**n of them."""
    sets: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]
    for place, claim in enumerate(rivals):
        total, wanted = claim.total, claim.wanted
        sets += [
            (least - total, taken | wanted, (*members, place))
            for least, taken, members in sets
            if not taken & wanted
        ]
    # Totals are kept negative, so the smallest entry takes most off; members are places by rank.
    _, members = min((total, members) for total, _, members in sets)
    return [rivals[place] for place in members]


def _good_set(rivals: Sequence[Claim]) -> list[Claim]:
    by_amount = _greedy(rivals, lambda claim: -claim.total)
    by_average = _greedy(rivals, lambda claim: -(claim.total * AVERAGE_SCALE // claim.wanted.bit_count()))
    return max(by_amount, by_average, key=lambda found: sum(claim.total for claim in found))


def _greedy(rivals: Sequence[Claim], key: Callable[[Claim], int]) -> list[Claim]:
    """Takes each claim that still fits, in the order of `key`; the sort is stable, so ties go by rank."""
    found: list[Claim] = []
    taken = 0
    for claim in sorted(rivals, key=key):
        if not taken & claim.wanted:
            found.append(claim)
            taken |= claim.wanted
    return found
