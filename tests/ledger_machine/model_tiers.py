"""The model of tiers: what counts, walked through from the first day to the last. Every sum is made anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tests.ledger_machine.model_days import (
    DAY,
    day_begins,
    day_is_over,
    day_of,
    last_day_of_period,
    months_later,
    period_of,
)
from tests.ledger_machine.terms import Terms

KEPT_MONTHS = 12
Fact = tuple[datetime, int]


def tier_of(facts: Sequence[Fact], terms: Terms, now: datetime) -> str | None:
    """`facts` are moments and amounts, net of what came back since."""
    walk = _Walk(sorted(facts), terms)
    for at, _ in walk.facts:
        if at <= now:
            walk.pass_time(at)
            walk.count(at)
    walk.pass_time(now)
    return walk.tier


@dataclass(slots=True)
class _Walk:
    facts: list[Fact]
    terms: Terms
    tier: str | None = None
    until: datetime | None = None
    looked_at_again: datetime | None = None

    def rank(self, tier: str | None) -> int:
        return [None, *(code for code, _ in self.terms.rungs)].index(tier)

    def reached(self, at: datetime, *, before: bool = False) -> str | None:
        """By what the window holds at `at`, or when it is about to be `at`."""
        today = day_of(at, self.terms)
        score = 0
        for moment, amount in self.facts:
            is_there = moment < at if before else moment <= at
            if is_there and self.counts(moment, today):
                score += amount
        reached = [code for code, threshold in self.terms.rungs if threshold <= score]
        return reached[-1] if reached else None

    def counts(self, moment: datetime, today: date) -> bool:
        day = day_of(moment, self.terms)
        if self.terms.months is not None:
            return months_later(day, self.terms.months) >= today
        return period_of(day, self.terms.period) == period_of(today, self.terms.period)

    def count(self, at: datetime) -> None:
        """Upgrade at once; in the days of grace the tier can be earned anew."""
        reached = self.reached(at)
        in_grace = self.until is not None and self.until <= at
        higher = self.rank(reached) > self.rank(self.tier)
        if higher or (in_grace and reached is not None and reached == self.tier):
            self.stand(reached, at)

    def pass_time(self, now: datetime) -> None:
        """Downgrade at the end, after the days of grace."""
        while self.looked_at_again is not None and self.looked_at_again <= now:
            assert self.until is not None
            at = self.looked_at_again
            last_day = day_of(self.until, self.terms) - DAY
            grace_ends = day_is_over(last_day + self.terms.tier_grace_days * DAY, self.terms)
            reached = self.reached(at, before=True)
            if self.rank(reached) >= self.rank(self.tier) or at >= grace_ends:
                self.stand(reached, at)
            else:
                self.looked_at_again = grace_ends

    def stand(self, tier: str | None, at: datetime) -> None:
        """Kept for 12 months, or to the calendar period's end."""
        self.tier, self.until = tier, None
        if tier is not None:
            day = day_of(at, self.terms)
            if self.terms.months is not None:
                self.until = day_begins(months_later(day, KEPT_MONTHS) + DAY, self.terms)
            else:
                self.until = day_is_over(last_day_of_period(day, self.terms.period), self.terms)
        self.looked_at_again = self.until
