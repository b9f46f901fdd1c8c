"""What a condition answers where a part of what it asks about is not known."""

import pytest

from pricing.basket import Basket
from pricing.conditions import WeekdayHours
from pricing.refusals import Refusal
from pricing.values import Cart, Line


@pytest.mark.parametrize(("weekday", "minute"), [(None, 600), (5, None), (None, None)])
def test_an_unknown_day_or_minute_is_not_the_right_one(weekday: int | None, minute: int | None) -> None:
    cart = Cart((Line("A", 1, 1000),), weekday=weekday, minute=minute)
    reason = WeekdayHours(frozenset({5})).reason_against(Basket(cart, at=0))
    assert reason is not None
    assert reason.refusal is Refusal.NOT_NOW
