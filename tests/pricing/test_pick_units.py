"""Which unit is the cheapest where two of them hardly differ, or not at all."""

from pricing.benefits import CheapestFree
from pricing.pick_units import Run, without
from pricing.price import price
from pricing.values import Cart, Line, Offer, Rules

# Beyond it floats leave out every other whole number.
EXACT_IN_FLOATS = 2**53


def free_in(*lines: Line) -> list[str]:
    """The skus of the lines on which something is free."""
    quote = price(Cart(lines), [Offer("ONE", "sale", (CheapestFree(),))], Rules(), at=0)
    return [line.sku for line in quote.lines if line.discount]


def test_of_units_that_cost_the_same_the_first_by_sku_is_free_wherever_it_lies_in_the_cart() -> None:
    assert free_in(Line("b", 1, 500), Line("a", 1, 500)) == ["a"]
    assert free_in(Line("a", 1, 500), Line("b", 1, 500)) == ["a"]


def test_one_minor_unit_tells_the_cheapest_however_large_the_prices() -> None:
    dear = Line("a", 1, EXACT_IN_FLOATS + 1)
    assert free_in(dear, Line("b", 1, EXACT_IN_FLOATS)) == ["b"]


def test_a_run_that_is_taken_whole_is_not_there_any_more() -> None:
    assert without([Run(0, 2), Run(1, 3)], {0: 2, 1: 1}) == [Run(1, 2)]
