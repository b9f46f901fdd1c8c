import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.earn import PaidLine, factors_of, points_for
from pricing.earn_terms import EarnFactor, EarnRule
from pricing.price import price
from pricing.values import Cart, Line, Rules
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


def test_a_rule_may_name_its_goods_by_one_group_or_by_a_set_of_them() -> None:
    lines = [PaidLine(1000, TEA), PaidLine(1000), PaidLine(1000, frozenset({"tea", "mugs"}))]
    assert points_for(lines, [EarnRule(5, 100, group="tea")]).per_line == (50, 0, 50)
    both = EarnRule(5, 100, frozenset({"mugs"}), group="tea")
    assert points_for(lines, [both]).per_line == (0, 0, 50)


def test_rules_add_up() -> None:
    earned = points_for([PaidLine(1000, TEA), PaidLine(1000)], [EarnRule(1, 100), EarnRule(1, 100, TEA)])
    assert (earned.total, earned.per_line) == (30, (20, 10))


def test_of_rules_for_the_same_goods_the_best_one_counts_and_says_so() -> None:
    rules = [EarnRule(1, 100, rule=7), EarnRule(3, 200, rule=8), EarnRule(1, 100, TEA, rule=9)]
    earned = points_for([PaidLine(1000, TEA), PaidLine(1000)], rules)
    assert [(gain.rule, gain.points) for gain in earned.gains] == [(8, 30), (9, 10)]
    assert (earned.total, earned.per_line) == (40, (25, 15))


def test_of_equal_rules_the_first_one_counts() -> None:
    earned = points_for([PaidLine(1000)], [EarnRule(1, 100, rule=7), EarnRule(2, 200, rule=8)])
    assert [gain.rule for gain in earned.gains] == [7]


def test_points_for_an_order_come_once_and_are_not_multiplied() -> None:
    lines = [PaidLine(300, factor_bp=20_000), PaidLine(100)]
    earned = points_for(lines, [EarnRule(10, 1, is_flat=True), EarnRule(1, 100)])
    assert [gain.points for gain in earned.gains] == [10, 7]
    assert points_for([PaidLine(0)], [EarnRule(10, 1, is_flat=True)]).total == 0


@pytest.mark.parametrize(("left", "points"), [(9, 9), (10, 10), (11, 10), (0, 0)])
def test_a_rule_gives_no_more_than_its_cap_has_left(left: int, points: int) -> None:
    assert points_for([PaidLine(1000)], [EarnRule(1, 100, points_max=left)]).total == points


def test_a_capped_rule_steps_back_behind_one_that_gives_more() -> None:
    rules = [EarnRule(5, 100, points_max=3, rule=7), EarnRule(1, 100, rule=8)]
    assert [gain.rule for gain in points_for([PaidLine(1000)], rules).gains] == [8]


def test_multipliers_of_rules_add_up_under_the_programmes_cap() -> None:
    cart = Cart((Line("A", 1, 1000, groups=TEA), Line("B", 1, 1000)))
    factors = (EarnFactor(20_000), EarnFactor(30_000, "tea"))
    rules = Rules(earn=(EarnRule(1, 100),), earn_factors=factors)
    assert [line.points_to_earn for line in price(cart, [], rules, at=0).lines] == [40, 20]
    capped = Rules(earn=(EarnRule(1, 100),), earn_factors=factors, multiplier_cap_bp=25_000)
    assert [line.points_to_earn for line in price(cart, [], capped, at=0).lines] == [25, 20]


def test_factors_of_lines_add_up_by_group_under_what_is_the_most() -> None:
    factors = [EarnFactor(20_000), EarnFactor(25_000, "tea")]
    assert factors_of([TEA, frozenset()], factors) == [35_000, 20_000]
    assert factors_of([TEA, frozenset()], factors, most=30_000) == [30_000, 20_000]
    assert factors_of([TEA, frozenset()], [], most=30_000) == [10_000, 10_000]


def test_a_multiplier_multiplies_by_more_than_one() -> None:
    with pytest.raises(ValueError, match="more than 1"):
        EarnFactor(10_000)


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
    st.lists(
        st.builds(
            EarnRule,
            st.integers(0, 50),
            st.integers(1, 10**4),
            some(GROUPS),
            group=st.sampled_from(["", "tea"]),
            is_flat=st.booleans(),
            points_max=st.none() | st.integers(0, 99),
        ),
        max_size=5,
    ),
)
def test_the_lines_points_sum_to_the_total(lines: list[PaidLine], rules: list[EarnRule]) -> None:
    earned = points_for(lines, rules)
    assert sum(earned.per_line) == earned.total == sum(gain.points for gain in earned.gains)
    assert all(sum(gain.per_line) == gain.points > 0 for gain in earned.gains)
    assert min(earned.per_line, default=0) >= 0
    assert all(points == 0 for line, points in zip(lines, earned.per_line, strict=True) if not line.paid)
