import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.earn import PaidLine, points_for
from pricing.values import EarnRule
from tests.pricing.strategies import GROUPS, calmly, some

TEA = frozenset({"tea"})


def test_points_are_counted_on_the_sum_and_not_line_by_line() -> None:
    earned = points_for([PaidLine(60), PaidLine(60), PaidLine(80)], [EarnRule(1, 100)])
    assert (earned.total, earned.per_line) == (2, (1, 0, 1))


@pytest.mark.parametrize(("paid", "points"), [(99, 0), (100, 1), (199, 1), (200, 2)])
def test_one_minor_unit_short_of_a_point_earns_none(paid: int, points: int) -> None:
    assert points_for([PaidLine(paid)], [EarnRule(1, 100)]).total == points


def test_a_rule_for_a_group_counts_that_group_only() -> None:
    earned = points_for([PaidLine(1000, TEA), PaidLine(1000)], [EarnRule(5, 100, TEA)])
    assert earned.per_line == (50, 0)


def test_rules_add_up() -> None:
    earned = points_for([PaidLine(1000, TEA), PaidLine(1000)], [EarnRule(1, 100), EarnRule(1, 100, TEA)])
    assert (earned.total, earned.per_line) == (30, (20, 10))


def test_nothing_paid_and_nothing_bought_earn_nothing() -> None:
    assert points_for([PaidLine(0)], [EarnRule(1, 100)]).per_line == (0,)
    assert points_for([], [EarnRule(1, 100)]).total == 0
    assert points_for([PaidLine(1000)], []).per_line == (0,)


def test_a_negative_payment_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        PaidLine(-1)


@calmly
@given(
    st.lists(st.builds(PaidLine, st.integers(0, 10**7), some(GROUPS)), max_size=8),
    st.lists(st.builds(EarnRule, st.integers(0, 50), st.integers(1, 10**4), some(GROUPS)), max_size=3),
)
def test_the_lines_points_sum_to_the_total(lines: list[PaidLine], rules: list[EarnRule]) -> None:
    earned = points_for(lines, rules)
    assert sum(earned.per_line) == earned.total
    assert min(earned.per_line, default=0) >= 0
    assert all(points == 0 for line, points in zip(lines, earned.per_line, strict=True) if not line.paid)
