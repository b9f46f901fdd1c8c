"""What must hold for every cart, whatever the offers. `make soak NAME=pricing` asks the same of a million."""

from collections.abc import Callable
from itertools import chain
from random import Random

import pytest
from hypothesis import given

from loyalty.offer_document import BENEFITS, CONDITIONS, TARGETS
from pricing.price import price
from pricing.values import Quote
from tests.pricing import draw_case
from tests.pricing.check_quote import QUOTE_CHECKS
from tests.pricing.compare_quotes import COMPARISONS
from tests.pricing.draw_case import NOW, Drawn
from tests.pricing.kinds_of import kinds_of
from tests.pricing.strategies import calmly, choices

DRAWS = 3_000


@pytest.mark.parametrize("holds", QUOTE_CHECKS, ids=lambda check: check.__name__)
def test_every_quote(holds: Callable[[Drawn, Quote], None]) -> None:
    @calmly
    @given(choices)
    def check(random: Random) -> None:
        drawn = draw_case.draw_case(random)
        holds(drawn, price(drawn.cart, drawn.offers, drawn.rules, at=NOW))

    check()


@pytest.mark.parametrize("holds", COMPARISONS, ids=lambda check: check.__name__)
def test_two_quotes(holds: Callable[[Random], None]) -> None:
    calmly(given(choices)(holds))()


def test_every_kind_is_drawn() -> None:
    assert draw_case.CONDITIONS.keys() == CONDITIONS.keys()
    assert draw_case.BENEFITS.keys() == BENEFITS.keys()
    assert draw_case.TARGETS.keys() == TARGETS.keys()
    offers = list(chain.from_iterable(draw_case.draw_offers(Random(seed)) for seed in range(DRAWS)))
    assert set(kinds_of(offers)) == {*CONDITIONS, *BENEFITS, *TARGETS}


def test_most_offers_of_the_draw_are_of_use() -> None:
    """A draw whose offers were all refused would show nothing."""
    applied = 0
    for seed in range(DRAWS):
        drawn = draw_case.draw_case(Random(seed))
        applied += len(price(drawn.cart, drawn.offers, drawn.rules, at=NOW).applied)
    assert applied > DRAWS
