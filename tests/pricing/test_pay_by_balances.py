"""Gift balances pay after points, goods and delivery, the one that ends first before the others."""

import pytest

from pricing.earn_terms import EarnRule
from pricing.pay_by_balances import Balance, PaidShare, pay_by_balances, share_out
from pricing.pay_by_points import PointsTerms, pay_by_points
from pricing.price import price
from pricing.values import Cart, Line, PaidBalance, Quote, Rules

CART = Cart((Line("A", 1, 1000), Line("B", 1, 500)), delivery=300)


def pay(*balances: Balance, cart: Cart = CART, points: int = 0) -> Quote:
    rules = Rules(earn=(EarnRule(1, 100),))
    quote = price(cart, [], rules, at=0)
    by_points = pay_by_points(quote, cart, rules, PointsTerms(1), asked=points, available=points)
    return pay_by_balances(by_points, cart, balances)


def test_a_balance_pays_goods_and_delivery_by_what_they_cost() -> None:
    quote = pay(Balance("x", 180))
    assert [line.balance_amount for line in quote.lines] == [100, 50]
    assert quote.delivery_balance_amount == 30
    assert (quote.balance_amount, quote.payable) == (180, 1620)
    assert quote.balances == (PaidBalance("x", 180),)


@pytest.mark.parametrize(("left", "taken", "payable"), [(1799, 1799, 1), (1800, 1800, 0), (1801, 1800, 0)])
def test_a_balance_pays_no_more_than_is_due(left: int, taken: int, payable: int) -> None:
    quote = pay(Balance("x", left))
    assert (quote.balance_amount, quote.payable) == (taken, payable)


def test_the_one_that_ends_first_pays_first() -> None:
    never, late, soon = (
        Balance("never", 900),
        Balance("late", 500, ends_at=20),
        Balance("soon", 500, ends_at=10),
    )
    quote = pay(never, late, soon)
    assert quote.balances == (PaidBalance("soon", 500), PaidBalance("late", 500), PaidBalance("never", 800))


def test_equal_ends_go_by_code_and_an_end_at_the_epoch_is_an_end() -> None:
    quote = pay(Balance("b", 1000, ends_at=5), Balance("a", 500, ends_at=5), Balance("c", 500, ends_at=0))
    assert [paid.code for paid in quote.balances] == ["c", "a", "b"]
    assert [paid.amount for paid in quote.balances] == [500, 500, 800]


def test_an_empty_balance_and_one_that_nothing_is_left_for_pay_nothing() -> None:
    quote = pay(
        Balance("empty", 0, ends_at=1), Balance("all", 1800, ends_at=2), Balance("late", 5, ends_at=3)
    )
    assert quote.balances == (PaidBalance("all", 1800),)


def test_points_pay_first_and_the_balance_what_is_left() -> None:
    quote = pay(Balance("x", 5000), points=600)
    assert [line.points_amount for line in quote.lines] == [400, 200]
    assert [line.balance_amount for line in quote.lines] == [600, 300]
    assert (quote.delivery_balance_amount, quote.balance_amount, quote.payable) == (300, 1200, 0)


def test_what_takes_no_points_is_not_bought_with_a_balance() -> None:
    cart = Cart((Line("GIFT", 1, 5000, no_points=True), Line("A", 1, 1000)), delivery=300)
    quote = pay(Balance("x", 9000), cart=cart)
    assert [line.balance_amount for line in quote.lines] == [0, 1000]
    assert (quote.delivery_balance_amount, quote.payable) == (300, 5000)


def test_a_balance_counts_as_paid_so_points_are_earned_on_it() -> None:
    assert pay(Balance("x", 9000)).points_to_earn == 15


def test_without_a_balance_nothing_changes() -> None:
    assert pay() == price(CART, [], Rules(earn=(EarnRule(1, 100),)), at=0)


def test_each_balance_pays_line_by_line_and_delivery_last_until_it_is_spent() -> None:
    """1800 in all: 1000 and 500 for the lines, 300 for delivery."""
    quote = pay(Balance("soon", 1100, ends_at=1), Balance("late", 900, ends_at=2))
    assert share_out(quote) == [
        PaidShare("soon", 0, 1000),
        PaidShare("soon", 1, 100),
        PaidShare("late", 1, 400),
        PaidShare("late", None, 300),
    ]


def test_one_line_may_be_paid_by_three_balances_and_a_line_without_any_has_no_share() -> None:
    cart = Cart((Line("GIFT", 1, 5000, no_points=True), Line("A", 1, 1000)))
    quote = pay(Balance("a", 300), Balance("b", 300), Balance("c", 300), cart=cart)
    assert share_out(quote) == [PaidShare(code, 1, 300) for code in "abc"]
    assert share_out(pay()) == []
