"""Programmes set up in the database, one store for each; what an example does in one of them is rolled back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from loyalty.models import EarningRule, PointsLimits
from loyalty.tiers.keep_ladder import LadderPlan, StepPlan, keep_ladder
from shop.models import Store, User
from shop.partitions import ensure_partition
from tests.factories import make_earning_rule, make_store, make_user
from tests.ledger_machine.model_friends import COUNTS_FOR, LIFE_DAYS
from tests.ledger_machine.terms import PROGRAMMES, Terms
from tests.loyalty.friends import programme

# Examples begin within a year and go on for another one at most: clocks change four times, and February has 29 days.
FIRST = datetime(2027, 3, 1, 9, tzinfo=UTC)
LAST = datetime(2028, 12, 1, tzinfo=UTC)
BEFORE = FIRST - timedelta(days=400)
LEVELS = ("level_1", "level_2", "level_3", "level_4", "level_5")
MANY = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Programme:
    terms: Terms
    store: Store
    rule: EarningRule
    owner: User


def set_up_programmes() -> list[Programme]:
    """Committed, with the months that activities will lie in: making one takes longer than a whole rule."""
    month = FIRST - timedelta(days=62)
    while month < LAST + timedelta(days=31):
        ensure_partition("shop_activity", month)
        month += timedelta(days=27)
    with transaction.atomic():
        return [_set_up(terms) for terms in PROGRAMMES]


def _set_up(terms: Terms) -> Programme:
    store = make_store(
        time_zone=terms.zone,
        return_window_days=terms.return_days,
        points_expiry=terms.expiry,
        points_grace_days=terms.grace_days,
        points_slide_days=terms.slide_days,
        points_value=terms.value,
        points_share_bp=terms.share_bp,
    )
    rule = make_earning_rule(
        store, points=terms.points, per_amount=terms.per_amount, life_days=terms.life_days, starts_at=BEFORE
    )
    PointsLimits.objects.create(store=store, may_move=True, move_max=MANY, move_month_max=MANY)
    steps = tuple(StepPlan(code, code, threshold) for code, threshold in terms.rungs)
    plan = LadderPlan(terms.measure, terms.period, terms.months, terms.tier_grace_days, steps)
    keep_ladder(store, plan, by=None, at=BEFORE, at_recorded=BEFORE)
    programme(
        store,
        **dict(zip(LEVELS, (*terms.levels, 0, 0, 0, 0, 0), strict=False)),
        unit="share" if terms.is_share else "points",
        cap=10_000,
        first_order_only=terms.first_order_only,
        window_days=COUNTS_FOR.days,
        life_days=LIFE_DAYS,
        joins_an_hour_max=1000,
    )
    store.refresh_from_db()
    return Programme(terms, store, rule, make_user())
