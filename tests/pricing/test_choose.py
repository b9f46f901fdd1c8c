"""The search in a best lane, against one that simply tries everything."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pricing.choose import choose
from pricing.claims import Claim
from pricing.values import Offer
from tests.pricing.strategies import calmly

amounts_and_slots = st.tuples(st.integers(1, 6), st.integers(1, 63))


def claims_of(pairs: list[tuple[int, int]]) -> list[Claim]:
    """Claims that take `amount` off one slot and want all the slots of a bit mask."""
    return [
        Claim(Offer(f"o{place}", "coupon", ()), {0: amount}, wanted)
        for place, (amount, wanted) in enumerate(pairs)
    ]


def compatible(claims: tuple[Claim, ...]) -> bool:
    return all(not one.wanted & two.wanted for one, two in combinations(claims, 2))


def codes(claims: list[Claim] | tuple[Claim, ...]) -> list[str]:
    return [claim.offer.code for claim in claims]


@calmly
@given(st.lists(amounts_and_slots, max_size=8))
def test_up_to_eight_rivals_the_best_set_is_found_and_ties_go_by_rank(pairs: list[tuple[int, int]]) -> None:
    claims = claims_of(pairs)
    sets = [found for size in range(len(claims) + 1) for found in combinations(claims, size)]
    best = min(
        (found for found in sets if compatible(found)),
        key=lambda found: (-sum(claim.total for claim in found), codes(found)),
    )
    assert codes(choose(claims)) == codes(best)


@calmly
@given(st.lists(amounts_and_slots, min_size=9, max_size=30))
def test_beyond_eight_rivals_the_set_is_compatible_and_no_offer_that_fits_is_left_out(
    pairs: list[tuple[int, int]],
) -> None:
    claims = claims_of(pairs)
    chosen = choose(claims)
    assert compatible(tuple(chosen))
    taken = 0
    for claim in chosen:
        taken |= claim.wanted
    assert all(claim.wanted & taken for claim in claims)


def test_many_offers_for_parts_beat_one_for_the_whole() -> None:
    parts = [(10, 1 << place) for place in range(30)]
    assert len(choose(claims_of([(200, (1 << 30) - 1), *parts]))) == 30


def test_offers_that_nobody_rivals_do_not_count_as_rivals() -> None:
    rivals = [(5, 0b011), (4, 0b001), (4, 0b010)]
    others = [(1, 1 << place) for place in range(10, 40)]
    assert len(choose(claims_of(rivals + others))) == 32
