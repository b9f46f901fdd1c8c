"""Figures as people type and read them."""

import pytest
from django.core.exceptions import ValidationError

from panel.bar_chart import Point, bar_chart
from panel.dashboard.compare import compare
from panel.templatetags.figures import age
from shop.mask import mask_email, mask_name
from shop.money_field import MoneyField
from shop.percent_field import PercentField
from shop.show_money import show_money, show_share


@pytest.mark.parametrize(
    ("typed", "amount"), [("20", 2000), ("20.5", 2050), ("20,05", 2005), ("1 000.00", 100000)]
)
def test_money_is_typed_as_people_write_it(typed: str, amount: int) -> None:
    field = MoneyField(label="From")
    field.set_currency("GBP")
    assert field.to_python(typed) == amount


def test_money_of_a_currency_without_small_coins_has_no_decimals() -> None:
    field = MoneyField(label="From")
    field.set_currency("JPY")
    assert field.to_python("2000") == 2000
    with pytest.raises(ValidationError):
        field.to_python("20.5")


def test_percent_keeps_two_decimals_and_no_more() -> None:
    assert PercentField().to_python("12,25 %") == 1225
    assert PercentField().prepare_value(1250) == "12.5"
    with pytest.raises(ValidationError):
        PercentField().to_python("12.345")


def test_money_is_shown_as_the_language_writes_it() -> None:
    assert show_money(199000, "GBP", language="en") == "£1,990.00"
    assert show_money(199000, "RUB", language="ru") == "1\u00a0990,00\u00a0₽"
    assert show_money(199050, "GBP", language="en", is_rounded=True) == "£1,990"


def test_shares_have_at_most_one_decimal() -> None:
    assert [show_share(bp, language="en") for bp in (800, 804, 805, 1250)] == [
        "8 %",
        "8 %",
        "8.1 %",
        "12.5 %",
    ]


def test_a_change_is_counted_from_what_was_before() -> None:
    assert compare(108, 100).change_bp == 800
    assert compare(92, 100).change_bp == -800
    assert compare(5, 0).change_bp is None
    assert compare(19, 5).is_small
    assert not compare(20, 5).is_small


def test_bars_stand_on_zero() -> None:
    chart = bar_chart(
        [Point("a", 0, "0"), Point("b", 50, "50"), Point("c", 200, "200")], title="t", summary="s"
    )
    assert [bar.height for bar in chart.bars] == [0, 250, 1000]
    assert bar_chart([Point("a", 0, "0")], title="t", summary="s").is_empty


def test_an_age_is_told_in_one_unit() -> None:
    assert [age(seconds) for seconds in (1, 119, 120, 7199, 7200)] == [
        "1 second",
        "119 seconds",
        "2 minutes",
        "119 minutes",
        "2 hours",
    ]


def test_masks_keep_first_letters_only() -> None:
    assert (mask_name("Anna Petrova"), mask_email("anna@example.com")) == ("A••• P•••", "a•••@•••")
    assert (mask_name(""), mask_email("")) == ("", "")


def test_a_tax_rate_may_be_zero_and_a_discount_may_not() -> None:
    assert PercentField(zero_allowed=True).to_python("0") == 0
    with pytest.raises(ValidationError):
        PercentField().to_python("0")
    assert PercentField().prepare_value(10_000) == "100"
