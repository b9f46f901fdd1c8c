"""What stands between a customer and the next tier, and what a cart would do about it. No database."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty.tiers.calendar import window_start
from loyalty.tiers.read_ladders import Ladders, TierNames
from loyalty.tiers.standing import Ladder, Rung
from shop.models import Store


@dataclass(frozen=True, slots=True)
class Question:
    """Of a customer the tier, and what has to be summed up where the score is asked for, too: which measure, and from
    which moment on."""

    measure: str
    since: datetime
    with_score: bool = True


@dataclass(frozen=True, slots=True)
class Outlook:
    """`score` and `missing` in the measure's units: minor units, points or orders. No `next`: the top is reached.

    `reached` is the tier that the cart in question would lift the customer to; None where it lifts to none.
    """

    measure: str
    score: int
    tier: TierNames | None
    next: TierNames | None = None
    missing: int = 0
    reached: TierNames | None = None


def question_of(ladders: Ladders, store: Store, *, at: datetime, with_score: bool = True) -> Question | None:
    """None where the store has no ladder at `at`."""
    ladder = ladders.at(at)
    if ladder is None:
        return None
    zone = ZoneInfo(store.time_zone)
    since = window_start(ladder.period, ladder.months, zone=zone, at=at)
    return Question(ladder.measure, since, with_score)


def outlook(ladders: Ladders, *, code: str | None, score: int, at: datetime, gain: int = 0) -> Outlook | None:
    """Where somebody stands who is in the tier of this code; `gain` is what the cart would add."""
    ladder = ladders.at(at)
    if ladder is None:
        return None
    tier = ladders.tier_called(code)
    rung = next_rung(ladder, tier=tier, score=score)
    lifted = ladder.tier_for(score + gain) if gain else None
    return Outlook(
        measure=ladder.measure,
        score=score,
        tier=None if tier is None else ladders.name_of(tier),
        next=None if rung is None else ladders.name_of(rung.tier),
        missing=0 if rung is None else rung.threshold - score,
        reached=ladders.name_of(lifted) if lifted is not None and _is_above(ladder, lifted, tier) else None,
    )


def next_rung(ladder: Ladder, *, tier: int | None, score: int) -> Rung | None:
    """The lowest step above the tier that the score does not reach; None at the top."""
    return next((rung for rung in ladder.rungs[ladder.rank(tier) :] if rung.threshold > score), None)


def _is_above(ladder: Ladder, one: int, other: int | None) -> bool:
    return ladder.rank(one) > ladder.rank(other)
