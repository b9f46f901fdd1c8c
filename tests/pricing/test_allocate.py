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


@pytest.mark.parametrize(
    ("total", "shares", "message"),
    [
        (-1, [1, 1], "totals and weights cannot be negative"),
        (1, [1, -1], "totals and weights cannot be negative"),
        (0, [-1], "totals and weights cannot be negative"),
        (-1, [], "totals and weights cannot be negative"),
        (1, [0, 0], "nothing carries a weight, so the total cannot be divided"),
        (1, [], "nothing carries a weight, so the total cannot be divided"),
    ],
)
def test_what_cannot_be_divided_is_refused(total: int, shares: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        allocate(total, shares)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("total", "shares", "leftover", "parts"),
    [
        (1, [4, 6], "largest", [0, 1]),
        (1, [6, 4], "largest", [1, 0]),
        (7, [3], "largest", [7]),
        (7, [3], "last", [7]),
        (3, [1, 0], "largest", [3, 0]),
        (3, [0, 1], "largest", [0, 3]),
        (1, [4, 6], "first", [1, 0]),
        (1, [6, 4], "last", [0, 1]),
        (11, [1, 1, 1], "first", [4, 4, 3]),
        (11, [1, 1, 1], "last", [3, 4, 4]),
        (11, [1, 1, 1], "largest", [4, 4, 3]),
        (5, [0, 3, 0, 3, 3], "first", [0, 2, 0, 2, 1]),
        (5, [3, 3, 0, 3, 0], "last", [1, 2, 0, 2, 0]),
        (4, [1, 2, 3], "last", [0, 1, 3]),
        (4, [1, 2, 3], "largest", [1, 1, 2]),
        (6, [1, 1, 1], "last", [2, 2, 2]),
    ],
)
def test_a_left_over_unit_goes_where_the_store_says(
    total: int, shares: list[int], leftover: str, parts: list[int]
) -> None:
    assert allocate(total, shares, leftover) == parts
    assert spread(total, shares, [total] * len(shares), leftover) == parts


@calmly
@given(st.integers(0, 10**12), weights, st.sampled_from(["largest", "first", "last"]))
def test_parts_sum_to_the_whole_and_stay_within_a_unit_of_their_due(
    total: int, shares: list[int], leftover: str
) -> None:
    whole = sum(shares)
    if not whole:
        return
    parts = allocate(total, shares, leftover)
    assert sum(parts) == total
    for part, weight in zip(parts, shares, strict=True):
        assert total * weight // whole <= part <= total * weight // whole + bool(weight)


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
    assert spread(22, [1, 1, 1], [5, 100, 100]) == [5, 9, 8]
    assert spread(22, [1, 1, 1], [5, 100, 100], "last") == [5, 8, 9]
    assert spread(22, [1, 1, 1], [100, 100, 5], "first") == [9, 8, 5]


def test_what_fits_nowhere_is_not_spread() -> None:
    assert spread(10, [1, 1], [2, 3]) == [2, 3]
    assert spread(10, [0, 1], [5, 3]) == [0, 3]
    assert spread(10, [0, 0], [5, 5]) == [0, 0]
    assert spread(5, [1, 1], [2, 3]) == [2, 3]
    assert spread(0, [1, 1], [2, 3]) == [0, 0]
    assert spread(10, [], []) == []


@pytest.mark.parametrize(
    ("amount", "rate_bp", "expected"),
    [(5, 1000, 1), (4, 1000, 0), (1000, 1250, 125), (999, 3333, 333), (7, 10_000, 7), (7, 0, 0), (0, 5, 0)],
)
def test_a_share_is_rounded_half_up(amount: int, rate_bp: int, expected: int) -> None:
    assert share(amount, rate_bp) == expected


@pytest.mark.parametrize(("amount", "rate_bp"), [(-1, 1), (1, -1)])
def test_a_share_of_a_negative_is_refused(amount: int, rate_bp: int) -> None:
    with pytest.raises(ValueError, match=r"^a share is taken of amounts and rates that are not negative$"):
        share(amount, rate_bp)


def test_a_share_is_exact_however_large_the_amount() -> None:
    assert share(2**53 + 1, 10_000) == 2**53 + 1
