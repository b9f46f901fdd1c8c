"""Who stands on which tier at a moment, worked out plainly: moment after moment, with days counted on the wall.

An oracle of its own: it shares nothing with the product but the rules of the handbook.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.soaks.five_years.script import THRESHOLDS, Shop
from bench.soaks.five_years.wall import date_on, end_of, last_of_period, months_later, period_of

NAMES = ("silver", "gold")
PERIOD_MONTHS = {"year": 12, "quarter": 3}
KEPT_MONTHS = 12
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """`amount` counts from `at` on; `cuts` are what was taken off it, and when."""

    at: datetime
    amount: int
    cuts: tuple[tuple[datetime, int], ...] = ()

    def net(self, *, known_at: datetime) -> int:
        return max(self.amount - sum(amount for when, amount in self.cuts if when <= known_at), 0)


@dataclass(slots=True)
class Walk:
    """Through what is known. Rank 0 is no tier; `in_grace`: the end has come, and the window held too little."""

    shop: Shop
    known: Sequence[tuple[datetime, int]]
    rank: int = 0
    until: datetime | None = None
    in_grace: bool = False

    def pass_time(self, *, to: datetime) -> None:
        """Ends of tiers and of their days of grace, up to and including that moment."""
        while (moment := self._next_end()) is not None and moment <= to:
            rank = self._reached(before=moment, seen=moment)
            if rank >= self.rank or moment == self._end_of_grace():
                self._stand(rank, at=moment)
            else:
                self.in_grace = True

    def buy(self, *, at: datetime) -> None:
        rank = self._reached(before=at + INSTANT, seen=at)
        if rank > self.rank or (self.in_grace and rank == self.rank):
            self._stand(rank, at=at)

    def _next_end(self) -> datetime | None:
        return self._end_of_grace() if self.in_grace else self.until

    def _end_of_grace(self) -> datetime | None:
        if self.until is None:
            return None
        last_day = date_on(self.shop.zone, self.until - INSTANT)
        return end_of(self.shop.zone, last_day + timedelta(days=self.shop.ladder[3]))

    def _reached(self, *, before: datetime, seen: datetime) -> int:
        """By what counts on the local day of `seen` of all before `before`."""
        _, period, months, _ = self.shop.ladder
        today, total = date_on(self.shop.zone, seen), 0
        for moment, amount in self.known:
            day = date_on(self.shop.zone, moment)
            if period == "rolling":
                counts = months_later(day, months or 0) >= today
            else:
                length = PERIOD_MONTHS[period]
                counts = period_of(day, length) == period_of(today, length)
            total += amount if counts and moment < before else 0
        return sum(total >= threshold for threshold in THRESHOLDS[self.shop.ladder[0]])

    def _stand(self, rank: int, *, at: datetime) -> None:
        period, today = self.shop.ladder[1], date_on(self.shop.zone, at)
        last = (
            months_later(today, KEPT_MONTHS)
            if period == "rolling"
            else last_of_period(today, PERIOD_MONTHS[period])
        )
        self.rank, self.in_grace = rank, False
        self.until = end_of(self.shop.zone, last) if rank else None


def earned_tier(shop: Shop, counts: Sequence[Counts], *, at: datetime) -> tuple[str | None, datetime | None]:
    """The tier at `at` and until when it is kept, by what is known of returns then."""
    known = [(one.at, one.net(known_at=at)) for one in counts if one.at <= at]
    walk = Walk(shop, known)
    for moment in sorted({moment for moment, _ in known}):
        walk.pass_time(to=moment)
        walk.buy(at=moment)
    walk.pass_time(to=at)
    return (NAMES[walk.rank - 1] if walk.rank else None), walk.until
