"""Coupons that an order has earned for the next one: given once it is paid for, taken back when nothing of it is kept.

The caller holds the order's lock and owns the transaction.
"""

import logging
from datetime import datetime

from django.db import connection

from coupons.issue import IssueRefused, issue_gift, issue_named
from coupons.models import Coupon, CouponCampaign, Revocation
from coupons.revoke import revoke
from loyalty.models import Reward
from shop.models import Order

log = logging.getLogger(__name__)


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
        coupon = _issue(order, reward, at=at)
        if coupon is not None:
            Reward.objects.filter(pk=reward.pk).update(granted_at=at)
            granted.append(coupon)
    return granted


def withdraw_rewards(order: Order, *, at: datetime) -> None:
    """Take back what has not been used, and promise no more."""
    rewards = Reward.objects.filter(order=order, kind=Reward.Kind.COUPON, withdrawn_at__isnull=True)
    for reward in rewards.order_by("id"):
        Reward.objects.filter(pk=reward.pk).update(withdrawn_at=at)
        unused = Coupon.objects.filter(
            campaign__store_id=order.store_id,
            campaign__code=reward.campaign,
            issue_key=_key(reward),
            used=0,
            revocation__isnull=True,
        )
        for coupon in unused.select_related("store", "customer"):
            revoke(coupon, by=None, at=at, reason=Revocation.Reason.REFUND)


def _key(reward: Reward) -> str:
    return f"reward:{reward.pk}"


def _issue(order: Order, reward: Reward, *, at: datetime) -> Coupon | None:
    campaigns = CouponCampaign.objects.select_related("store", "offer")
    campaign = campaigns.filter(store_id=order.store_id, code=reward.campaign).first()
    if campaign is None or order.customer is None:
        log.warning("reward %s names a campaign that is not there", reward.pk)
        return None
    issue = issue_named if campaign.kind == CouponCampaign.Kind.NAMED else issue_gift
    try:
        return issue(campaign, order.customer, issue_key=_key(reward), at=at)
    except IssueRefused as refused:
        log.warning("reward %s was not issued: %s", reward.pk, refused.code)
        return None
