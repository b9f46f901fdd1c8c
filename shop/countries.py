"""Countries and their public holidays, as the library `holidays` knows them."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from holidays import country_holidays

# The language in which offers name holidays; a country that has no names in it keeps its own.
NAMES_IN = "en_US"
# Where the lowest price of the last 30 days goes beside a reduction (directive 98/6/EC, article 6a).
EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
YEARS_KEPT_MAX = 2_000


def validate_country(code: str) -> None:
    """Raise ValidationError unless the holidays of `code` are known."""
    if not is_country(code):
        raise ValidationError(
            _("No holidays are known of “%(code)s”. Give two capital letters like GB."), params={"code": code}
        )


def is_country(code: str) -> bool:
    """Whether `code` is an ISO 3166 code of two capital letters whose holidays are known."""
    if len(code) != 2 or not code.isascii() or not code.isupper():
        return False
    try:
        country_holidays(code)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=YEARS_KEPT_MAX)
def public_holidays(country: str, year: int) -> Mapping[date, frozenset[str]]:
    """The public holidays of one year with their names, in the order of days; none for an unknown country."""
    if not is_country(country):
        return {}
    languages = country_holidays(country).supported_languages
    language = NAMES_IN if NAMES_IN in languages else None
    found = country_holidays(country, years=year, language=language)
    # Two holidays on one day stand in one text.
    return {day: frozenset(found.get_list(day)) for day in sorted(found)}
