"""Who stands on which step of a ladder, and since when: a replay of plain facts. No database, no clock.

An order is counted with what was kept of it, as if that was all that had ever been bought: what a refund un-earned was
never earned. A tier that was reached is kept to its end; then, after the days of grace, what the window holds decides.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

from loyalty.tiers.calendar import after_grace, kept_until, window_start

EARNED, KEPT, LAPSED, GRANTED, GRANT_ENDED, RULES = "earned", "kept", "lapsed", "granted", "ended", "rules"


@dataclass(frozen=True, slots=True)
class Rung:
    """`threshold` in minor units, points or orders."""

    tier: int
    threshold: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """One version of the rules, in force from `in_force_at`; `rungs` ascend."""

    in_force_at: datetime
    measure: str
    period: str
    months: int | None
    grace_days: int
    rungs: tuple[Rung, ...]

    def tier_for(self, score: int) -> int | None:
        reached = [rung.tier for rung in self.rungs if rung.threshold <= score]
        return reached[-1] if reached else None

    def rank(self, tier: int | None) -> int:
        """0 for no tier, and for one that this version does not have."""
        return next((place for place, rung in enumerate(self.rungs, start=1) if rung.tier == tier), 0)


@dataclass(frozen=True, slots=True)
class Counted:
    """`amount` that counts from `at` on; `cuts` are what was taken away again, and when."""

    at: datetime
    amount: int
    order: int | None = None
    cuts: tuple[tuple[datetime, int], ...] = ()

    def known_at(self, moment: datetime) -> int:
        return max(self.amount - sum(amount for at, amount in self.cuts if at <= moment), 0)


@dataclass(frozen=True, slots=True)
class Grant:
    """Given by hand in [at, until). Without a tier it ends what was given before."""

    id: int
    tier: int | None
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that decides about one customer; `counted` by measure, each ascending by moment, as are the ladders."""

    zone: ZoneInfo
    ladders: Sequence[Ladder]
    counted: Mapping[str, Sequence[Counted]]
    grants: Sequence[Grant] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """From `at` on the customer has `tier`, kept until `until`."""

    at: datetime
    tier: int | None
    until: datetime | None
    cause: str
    score: int = 0
    order: int | None = None
    grant: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`stands` ascend. `review_at`: when time alone may change it next; `score` as of the end of the replay."""

    stands: tuple[Stand, ...]
    review_at: datetime | None
    score: int

    def at(self, moment: datetime) -> Stand | None:
        """The last one that had begun by then."""
        return next((stand for stand in reversed(self.stands) if stand.at <= moment), None)

    @property
    def since(self) -> datetime | None:
        """Since when the customer has had the present tier without a break."""
        since: datetime | None = None
        for stand in reversed(self.stands):
            if stand.tier != self.stands[-1].tier:
                break
            since = stand.at
        return since


def replay(facts: Facts, *, until: datetime, known_at: datetime | None = None) -> Standing:
    """Where the customer stands at `until`, by what was known of refunds at `known_at`, or at `until`."""
    walk = _Walk(facts, known_at or until)
    for moment in _moments(facts, until):
        walk.review(before=moment)
        walk.meet(moment)
    walk.review(before=until)
    score = walk.score(until) if walk.ladder_at(until) else 0
    stands, next_review = _with_grants(walk, facts, until=until)
    return Standing(tuple(stands), next_review, score)


def score_before(facts: Facts, moment: datetime, *, known_at: datetime) -> int:
    """What the window that ends at `moment`, which may be to come, holds of what is known by now."""
    walk = _Walk(facts, known_at)
    return walk.score(moment, before=True) if walk.ladder_at(moment) else 0


def _moments(facts: Facts, until: datetime) -> list[datetime]:
    """At which something happens that is no passing of time."""
    if not facts.ladders:
        return []
    first = facts.ladders[0].in_force_at
    found = {ladder.in_force_at for ladder in facts.ladders}
    found.update(one.at for rows in facts.counted.values() for one in rows)
    return sorted(moment for moment in found if first <= moment <= until)


@dataclass(slots=True)
class _Walk:
    """The earned tier, moving through time."""

    facts: Facts
    known_at: datetime
    tier: int | None = None
    until: datetime | None = None
    review_at: datetime | None = None
    stands: list[Stand] = field(default_factory=list)
    _sums: dict[str, tuple[list[datetime], list[int]]] = field(default_factory=dict)

    def ladder_at(self, moment: datetime) -> Ladder | None:
        found = [ladder for ladder in self.facts.ladders if ladder.in_force_at <= moment]
        return found[-1] if found else None

    def score(self, at: datetime, *, before: bool = False) -> int:
        """What the window holds at `at`, or just before it."""
        ladder = self.ladder_at(at)
        assert ladder is not None, "nothing is counted before there is a ladder"
        moments, sums = self._counted(ladder.measure)
        start = window_start(ladder.period, ladder.months, zone=self.facts.zone, at=at)
        end = bisect_left(moments, at) if before else bisect_right(moments, at)
        return sums[end] - sums[min(bisect_left(moments, start), end)]

    def review(self, *, before: datetime) -> None:
        """What time alone has done by `before`, that moment included: tiers end, or are kept anew."""
        while self.review_at is not None and self.review_at <= before:
            self._review(self.review_at)

    def meet(self, moment: datetime) -> None:
        """Something was bought, or the ladder changed."""
        ladder = self.ladder_at(moment)
        assert ladder is not None, "moments begin with the first ladder"
        score = self.score(moment)
        reached = ladder.tier_for(score)
        is_new = ladder.in_force_at == moment
        is_gone = self.tier is not None and not ladder.rank(self.tier)
        in_grace = self.until is not None and self.until <= moment
        is_up = ladder.rank(reached) > ladder.rank(self.tier)
        if is_up or is_gone:
            self._stand(moment, reached, RULES if is_new else EARNED, score)
        elif in_grace and reached is not None and ladder.rank(reached) == ladder.rank(self.tier):
            self._stand(moment, reached, KEPT, score)

    def _review(self, moment: datetime) -> None:
        ladder = self.ladder_at(moment)
        assert ladder is not None, "a tier comes from a ladder"
        assert self.until is not None, "only who has a tier is looked at again"
        score = self.score(moment, before=True)
        reached = ladder.tier_for(score)
        end = after_grace(self.until, ladder.grace_days, zone=self.facts.zone)
        if ladder.rank(reached) >= ladder.rank(self.tier):
            self._stand(moment, reached, KEPT, score)
        elif moment < end:
            self.review_at = end
        else:
            self._stand(moment, reached, LAPSED, score)

    def _stand(self, moment: datetime, tier: int | None, cause: str, score: int) -> None:
        ladder = self.ladder_at(moment)
        assert ladder is not None, "a tier comes from a ladder"
        until = None if tier is None else kept_until(ladder.period, zone=self.facts.zone, at=moment)
        self.tier, self.until, self.review_at = tier, until, until
        order = self._order_at(ladder.measure, moment) if cause in (EARNED, KEPT) else None
        self.stands.append(Stand(moment, tier, until, cause, score, order))

    def _order_at(self, measure: str, moment: datetime) -> int | None:
        return next((one.order for one in self.facts.counted.get(measure, ()) if one.at == moment), None)

    def _counted(self, measure: str) -> tuple[list[datetime], list[int]]:
        """Moments, and the sum of all before each of them."""
        if measure not in self._sums:
            rows = self.facts.counted.get(measure, ())
            amounts = (one.known_at(self.known_at) for one in rows)
            self._sums[measure] = [one.at for one in rows], list(accumulate(amounts, initial=0))
        return self._sums[measure]


def _with_grants(walk: _Walk, facts: Facts, *, until: datetime) -> tuple[list[Stand], datetime | None]:
    """Of what was earned and what was given the higher one counts; the next review is where one of them may end."""
    if not facts.grants:
        return walk.stands, walk.review_at
    stands: list[Stand] = []
    for moment, ends_grant in _borders(walk, facts.grants, until):
        stand = _higher(walk, facts.grants, moment, ends_grant=ends_grant)
        last = stands[-1] if stands else None
        if (stand.tier, stand.until) != ((last.tier, last.until) if last else (None, None)):
            stands.append(stand)
    given = _grant_at(facts.grants, until)
    reviews = [moment for moment in (walk.review_at, given.until if given else None) if moment is not None]
    return stands, min(reviews, default=None)


def _borders(walk: _Walk, grants: Sequence[Grant], until: datetime) -> Iterator[tuple[datetime, bool]]:
    """Moments, ascending, and whether something given by hand changes there."""
    given = {grant.at for grant in grants} | {grant.until for grant in grants if grant.until is not None}
    found = {stand.at for stand in walk.stands} | given
    return ((moment, moment in given) for moment in sorted(found) if moment <= until)


def _higher(walk: _Walk, grants: Sequence[Grant], moment: datetime, *, ends_grant: bool) -> Stand:
    earned = next((stand for stand in reversed(walk.stands) if stand.at <= moment), None)
    given, ladder = _grant_at(grants, moment), walk.ladder_at(moment)
    rank = ladder.rank(given.tier) if given and ladder else 0
    if given is not None and rank > (ladder.rank(earned.tier) if earned and ladder else 0):
        return Stand(moment, given.tier, given.until, GRANTED, earned.score if earned else 0, grant=given.id)
    if earned is None:
        return Stand(moment, None, None, GRANT_ENDED)
    if earned.at == moment or not ends_grant:
        return earned
    return Stand(moment, earned.tier, earned.until, GRANT_ENDED, earned.score)


def _grant_at(grants: Sequence[Grant], moment: datetime) -> Grant | None:
    """The newest one, if it gives something at that moment."""
    begun = [grant for grant in grants if grant.at <= moment]
    newest = max(begun, key=lambda grant: (grant.at, grant.id), default=None)
    if newest is None or newest.until is None or newest.until <= moment:
        return None
    return newest
