"""Amounts are written from a form that was read off Babel's answer; whatever the language, they read as Babel's own."""

import pytest
from babel.numbers import format_currency, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from shop.show_money import locale_of, show_money

# Indian groups are uneven, Spanish ones begin late, Japanese money has no cents and Kuwait's has three digits of them.
LANGUAGES = ("en", "ru", "de", "es", "hi", "ar", "fr", "pl", "ja")
CURRENCIES = ("GBP", "RUB", "EUR", "JPY", "KWD", "INR")


@given(st.integers(-(10**13), 10**13), st.sampled_from(LANGUAGES), st.sampled_from(CURRENCIES))
def test_amount_is_written_as_babel_writes_it(amount: int, language: str, currency: str) -> None:
    places = get_currency_precision(currency)
    sign, digits = "-" if amount < 0 else "", f"{abs(amount):0{places + 1}}"
    whole = f"{sign}{digits[: len(digits) - places]}.{digits[len(digits) - places :] or 0}"
    expected = format_currency(whole, currency, locale=locale_of(language))
    assert show_money(amount, currency, language=language) == expected


@pytest.mark.parametrize(
    ("amount", "shown"), [(99_999, "£999.99"), (100_000, "£1,000.00"), (0, "£0.00"), (-5, "-£0.05")]
)
def test_pounds_are_grouped_from_a_thousand_on(amount: int, shown: str) -> None:
    assert show_money(amount, "GBP", language="en") == shown
