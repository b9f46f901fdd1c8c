"""A day as a sentence says it."""

import re
from datetime import date

from babel.dates import format_date, format_skeleton

from shop.show_money import locale_of


def show_day(day: date, *, language: str) -> str:
    """ "3 May 2026", «3 мая 2026»: without the «г.» of Russian dates, since sentences have a full stop of their own."""
    return re.sub(r"\s*г\.$", "", format_date(day, "long", locale=locale_of(language)))


def show_short_day(day: date, *, language: str) -> str:
    """ "3 May", «3 мая», "15 Sept", «15 сент.»: for the foot of a chart."""
    return str(format_skeleton("MMMd", day, locale=locale_of(language)))


def show_whole_month(day: date, *, language: str) -> str:
    """ "November 2026", «ноябрь 2026»: the month that the day is in, within a sentence."""
    return re.sub(r"\s*г\.$", "", str(format_skeleton("yMMMM", day, locale=locale_of(language))))


def show_month(day: date, *, language: str) -> str:
    """ "May 2026", «май 2026 г.»: the month that the day is in."""
    return str(format_skeleton("yMMM", day, locale=locale_of(language)))
