"""Amounts as people read them."""

from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal, get_currency_precision

# Which country's manner goes with a language; where none is named, the language's own.
DEFAULT_LOCALE = Locale("en", "GB")
LOCALES = {"en": DEFAULT_LOCALE, "ru": Locale("ru", "RU")}


def show_money(amount: int, currency: str, *, language: str, is_rounded: bool = False) -> str:
    """ "£1,990.00" for 199000 minor units. `is_rounded`: without pence or kopecks, for figures that only compare."""
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
