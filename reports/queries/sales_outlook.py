"""What a month has sold, where it is heading, and what the running offers are expected to do in it.

Revenue is that of orders placed in the month: see reports.queries.revenue.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from loyalty.running import RunningOffer
from loyalty.snapshot import snapshot
from pricing.allocate import divide, share
from reports.forecast.figures import Forecast
from reports.forecast.run_forecast import done_forecasts
from reports.queries.margin import GoodsMargin, store_margin
from reports.queries.revenue import orders_and_revenue
from shop.clock import start_of_day
from shop.models import Order, Store

WEEK = timedelta(days=7)
# Whole weeks, so that every weekday counts as often as the others.
PACE_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Sold:
    """Orders and their revenue in minor units."""

    orders: int
    revenue: int


@dataclass(frozen=True, slots=True)
class Expected:
    """Of one offer in the part of the month that it runs in: orders that it joins, what they pay with it, what it
    takes off, and what it would have to bring on top to pay for itself (None where that is not known or cannot be)."""

    orders: int
    revenue: int
    cost: int
    to_break_even: int | None


@dataclass(frozen=True, slots=True)
class OfferOutlook:
    """`expected` is None where its terms of today have no forecast. One that `needs_code` counts as if everybody had
    the code: it is the most that can be, and no part of the sums."""

    code: str
    name: str
    needs_code: bool
    expected: Expected | None


@dataclass(frozen=True, slots=True)
class SalesOutlook:
    """One month, [since, until), as of `at`. `projected` is what it comes to where things go on as in the `weeks`
    before `at`, those offers that ran in them included; None where the store has less than a week behind it."""

    since: datetime
    until: datetime
    at: datetime
    sold: Sold
    margin: GoodsMargin
    weeks: int
    projected: int | None
    offers: tuple[OfferOutlook, ...]

    @property
    def is_over(self) -> bool:
        return self.at >= self.until

    @property
    def has_begun(self) -> bool:
        return self.at >= self.since

    @property
    def gone_bp(self) -> int:
        """How much of the month is gone."""
        whole = self.until - self.since
        gone = min(max(self.at - self.since, timedelta()), whole)
        return _part(10_000, gone, whole)

    @property
    def summed(self) -> Expected | None:
        """Of the offers that apply by themselves and have a forecast; None where there is none of them."""
        found = [one.expected for one in self.offers if one.expected and not one.needs_code]
        if not found:
            return None
        return Expected(
            orders=sum(one.orders for one in found),
            revenue=sum(one.revenue for one in found),
            cost=sum(one.cost for one in found),
            to_break_even=sum(one.to_break_even or 0 for one in found),
        )


def sales_outlook(store: Store, month: date, *, at: datetime) -> SalesOutlook:
    """Of the month that begins on that day. Five queries, and one more in a process that has not met the offers."""
    since, until = start_of_day(store, month), start_of_day(store, next_month(month))
    now = min(at, until)
    sold = _sold(store, since=since, until=now)
    weeks, pace = _pace(store, at=at)
    left = until - max(now, since)
    return SalesOutlook(
        since=since,
        until=until,
        at=at,
        sold=sold,
        margin=store_margin(store, since=since, until=now),
        weeks=weeks,
        projected=sold.revenue if not left else None if not weeks else _on(sold, pace, left, weeks),
        offers=() if not left else _offers(store, since=since, until=until, at=at),
    )


def next_month(month: date) -> date:
    """The first day of the next one."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _sold(store: Store, *, since: datetime, until: datetime) -> Sold:
    return Sold(*orders_and_revenue(store, since=since, until=until))


def _pace(store: Store, *, at: datetime) -> tuple[int, int]:
    """How many whole weeks before `at` the store had orders to count, four at most, and what they brought."""
    first = (
        Order.objects.filter(store=store).order_by("placed_at").values_list("placed_at", flat=True).first()
    )
    weeks = 0 if first is None else min(max((at - first) // WEEK, 0), PACE_WEEKS)
    return weeks, _sold(store, since=at - weeks * WEEK, until=at).revenue if weeks else 0


def _on(sold: Sold, pace: int, left: timedelta, weeks: int) -> int:
    return sold.revenue + _part(pace, left, weeks * WEEK)


def _offers(store: Store, *, since: datetime, until: datetime, at: datetime) -> tuple[OfferOutlook, ...]:
    """The offers that run today and have a part of the month before them, by name."""
    running = snapshot(store.pk, store.offers_version).running(at=at)
    found = [
        (one, window) for one in running if (window := _window(one, since=since, until=until)) is not None
    ]
    forecasts = done_forecasts(store, [offer.version_id for offer, _ in found])
    return tuple(
        OfferOutlook(
            offer.code,
            offer.name,
            offer.terms.needs_code,
            _expected(store, forecasts.get(offer.version_id), window),
        )
        for offer, window in sorted(found, key=lambda pair: pair[0].name)
    )


def _window(offer: RunningOffer, *, since: datetime, until: datetime) -> timedelta | None:
    """How long it may run within the month; None where it does not."""
    starts_at, ends_at = offer.terms.starts_at, offer.terms.ends_at
    start = since if starts_at is None else max(since, datetime.fromtimestamp(starts_at, tz=UTC))
    end = until if ends_at is None else min(until, datetime.fromtimestamp(ends_at, tz=UTC))
    return end - start if start < end else None


def _expected(store: Store, forecast: Forecast | None, window: timedelta) -> Expected | None:
    """The forecast's share of that time: counted from its first month with orders, where the shop is younger."""
    if forecast is None or not forecast.months:
        return None
    begin = max(forecast.since, start_of_day(store, forecast.months[0].starts_on))
    span = max(forecast.until - begin, WEEK)
    revenue = _part(forecast.revenue_after, window, span)
    return Expected(
        orders=_part(forecast.qualifying, window, span),
        revenue=revenue,
        cost=_part(max(forecast.cost, 0), window, span),
        to_break_even=None if forecast.uplift_bp is None else share(revenue, forecast.uplift_bp),
    )


def _part(amount: int, of: timedelta, whole: timedelta) -> int:
    """`amount` was brought by the whole time: what so much time brings, rounded half up."""
    seconds, all_seconds = (int(span.total_seconds()) for span in (of, whole))
    times, rest = divmod(seconds, all_seconds)
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    return sign * (size * times + divide(size, [rest, all_seconds - rest], all_seconds)[0])
