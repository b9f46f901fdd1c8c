"""Amounts as people read them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal, get_currency_precision

# Which country's manner goes with a language; where none is named, the language's own.
DEFAULT_LOCALE = Locale("en", "GB")
LOCALES = {"en": DEFAULT_LOCALE, "ru": Locale("ru", "RU")}


# Ways of writing that a process remembers, one for each currency and language.
FORMS_MAX = 512
# In minor units. The last one shows how its currency and language write an amount, the others prove it.
SAMPLES = (0, 5, 99, 100, 99_999, 100_000, 1_000_000, 99_999_999, 123_456_789_012)


def show_money(amount: int, currency: str, *, language: str, is_rounded: bool = False) -> str:
    """ "£1,990.00" for 199000 minor units. `is_rounded`: without pence or kopecks, for figures that only compare."""
    form = None if is_rounded or amount < 0 else _form(currency, language)
    if form is None:
        return _by_babel(amount, currency, language=language, is_rounded=is_rounded)
    return form.write(amount)


@dataclass(frozen=True, slots=True)
class _Form:
    """How an amount that is not negative is written. A quote names dozens; asking Babel for each takes a quote's
    time."""

    places: int
    before: str
    group: str
    point: str
    after: str

    def write(self, amount: int) -> str:
        whole, part = divmod(amount, 10**self.places)
        units = f"{whole:,}".replace(",", self.group)
        cents = f"{self.point}{part:0{self.places}}" if self.places else ""
        return f"{self.before}{units}{cents}{self.after}"


@lru_cache(maxsize=FORMS_MAX)
def _form(currency: str, language: str) -> _Form | None:
    """Read off a sample; None where others are not written so, as in languages that do not group by thousands."""
    places = get_currency_precision(currency)
    samples = [(one, _by_babel(one, currency, language=language)) for one in SAMPLES]
    cents = rf"(?P<point>\D+)\d{{{places}}}" if places else "(?P<point>)"
    found = re.fullmatch(
        rf"(?P<before>\D*)\d+(?P<group>\D+)\d+(?:(?P=group)\d+)*{cents}(?P<after>\D*)", samples[-1][1]
    )
    if found is None:
        return None
    form = _Form(places, **found.groupdict())
    return form if all(form.write(one) == text for one, text in samples) else None


def _by_babel(amount: int, currency: str, *, language: str, is_rounded: bool = False) -> str:
    # Babel wants a Decimal to print; no sum is ever made with it.
    places = get_currency_precision(currency)
    whole = Decimal(amount).scaleb(-places)
    locale = locale_of(language)
    if is_rounded:
        pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
        return format_currency(whole, currency, locale=locale, format=pattern, currency_digits=False)
    return format_currency(whole, currency, locale=locale)


def show_count(number: int, *, language: str) -> str:
    """ "12,480" or "12 480", as the language writes it."""
    return format_decimal(number, locale=locale_of(language))


def show_share(share_bp: int, *, language: str) -> str:
    """ "12.5 %" for 1250 basis points: at most one decimal, rounded half up."""
    tenths = (share_bp + 5) // 10
    text = format_decimal(Decimal(tenths).scaleb(-1), format="#,##0.#", locale=locale_of(language))
    return f"{text} %"


def locale_of(language: str) -> Locale:
    """The way of writing numbers that goes with a language code; English where it is unknown."""
    if language in LOCALES:
        return LOCALES[language]
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return DEFAULT_LOCALE
