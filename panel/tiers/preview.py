"""How many customers a ladder that is not saved yet would have on each step."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty.tiers.calendar import window_start
from loyalty.tiers.find_standing import people_by_threshold
from loyalty.tiers.keep_ladder import LadderPlan
from shop.models import Store


@dataclass(frozen=True, slots=True)
class Expected:
    """`people` would have reached this tier, and none above it."""

    name: str
    people: int


def expect(store: Store, plan: LadderPlan, *, at: datetime) -> list[Expected]:
    """The lowest first. By what counts at `at`; who keeps a tier for its time is not among them."""
    steps = sorted(plan.steps, key=lambda step: step.threshold)
    since = window_start(plan.period, plan.months, zone=ZoneInfo(store.time_zone), at=at)
    people = people_by_threshold(
        store, measure=plan.measure, since=since, at=at, thresholds=[step.threshold for step in steps]
    )
    return [Expected(step.name, count) for step, count in zip(steps, people, strict=True)]
