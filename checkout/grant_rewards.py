"""Issue what was promised: the coupons that an order has earned for the next one, once it is paid for, and what the
programme promised to customers, once it is due. Taken back where nothing is kept of what earned it.

For an order the caller holds its lock and owns the transaction.
"""

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction

from clubcards.errors import CardRefused
from clubcards.give import give
from clubcards.models import CardPlan
from coupons.issue import IssueRefused, issue_gift, issue_named
from coupons.models import Coupon, CouponCampaign, Revocation
from coupons.revoke import revoke
from loyalty.models import Reward
from shop.clock import store_moment
from shop.models import Customer, Order

log = logging.getLogger(__name__)

BATCH = 100
# What could not be issued (a campaign that rests, say) is tried again after this long.
RETRY_AFTER = timedelta(hours=1)


def grant_rewards(order: Order, *, at: datetime) -> list[Coupon]:
    """Issue the coupons that `order` was promised and has not got yet. A guest, who can hold none, gets none.

    A campaign that cannot issue now (its offer rests, say) leaves its promise open: the next report of the order tries
    again.
    """
    assert connection.in_atomic_block, "a reward belongs to the transaction of what earned it"
    if order.customer_id is None:
        return []
    waiting = Reward.objects.filter(
        order=order, kind=Reward.Kind.COUPON, granted_at__isnull=True, withdrawn_at__isnull=True
    )
    granted = []
    for reward in waiting.order_by("id"):
        assert order.customer is not None, "orders of guests have been turned away"
        issued = _issue_coupon(reward, order.customer, at=at)
        if isinstance(issued, Coupon):
            Reward.objects.filter(pk=reward.pk).update(granted_at=at)
            granted.append(issued)
    return granted


# A sandbox goes by its own clock. Gifts are handed over by people.
CLAIM = """
SELECT id FROM loyalty_reward WHERE id IN (
    SELECT id FROM loyalty_reward WHERE due_at <= %(at)s AND granted_at IS NULL AND withdrawn_at IS NULL
        AND kind IN ('coupon', 'card')
    UNION
    SELECT mine.id FROM shop_store ahead JOIN loyalty_reward mine ON mine.store_id = ahead.id
        AND mine.due_at <= %(at)s + make_interval(secs => ahead.clock_shift_seconds)
        AND mine.granted_at IS NULL AND mine.withdrawn_at IS NULL AND mine.kind IN ('coupon', 'card')
    WHERE ahead.clock_shift_seconds > 0
)
ORDER BY due_at, id LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED
"""


def grant_due(*, at: datetime) -> int:
    """One batch of promises to customers that are due; returns how many were acted on. `at` is the clock."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, {"at": at, "limit": BATCH})
            ids = [row[0] for row in cursor.fetchall()]
        claimed = Reward.objects.filter(pk__in=ids).select_related("store", "customer__store")
        for reward in claimed.order_by("due_at", "id"):
            # Another transaction may have been quicker between the look and the lock.
            if reward.granted_at is None and reward.withdrawn_at is None:
                _grant(reward, at=store_moment(reward.store, at))
        return len(ids)


def withdraw_granted(reward: Reward, *, at: datetime) -> None:
    """Take back the coupon of a promise, unless it has been used."""
    unused = Coupon.objects.filter(
        campaign__store_id=reward.store_id,
        campaign__code=reward.campaign,
        issue_key=_key(reward),
        used=0,
        revocation__isnull=True,
    )
    for coupon in unused.select_related("store", "customer"):
        revoke(coupon, by=None, at=at, reason=Revocation.Reason.REFUND)


def withdraw_rewards(order: Order, *, at: datetime) -> None:
    """Take back what has not been used, and promise no more."""
    rewards = Reward.objects.filter(order=order, kind=Reward.Kind.COUPON, withdrawn_at__isnull=True)
    for reward in rewards.order_by("id"):
        Reward.objects.filter(pk=reward.pk).update(withdrawn_at=at)
        withdraw_granted(reward, at=at)


def _key(reward: Reward) -> str:
    return f"reward:{reward.pk}"


def _grant(reward: Reward, *, at: datetime) -> None:
    assert reward.customer is not None, "promises that are due belong to customers"
    is_card = reward.kind == Reward.Kind.CARD
    issued = (_give_card if is_card else _issue_coupon)(reward, reward.customer, at=at)
    mine = Reward.objects.filter(pk=reward.pk)
    if isinstance(issued, str):
        mine.update(due_at=at + RETRY_AFTER, refusal=issued[:40])
    else:
        mine.update(granted_at=at, refusal="")


def _issue_coupon(reward: Reward, customer: Customer, *, at: datetime) -> Coupon | str:
    """The coupon, or the code of what was in the way."""
    campaigns = CouponCampaign.objects.select_related("store", "offer")
    campaign = campaigns.filter(store_id=reward.store_id, code=reward.campaign).first()
    if campaign is None:
        log.warning("reward %s names a campaign that is not there", reward.pk)
        return "campaign_unknown"
    issue = issue_named if campaign.kind == CouponCampaign.Kind.NAMED else issue_gift
    try:
        return issue(campaign, customer, issue_key=_key(reward), at=at)
    except IssueRefused as refused:
        log.warning("reward %s was not issued: %s", reward.pk, refused.code)
        return refused.code.value


def _give_card(reward: Reward, customer: Customer, *, at: datetime) -> object:
    """What was given, or the code of what was in the way."""
    plan = CardPlan.objects.select_related("store").filter(store_id=reward.store_id, code=reward.item).first()
    if plan is None:
        log.warning("reward %s names a card plan that is not there", reward.pk)
        return "plan_unknown"
    try:
        return give(plan, customer, at=at)
    except CardRefused as refused:
        log.warning("reward %s was not given: %s", reward.pk, refused.code)
        return refused.code.value
