"""What a sentence about an offer needs besides the offer: whose money, whose days, and what codes are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pricing.values import WHOLE_BP
from shop.models import Store
from shop.show_day import show_day
from shop.show_money import show_count, show_money, show_share

NAMES_MAX = 3  # of a long list; the rest is counted
INSTANT = timedelta(microseconds=1)
HOUR_MINUTES = 60
DAY_MINUTES = 1_440

# Monday is 1. In the form that follows "on".
WEEKDAYS = (
    gettext_lazy("Mondays"),
    gettext_lazy("Tuesdays"),
    gettext_lazy("Wednesdays"),
    gettext_lazy("Thursdays"),
    gettext_lazy("Fridays"),
    gettext_lazy("Saturdays"),
    gettext_lazy("Sundays"),
)

# "groups" -> code of a product group -> its name; and so on for each field of a document that holds codes.
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one store's offers are spoken of in one language. A code whose name nobody gave is shown as it is."""

    store: Store
    language: str
    names: Names = field(default_factory=dict)

    def money(self, amount: int) -> str:
        return show_money(amount, self.store.currency, language=self.language)

    def share(self, rate_bp: int) -> str:
        return show_share(rate_bp, language=self.language)

    def count(self, number: int) -> str:
        return show_count(number, language=self.language)

    def name(self, family: str, code: str) -> str:
        return self.names.get(family, {}).get(code) or code

    def listed(self, family: str, codes: Iterable[str]) -> str:
        """ "Candles, Mugs": the first few, the others counted."""
        known = [self.name(family, code) for code in codes]
        shown, more = ", ".join(known[:NAMES_MAX]), len(known) - NAMES_MAX
        return _("%(names)s and %(more)d more") % {"names": shown, "more": more} if more > 0 else shown

    def local(self, moment: str) -> datetime:
        return datetime.fromisoformat(moment).astimezone(ZoneInfo(self.store.time_zone))

    def moment(self, moment: str) -> str:
        """A day, with the time where it is not the beginning of the day."""
        local = self.local(moment)
        day = show_day(local.date(), language=self.language)
        return day if _is_midnight(local) else f"{day}, {local:%H:%M}"

    def end(self, moment: str) -> str:
        """The last day where it ends with a day; ends are stored as the first moment after it."""
        local = self.local(moment)
        if not _is_midnight(local):
            return self.moment(moment)
        return show_day((local - INSTANT).date(), language=self.language)


def weekdays(numbers: Iterable[int]) -> str:
    """ "Fridays and Saturdays", in the order of the week."""
    return join_and([str(WEEKDAYS[number - 1]) for number in sorted(set(numbers))])


def hours(part: Mapping[str, Any]) -> str:
    """ "9:00–18:00"; empty for the whole day."""
    first, last = part.get("from_minute") or 0, part.get("to_minute", DAY_MINUTES)
    if (first, last) == (0, DAY_MINUTES):
        return ""
    return f"{clock(first)}–{clock(last)}"


def show_times(factor_bp: int) -> str:
    """ "2" for 20000 basis points, "1.5" for 15000."""
    whole, rest = divmod(factor_bp, WHOLE_BP)
    return str(whole) if not rest else f"{whole}.{rest:04d}".rstrip("0")


def clock(minute: int) -> str:
    return f"{minute // HOUR_MINUTES}:{minute % HOUR_MINUTES:02d}"


def join_and(parts: list[str]) -> str:
    """ "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def _is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second) == (0, 0, 0)
