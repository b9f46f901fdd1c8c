"""Stamp cards follow orders: paid, called off, sent back. A consumer of facts; recomputed from what is stored, so facts
may come in any order and any number of times.

Here, because taking back a coupon needs both the promise and the coupon.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from checkout.grant_rewards import withdraw_granted
from coupons.models import Coupon
from loyalty.models import Reward, StampCard
from loyalty.promise_reward import withdraw_promise
from loyalty.snapshot import snapshot
from loyalty.stamps.earned import bought, keys_of
from loyalty.stamps.stamp import Moments, lock_holder, stamp_for_order
from shop.clock import store_moment
from shop.models import Order, Outbox, Store
from shop.outbox import consume

CONSUMER = "checkout.stamps"
BATCH = 100


def follow_stamps(*, at: datetime) -> int:
    """One batch of waiting facts; returns how many were acted on. `at` is the clock."""
    return consume(CONSUMER, lambda facts: _follow(facts, at=at), at=at, limit=BATCH)


def _follow(facts: Sequence[Outbox], *, at: datetime) -> None:
    """By customer, ascending: whoever locks in this order does not wait in a circle."""
    cards: dict[int, list[StampCard]] = {}
    active = StampCard.objects.filter(store_id__in={fact.store_id for fact in facts}, is_active=True)
    for card in active.exclude(by=StampCard.By.VISIT).select_related("store").order_by("id"):
        cards.setdefault(card.store_id, []).append(card)
    ids = {fact.subject_id for fact in facts if fact.store_id in cards}
    orders = Order.objects.filter(pk__in=ids, customer__joined_at__isnull=False)
    begun = min((card.starts_at for mine in cards.values() for card in mine), default=at)
    orders = orders.filter(placed_at__gte=begun)
    for order in orders.select_related("store", "customer").order_by("customer_id", "placed_at", "id"):
        for card in cards[order.store_id]:
            _stamp(card, order, at=at)


def _stamp(card: StampCard, order: Order, *, at: datetime) -> None:
    store, customer = order.store, order.customer
    assert customer is not None, "guests hold no cards"
    holder = lock_holder(card, customer)
    # Read under the lock, so that the last of two reports sees what the first one did.
    order.refresh_from_db(fields=["paid_at", "fulfilled_at", "cancelled_at"])
    lines = bought(list(order.lines.select_related("product").order_by("ordinal")))
    keys = keys_of(card, order, lines, groups=snapshot(store.pk, store.offers_version).groups)
    moments = Moments(store_moment(store, at), at)
    stamp_for_order(holder, order, keys, moments=moments, take_back=partial(_take_back, store))


def _take_back(store: Store, key: str, at: datetime) -> bool:
    """The coupon of a full card, unless it was used. Points stay: nobody is made poorer by a card that was full."""
    reward = Reward.objects.filter(store=store, key=key, withdrawn_at=None).first()
    if reward is None:
        return False
    coupons = Coupon.objects.filter(campaign__store=store, issue_key=f"reward:{reward.pk}")
    coupon = coupons.select_for_update(of=("self",), no_key=True).first()
    if coupon is not None and (coupon.used or coupon.held):
        return False
    withdrawn = withdraw_promise(store, key, at=at)
    if withdrawn is not None and withdrawn.granted_at is not None:
        withdraw_granted(withdrawn, at=at)
    return True
