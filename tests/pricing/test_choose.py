"""The search in a best lane, against one that simply tries everything."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pricing.choose import choose
from pricing.claims import Claim
from pricing.values import Offer
from tests.pricing.strategies import calmly

ONE_EACH = (1,) * 64
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
    assert codes(choose(claims, ONE_EACH)) == codes(best)


@calmly
@given(st.lists(amounts_and_slots, min_size=9, max_size=30))
def test_beyond_eight_rivals_the_set_is_compatible_and_no_offer_that_fits_is_left_out(
    pairs: list[tuple[int, int]],
) -> None:
    claims = claims_of(pairs)
    chosen = choose(claims, ONE_EACH)
    assert compatible(tuple(chosen))
    taken = 0
    for claim in chosen:
        taken |= claim.wanted
    assert all(claim.wanted & taken for claim in claims)


def test_many_offers_for_parts_beat_one_for_the_whole() -> None:
    parts = [(10, 1 << place) for place in range(30)]
    assert len(choose(claims_of([(200, (1 << 30) - 1), *parts]), ONE_EACH)) == 30


def test_offers_that_nobody_rivals_do_not_count_as_rivals() -> None:
    rivals = [(5, 0b011), (4, 0b001), (4, 0b010)]
    others = [(1, 1 << place) for place in range(10, 40)]
    assert len(choose(claims_of(rivals + others), ONE_EACH)) == 32


def fillers(*groups: int) -> list[tuple[int, int]]:
    """Rivals for slots far away: so many for each."""
    return [(1, 1 << 10 + place) for place, count in enumerate(groups) for _ in range(count)]


def test_of_eight_rivals_the_best_set_is_searched_exactly_and_of_nine_the_largest_goes_first() -> None:
    """7 for the two middle slots is the largest and has the best average, but 6 and 6 beside each other are more."""
    middle = [(7, 0b0110), (6, 0b0011), (6, 0b1100)]
    eight = codes(choose(claims_of(middle + fillers(2, 3)), ONE_EACH))
    assert eight == ["o1", "o2", "o3", "o5"]
    nine = codes(choose(claims_of(middle + fillers(3, 3)), ONE_EACH))
    assert nine == ["o0", "o3", "o6"]


def test_beyond_eight_the_largest_amount_wins_where_averages_mislead() -> None:
    wide_and_narrow = [(10, 0b111111), (2, 0b1)]
    assert codes(choose(claims_of(wide_and_narrow + fillers(4, 4)), ONE_EACH)) == ["o0", "o2", "o6"]


def test_beyond_eight_the_largest_average_wins_where_amounts_mislead() -> None:
    wide_and_narrow = [(5, 0b111), (3, 0b001), (3, 0b010)]
    assert codes(choose(claims_of(wide_and_narrow + fillers(4, 4)), ONE_EACH)) == ["o1", "o2", "o3", "o7"]


def test_beyond_eight_equal_amounts_go_by_rank() -> None:
    equal = [(5, 0b11), (5, 0b11)]
    assert codes(choose(claims_of(equal + fillers(4, 4)), ONE_EACH)) == ["o0", "o2", "o6"]


def claim_to(needs: dict[int, int], *, name: str, is_fresh: bool = False) -> Claim:
    """To so many units of each slot; it takes as much as it needs units."""
    wanted = sum(1 << slot for slot in needs)
    claim = Claim(Offer(name, "coupon", ()), dict(needs), wanted)
    claim.needs, claim.is_fresh = needs, is_fresh
    return claim


def of_units(*needs: int, fresh: tuple[int, ...] = ()) -> list[Claim]:
    """Claims to so many units of the one slot there is."""
    return [
        claim_to({0: need}, name=f"o{place}", is_fresh=place in fresh) for place, need in enumerate(needs)
    ]


def test_a_line_serves_as_many_offers_as_it_has_units_for() -> None:
    assert codes(choose(of_units(2, 1), (3,))) == ["o0", "o1"]
    assert codes(choose(of_units(2, 2), (3,))) == ["o0"]
    assert codes(choose(of_units(1, 1, 2, 1), (3,))) == ["o0", "o1", "o3"]
    assert codes(choose(of_units(3, 1), (3,))) == ["o0"]


def test_units_that_are_used_serve_no_offer_that_wants_untouched_ones() -> None:
    both = (0, 1)
    assert codes(choose(of_units(2, 1, fresh=both), (4,), (1,))) == ["o0", "o1"]
    assert codes(choose(of_units(2, 1, fresh=both), (4,), (2,))) == ["o0"]
    assert codes(choose(of_units(2, 1, fresh=both), (4,), (0,))) == ["o0", "o1"]
    assert codes(choose(of_units(2, 1, fresh=both), (4,))) == ["o0", "o1"]
    assert codes(choose(of_units(2, 1, fresh=both), (3,))) == ["o0", "o1"]


def test_beside_an_offer_that_takes_any_unit_the_used_ones_are_lost() -> None:
    """What is left of a used unit is no unit's price, so the two could not be told apart."""
    assert codes(choose(of_units(2, 2, fresh=(0,)), (5,), (1,))) == ["o0", "o1"]
    assert codes(choose(of_units(2, 2, fresh=(0,)), (4,), (1,))) == ["o0"]


def test_many_lines_are_weighed_apart() -> None:
    """Two slots of 3 units: what one has to spare is of no use to the other."""

    def both(first: int, second: int, name: str) -> Claim:
        return claim_to({0: first, 1: second}, name=name)

    assert codes(choose([both(1, 2, "a"), both(2, 1, "b")], (3, 3))) == ["a", "b"]
    assert codes(choose([both(1, 2, "a"), both(1, 2, "b")], (3, 3))) == ["a"]
    assert codes(choose([both(2, 1, "a"), both(2, 1, "b")], (3, 3))) == ["a"]
    assert codes(choose([both(2, 2, "a"), both(1, 1, "b"), both(1, 1, "c")], (3, 3))) == ["a", "b"]


def test_a_line_that_nobody_wants_does_not_hide_the_next_one() -> None:
    assert codes(choose([claim_to({1: 2}, name="a"), claim_to({1: 2}, name="b")], (2, 2))) == ["a"]


def test_three_lines_are_weighed_apart_and_each_to_its_own_units() -> None:
    def all_of(count: int, name: str) -> Claim:
        return claim_to(dict.fromkeys(range(3), count), name=name)

    assert codes(choose([all_of(2, "a"), all_of(2, "b"), all_of(1, "c")], (4, 4, 4))) == ["a", "b"]
    uneven = [
        claim_to({0: 2, 1: 3}, name="a"),
        claim_to({0: 2, 1: 2}, name="b"),
        claim_to({0: 1, 1: 1}, name="c"),
    ]
    assert codes(choose(uneven, (4, 4))) == ["a", "c"]


def test_an_offer_takes_no_room_on_a_line_that_it_does_not_want() -> None:
    tea = [claim_to({0: 2}, name="a"), claim_to({0: 2}, name="b")]
    milk = [claim_to({1: 2}, name="c"), claim_to({1: 2}, name="d")]
    assert codes(choose(tea + milk, (2, 2))) == ["a", "c"]
