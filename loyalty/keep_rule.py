"""Keep an earning rule: a new one, or a new version of it from a moment on; and end one. The caller owns the
transaction.

What is over stays as it was: orders keep the version that they earned by.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection
from django.db.models import Q, QuerySet

from loyalty.models import EarningRule
from shop.models import Store, User
from shop.record import record

RULES_MAX = 100
Kind = EarningRule.Kind


class RuleFault(StrEnum):
    ENDED = "ended"  # a rule that has ended stays so: make a new one
    TOO_MANY = "too_many"
    WINDOW = "window"  # it would end before it starts


class RuleRefused(ValueError):
    def __init__(self, code: RuleFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePlan:
    """What a rule shall say; see `loyalty.models.EarningRule`."""

    name: str
    kind: str
    points: int = 0
    per_amount: int | None = None
    factor_bp: int | None = None
    group: str = ""
    tiers: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    event: str = ""
    cap_points: int | None = None
    cap_period: str = ""
    cooldown_days: int | None = None
    life_days: int = 365
    ends_at: datetime | None = None


def keep_rule(
    store: Store, plan: RulePlan, *, code: str | None = None, by: User | None, at: datetime
) -> EarningRule:
    """The version in force from `at` on; of a new rule where no `code` is given. Raises RuleRefused."""
    assert connection.in_atomic_block, (
        "two versions meet in one moment, so they are written in one transaction"
    )
    if plan.ends_at is not None and plan.ends_at <= at:
        raise RuleRefused(RuleFault.WINDOW)
    last = None if code is None else _close(store, code, at=at)
    if last is None and rules_of(store, at=at).count() >= RULES_MAX:
        raise RuleRefused(RuleFault.TOO_MANY)
    said = asdict(plan) | {"tiers": list(plan.tiers), "plans": list(plan.plans), "starts_at": at}
    if last is not None:
        said |= {"code": last.code, "number": last.number + 1}
    fresh = EarningRule.objects.create(store=store, **said)
    _note("earning_rule.changed" if last else "earning_rule.added", fresh, by=by, at=at)
    return fresh


def end_rule(store: Store, code: str, *, by: User | None, at: datetime) -> EarningRule:
    """Nothing earns by it from `at` on. Raises RuleRefused."""
    assert connection.in_atomic_block, "the end is written together with who set it"
    rule = _close(store, code, at=at)
    _note("earning_rule.ended", rule, by=by, at=at)
    return rule


def rules_of(store: Store, *, at: datetime) -> QuerySet[EarningRule]:
    """The versions in force or yet to come, the oldest rule first."""
    return EarningRule.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), store=store).order_by("id")


def _close(store: Store, code: str, *, at: datetime) -> EarningRule:
    """End the version in force, locked, so that two edits at once follow one another."""
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    last = EarningRule.objects.filter(store=store, code=code).order_by("-number").first()
    if last is None or last.starts_at >= at or (last.ends_at is not None and last.ends_at <= at):
        raise RuleRefused(RuleFault.ENDED)
    EarningRule.objects.filter(pk=last.pk).update(ends_at=at)
    return last


def _note(kind: str, rule: EarningRule, *, by: User | None, at: datetime) -> None:
    record(
        kind,
        store=rule.store,
        at=at,
        subject=f"earning_rule:{rule.code}",
        data={"version": rule.number, "by": by.pk if by else None},
    )
