"""Rewards that wait for a person: put there by a signal, approved or rejected once, with a reason."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from django.db import connection

from loyalty.models import ReferralReward, ReviewCase, ReviewDecision
from loyalty.referrals.settle import settle_rewards
from loyalty.referrals.signals import Signal
from shop.models import Order, Store, User
from shop.record import record

REASON_MAX = 240


class ReviewFault(StrEnum):
    UNKNOWN = "case_unknown"
    DECIDED = "case_decided"
    NO_REASON = "reason_missing"


class ReviewRefused(Exception):
    def __init__(self, code: ReviewFault) -> None:
        super().__init__(code.value)
        self.code = code


def open_case(order: Order, signals: Sequence[Signal], *, at: datetime) -> None:
    """Put what the order would bring on a person's desk. The caller holds the order's lock."""
    assert connection.in_atomic_block, "a case belongs to the transaction of what it is about"
    case = ReviewCase(
        store_id=order.store_id, order=order, signals=[str(each) for each in signals], opened_at=at
    )
    ReviewCase.objects.bulk_create([case], ignore_conflicts=True)
    waiting = ReferralReward.objects.filter(order=order, status=ReferralReward.Status.WAITING)
    waiting.update(status=ReferralReward.Status.REVIEW)


def decide_case(
    store: Store,
    case_id: int,
    *,
    is_approved: bool,
    reason: str,
    by: User | None,
    at: datetime,
    at_recorded: datetime,
) -> ReviewDecision:
    """Give what waits, or let it go, once. Raises ReviewRefused. The caller owns the transaction."""
    assert connection.in_atomic_block, "a decision belongs to the transaction of what follows from it"
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise ReviewRefused(ReviewFault.NO_REASON)
    case = ReviewCase.objects.filter(store=store, pk=case_id).first()
    if case is None:
        raise ReviewRefused(ReviewFault.UNKNOWN)
    order = Order.objects.select_for_update(no_key=True).get(pk=case.order_id)
    order.store = store
    decision = ReviewDecision(store=store, case=case, is_approved=is_approved, reason=reason, by=by, at=at)
    # The order's lock makes twins wait; the key is what lets only one of them decide.
    if ReviewDecision.objects.filter(case=case).exists():
        raise ReviewRefused(ReviewFault.DECIDED)
    decision.save(force_insert=True)
    held = ReferralReward.objects.filter(order=order, status=ReferralReward.Status.REVIEW)
    held.update(status=ReferralReward.Status.WAITING if is_approved else ReferralReward.Status.REFUSED)
    settle_rewards(order, at=at, at_recorded=at_recorded)
    record(
        "referral.reviewed",
        store=store,
        at=at,
        customer=order.customer,
        subject=f"order:{order.ref}",
        data={"approved": is_approved, "by": by.pk if by else None},
    )
    return decision
