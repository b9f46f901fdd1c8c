import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.allocate import allocate, share, spread
from tests.pricing.strategies import calmly

weights = st.lists(st.integers(0, 9) | st.integers(0, 10**9), min_size=1, max_size=12)


def test_the_handbooks_points_are_shared_by_largest_remainder() -> None:
    assert allocate(301, [1000, 600, 400]) == [151, 90, 60]


def test_a_tie_goes_to_the_earlier_line() -> None:
    assert allocate(1, [5, 5]) == [1, 0]
    assert allocate(2, [5, 5, 5]) == [1, 1, 0]


def test_a_zero_weight_gets_zero_even_of_a_remainder() -> None:
    assert allocate(5, [0, 3, 0, 3, 3]) == [0, 2, 0, 2, 1]


def test_nothing_is_divided_among_nobody() -> None:
    assert allocate(0, []) == []
    assert allocate(0, [0, 0]) == [0, 0]


@pytest.mark.parametrize(("total", "shares"), [(-1, [1, 1]), (1, [1, -1]), (0, [-1]), (1, [0, 0]), (1, [])])
def test_what_cannot_be_divided_is_refused(total: int, shares: list[int]) -> None:
    with pytest.raises(ValueError, match=r"negative|cannot be divided"):
        allocate(total, shares)


@calmly
@given(st.integers(0, 10**12), weights)
def test_parts_sum_to_the_whole_and_stay_within_a_unit_of_their_due(total: int, shares: list[int]) -> None:
    whole = sum(shares)
    if not whole:
        return
    parts = allocate(total, shares)
    assert sum(parts) == total
    for part, weight in zip(parts, shares, strict=True):
        assert total * weight // whole <= part <= -(-total * weight // whole)


@calmly
@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**5)), max_size=8))
def test_a_spread_fills_the_rooms_and_never_passes_one(amount: int, pairs: list[tuple[int, int]]) -> None:
    shares, rooms = [weight for weight, _ in pairs], [room for _, room in pairs]
    parts = spread(amount, shares, rooms)
    assert sum(parts) == min(amount, sum(room for weight, room in pairs if weight))
    assert all(0 <= part <= room for part, room in zip(parts, rooms, strict=True))
    assert all(part == 0 for part, weight in zip(parts, shares, strict=True) if not weight)


def test_what_does_not_fit_moves_to_the_others_by_weight() -> None:
    assert spread(100, [1, 1, 3], [0, 100, 100]) == [0, 25, 75]
    assert spread(100, [1, 1, 3], [0, 100, 30]) == [0, 70, 30]


@pytest.mark.parametrize(
    ("amount", "rate_bp", "expected"),
    [(5, 1000, 1), (4, 1000, 0), (1000, 1250, 125), (999, 3333, 333), (7, 10_000, 7), (7, 0, 0)],
)
def test_a_share_is_rounded_half_up(amount: int, rate_bp: int, expected: int) -> None:
    assert share(amount, rate_bp) == expected


@pytest.mark.parametrize(("amount", "rate_bp"), [(-1, 1), (1, -1)])
def test_a_share_of_a_negative_is_refused(amount: int, rate_bp: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        share(amount, rate_bp)
