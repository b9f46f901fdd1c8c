"""Write down what an order will bring those who stand behind it, by the terms in force when we hear of it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from loyalty.models import ReferralProgramme, ReferralReward
from loyalty.paid_goods import goods_of, paid_in_all
from loyalty.referrals.shares import points_for_level
from shop.models import Customer, Order


def promise_rewards(
    order: Order, line: Sequence[int], programme: ReferralProgramme, *, at: datetime
) -> list[ReferralReward]:
    """One row for each of `line` whose level is worth something: once per order and level.

    They wait for the payment. Whoever has not joined the programme, or is gone, earns nothing; their place stays empty.
    The caller holds the order's lock.
    """
    assert connection.in_atomic_block, "a reward belongs to the transaction of what earned it"
    paid = paid_in_all(goods_of(order))
    members = _members(line)
    rows = []
    for level, (customer_id, rate) in enumerate(zip(line, programme.levels, strict=False), start=1):
        reward = ReferralReward(
            store=order.store,
            order=order,
            level=level,
            customer_id=customer_id,
            paid=paid,
            rate=rate,
            life_days=programme.life_days,
            status=ReferralReward.Status.WAITING,
            at=at,
        )
        if customer_id in members and _is_worth(reward, programme):
            rows.append(reward)
    ReferralReward.objects.bulk_create(rows, ignore_conflicts=True)
    return list(ReferralReward.objects.filter(order=order).order_by("level"))


def _members(line: Sequence[int]) -> set[int]:
    found = Customer.objects.filter(pk__in=line, joined_at__isnull=False, erased_at__isnull=True)
    return set(found.values_list("pk", flat=True))


def _is_worth(reward: ReferralReward, programme: ReferralProgramme) -> bool:
    """Sets what the reward gives."""
    if programme.gives == ReferralProgramme.Gives.COUPON:
        reward.campaign = programme.reward_campaign if reward.rate and reward.paid else ""
        return reward.campaign != ""
    reward.points = points_for_level(
        reward.paid,
        rate=reward.rate if reward.paid else 0,
        is_share=programme.unit == ReferralProgramme.Unit.SHARE,
        points_value=reward.store.points_value,
    )
    return reward.points > 0
