"""Bring the rewards of an order to where its facts want them: given once it is paid, taken back for what came back.

Facts come in any order and any number of times, so everything is worked out anew from what is stored: any split of
refunds ends like one whole refund, and a repeat moves nothing. Points are pending, by the ledger, until the return
window ends; a coupon is promised for that moment.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from loyalty.earn import lot_window
from loyalty.models import Account, ReferralReward, Reward, Transfer
from loyalty.paid_goods import goods_of, is_paid, paid_for, window_ends_at
from loyalty.promise_reward import promise_reward, withdraw_promise
from loyalty.referrals.shares import PaidGoods, taken_back
from loyalty.tell_points import tell_of_points
from loyalty.transfer import post
from loyalty.transfer_accounts import lock_accounts, programme_account
from loyalty.transfer_back import Undoing, take_back
from loyalty.transfer_lots import move_lot_of
from shop.models import Order
from shop.record import record

Status = ReferralReward.Status


def settle_rewards(order: Order, *, at: datetime, at_recorded: datetime) -> list[Reward]:
    """Give, move or take back; returns the coupons' promises that were withdrawn, for whoever issued them.

    `at` is the store's moment. The caller holds the order's lock; the accounts are locked in the order of their ids.
    """
    assert connection.in_atomic_block, "a reward belongs to the transaction of what earned it"
    rewards = list(
        ReferralReward.objects.filter(order=order).select_related("customer", "transfer").order_by("level")
    )
    rewards = [reward for reward in rewards if reward.status in (Status.WAITING, Status.GRANTED)]
    if not rewards or not (is_paid(order) or order.cancelled_at):
        return []
    goods: list[PaidGoods] = [
        (paid_for(line), line.quantity, line.refunded_quantity) for line in goods_of(order)
    ]
    accounts = lock_accounts(order.store, [reward.customer_id for reward in rewards]).accounts
    withdrawn, moved = [], set()
    for reward in rewards:
        reward.order = order
        if reward.campaign:
            withdrawn += _settle_coupon(reward, goods, at=at)
        elif _settle_points(reward, goods, accounts[reward.customer_id], at=at, at_recorded=at_recorded):
            moved.add(reward.customer.merged_into_id or reward.customer_id)
    if moved:
        # Points count for tiers, given and taken back.
        tell_of_points(order.store, moved, at=at)
    return withdrawn


def is_all_back(goods: Sequence[PaidGoods]) -> bool:
    return all(back == units for _, units, back in goods)


def _settle_points(
    reward: ReferralReward,
    goods: Sequence[PaidGoods],
    account_id: int,
    *,
    at: datetime,
    at_recorded: datetime,
) -> bool:
    """Whether points have moved."""
    due, is_new = taken_back(reward.points, goods), reward.status == Status.WAITING
    if is_new:
        if due == reward.points:
            _save(reward, Status.WITHDRAWN, taken=due)
            return False
        _give(reward, account_id, at=at, at_recorded=at_recorded)
    assert reward.transfer is not None, "what was given has its movement"
    move_lot_of(
        reward.transfer, lot_window(reward.order.store, reward.order, life_days=reward.life_days), at=at
    )
    if due <= reward.taken_back:
        return is_new
    undoing = Undoing(reward.order.store, account_id, f"{reward.key}:back:{due}", at, at_recorded)
    take_back(reward.transfer, due - reward.taken_back, undoing)
    _save(reward, Status.WITHDRAWN if due == reward.points else Status.GRANTED, taken=due)
    return True


def _give(reward: ReferralReward, account_id: int, *, at: datetime, at_recorded: datetime) -> None:
    store = reward.order.store
    reward.transfer = post(
        store,
        kind=Transfer.Kind.ACCRUAL,
        source=programme_account(store, Account.Kind.ISSUED),
        target=Account.objects.get(pk=account_id),
        amount=reward.points,
        key=reward.key,
        at=at,
        at_recorded=at_recorded,
        window=lot_window(store, reward.order, life_days=reward.life_days),
    )
    _save(reward, Status.GRANTED)
    _tell(reward, at=at)


def _settle_coupon(reward: ReferralReward, goods: Sequence[PaidGoods], *, at: datetime) -> list[Reward]:
    store = reward.order.store
    if is_all_back(goods):
        taken = None
        if reward.status == Status.GRANTED:
            taken = withdraw_promise(store, reward.key, at=at)
        _save(reward, Status.WITHDRAWN)
        return [taken] if taken is not None else []
    if reward.status == Status.WAITING:
        promise_reward(
            store,
            customer=reward.customer,
            kind=Reward.Kind.COUPON,
            campaign=reward.campaign,
            key=reward.key,
            at=at,
            due_at=window_ends_at(reward.order),
        )
        _save(reward, Status.GRANTED)
        _tell(reward, at=at)
    else:
        # Told of the delivery, the promise waits for the end of the return window as it is known now.
        Reward.objects.filter(store=store, key=reward.key, granted_at=None, due_at__gt=at).update(
            due_at=window_ends_at(reward.order)
        )
    return []


def _save(reward: ReferralReward, status: str, *, taken: int | None = None) -> None:
    reward.status = status
    if taken is not None:
        reward.taken_back = taken
    reward.save(update_fields=["status", "taken_back", "transfer"])


def _tell(reward: ReferralReward, *, at: datetime) -> None:
    record(
        "referral.rewarded",
        store=reward.order.store,
        at=at,
        customer=reward.customer,
        subject=f"order:{reward.order.ref}",
        data={"level": reward.level, "points": reward.points, "campaign": reward.campaign},
    )
