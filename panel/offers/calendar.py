"""The offers of a month: a bar for each stretch of days on which one runs, recurring days included."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty.offer_document import OfferDocumentInvalid, parse
from loyalty.schedule import calendar_of, windows, within
from panel.guard import PanelRequest
from panel.offers.find import Found, find_offers
from panel.offers.states import State
from panel.page import show_page
from shop.clock import end_of_day, local_date, start_of_day, store_moment
from shop.models import Store
from shop.show_day import show_short_day

YEARS = range(2000, 2101)
INSTANT = timedelta(seconds=1)
SHOWN = frozenset({State.DRAFT, State.SCHEDULED, State.RUNNING, State.PAUSED, State.ENDED})


@dataclass(frozen=True, slots=True)
class Bar:
    """From the first to the last day of the month, both counted from 1; `said` is the same in words."""

    first: int
    last: int
    said: str

    @property
    def until(self) -> int:
        """The line of the grid behind its last day."""
        return self.last + 1


@dataclass(frozen=True, slots=True)
class Row:
    """One offer with its bars."""

    found: Found
    bars: tuple[Bar, ...]

    @property
    def said(self) -> str:
        return ", ".join(bar.said for bar in self.bars)


@require_safe
def show_calendar(request: PanelRequest) -> HttpResponse:
    """One month of the store's calendar; `month` is like 2026-11."""
    store, at = request.store, store_moment(request.store, timezone.now())
    today = local_date(store, at)
    first = _month(request.GET.get("month", ""), today)
    days = monthrange(first.year, first.month)[1]
    found = [one for one in find_offers(store, at=at) if one.state in SHOWN and one.document]
    rows = [row for one in found if (row := _row(store, one, first)).bars]
    before, after = first - timedelta(days=1), first + timedelta(days=days)
    return show_page(
        request,
        "panel/offers/calendar.html",
        title=_("Calendar of offers"),
        first=first,
        days=[
            (first.replace(day=day), first.replace(day=day).isoweekday() >= 6) for day in range(1, days + 1)
        ],
        columns=days,
        today=today.day if (today.year, today.month) == (first.year, first.month) else 0,
        rows=rows,
        before=f"{before:%Y-%m}" if before.year in YEARS else "",
        after=f"{after:%Y-%m}" if after.year in YEARS else "",
    )


def _month(typed: str, today: date) -> date:
    """The first day of the month; today's month where it cannot be read."""
    try:
        found = date.fromisoformat(f"{typed}-01")
    except ValueError:
        return today.replace(day=1)
    return found if found.year in YEARS else today.replace(day=1)


def _row(store: Store, found: Found, first: date) -> Row:
    try:
        terms = parse(found.document)
    except OfferDocumentInvalid:
        return Row(found, ())
    since = start_of_day(store, first)
    until = end_of_day(store, first.replace(day=monthrange(first.year, first.month)[1]))
    starts = max(int(since.timestamp()), terms.starts_at or 0)
    ends = min(int(until.timestamp()), terms.ends_at or int(until.timestamp()))
    if starts >= ends:
        return Row(found, ())
    recurring = None
    if terms.recurring is not None:
        recurring = windows(terms.recurring, calendar_of(store), since=since, until=until)
    return Row(found, _bars(store, within(recurring, (starts, ends))))


def _bars(store: Store, found: tuple[tuple[int, int], ...]) -> tuple[Bar, ...]:
    """Stretches that touch or share a day become one bar."""
    zone = ZoneInfo(store.time_zone)
    spans: list[list[date]] = []
    for start, end in found:
        first = datetime.fromtimestamp(start, tz=UTC).astimezone(zone).date()
        last = (datetime.fromtimestamp(end, tz=UTC) - INSTANT).astimezone(zone).date()
        if spans and first <= spans[-1][1] + timedelta(days=1):
            spans[-1][1] = max(spans[-1][1], last)
        else:
            spans.append([first, last])
    return tuple(Bar(first.day, last.day, _say(first, last)) for first, last in spans)


def _say(first: date, last: date) -> str:
    language = get_language() or "en"
    begin, end = show_short_day(first, language=language), show_short_day(last, language=language)
    return begin if first == last else f"{begin} – {end}"
