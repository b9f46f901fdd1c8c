"""Set up a store's ladder of tiers, or change it from a moment on. The edge owns the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection
from django.db.models import Max

from loyalty.models import Tier, TierRules, TierStep
from loyalty.tiers.recompute_store import ask_to_recompute
from shop.models import Store, User

TIERS_MAX = 10
GRACE_DAYS_MAX = 366
MONTHS_MAX = 60


class LadderFault(StrEnum):
    TOO_MANY_TIERS = "too_many_tiers"
    CODE_TWICE = "code_twice"
    THRESHOLD_TWICE = "threshold_twice"
    THRESHOLD_TOO_LOW = "threshold_too_low"
    MONTHS_OUT_OF_RANGE = "months_out_of_range"
    GRACE_OUT_OF_RANGE = "grace_out_of_range"


class LadderRefused(ValueError):
    """`place` counts the steps from 0; None where the fault is none of a step."""

    def __init__(self, code: LadderFault, *, place: int | None = None) -> None:
        super().__init__(code.value)
        self.code, self.place = code, place


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One tier and what it asks for: minor units, points or orders."""

    code: str
    name: str
    threshold: int
    benefits: str = ""


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """`months` only of a rolling window. Without steps the ladder ends."""

    measure: str
    period: str
    months: int | None
    grace_days: int
    steps: tuple[StepPlan, ...]


def keep_ladder(
    store: Store, plan: LadderPlan, *, by: User | None, at: datetime, at_recorded: datetime
) -> TierRules:
    """The ladder as of `at`; the store's customers are looked at again by a job. Raises LadderRefused.

    Saved again as it is, only the names and words of its tiers change, and no customer moves.
    """
    assert connection.in_atomic_block, "the edge owns the transaction"
    refuse_unfit(plan)
    # The store's row makes twins wait, so that versions count up without a gap.
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    last = TierRules.objects.filter(store=store).order_by("number").last()
    tiers = [_keep_tier(store, step) for step in plan.steps]
    if last is not None and _says_the_same(last, plan, tiers):
        return last
    number = (TierRules.objects.filter(store=store).aggregate(last=Max("number"))["last"] or 0) + 1
    rules = TierRules.objects.create(
        store=store,
        number=number,
        in_force_at=max(at, last.in_force_at) if last else at,
        measure=plan.measure,
        period=plan.period,
        months=plan.months,
        grace_days=plan.grace_days,
        created_by=by,
        recorded_at=at_recorded,
    )
    TierStep.objects.bulk_create(
        TierStep(store=store, rules=rules, tier=tier, threshold=step.threshold)
        for tier, step in zip(tiers, plan.steps, strict=True)
    )
    ask_to_recompute(store, by=by)
    return rules


def refuse_unfit(plan: LadderPlan) -> None:
    """Raises LadderRefused."""
    if len(plan.steps) > TIERS_MAX:
        raise LadderRefused(LadderFault.TOO_MANY_TIERS)
    is_rolling = plan.period == TierRules.Period.ROLLING
    if is_rolling != (plan.months is not None) or not 1 <= (plan.months or 1) <= MONTHS_MAX:
        raise LadderRefused(LadderFault.MONTHS_OUT_OF_RANGE)
    if not 0 <= plan.grace_days <= GRACE_DAYS_MAX:
        raise LadderRefused(LadderFault.GRACE_OUT_OF_RANGE)
    _refuse_steps(plan.steps)


def _refuse_steps(steps: Sequence[StepPlan]) -> None:
    for place, step in enumerate(steps):
        before = steps[:place]
        if step.threshold < 1:
            raise LadderRefused(LadderFault.THRESHOLD_TOO_LOW, place=place)
        if any(step.code == other.code for other in before):
            raise LadderRefused(LadderFault.CODE_TWICE, place=place)
        if any(step.threshold == other.threshold for other in before):
            raise LadderRefused(LadderFault.THRESHOLD_TWICE, place=place)


def _keep_tier(store: Store, step: StepPlan) -> Tier:
    tier, _created = Tier.objects.get_or_create(
        store=store, code=step.code, defaults={"name": step.name, "benefits": step.benefits}
    )
    if (tier.name, tier.benefits) != (step.name, step.benefits):
        tier.name, tier.benefits = step.name, step.benefits
        tier.save(update_fields=["name", "benefits"])
    return tier


def _says_the_same(last: TierRules, plan: LadderPlan, tiers: Sequence[Tier]) -> bool:
    kept = {(step.tier_id, step.threshold) for step in last.steps.all()}
    wanted = {(tier.pk, step.threshold) for tier, step in zip(tiers, plan.steps, strict=True)}
    terms = (last.measure, last.period, last.months, last.grace_days)
    return kept == wanted and terms == (plan.measure, plan.period, plan.months, plan.grace_days)
