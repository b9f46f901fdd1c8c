"""Promise a customer something that a floor above has to issue: a coupon, a card, a gift. The caller owns the
transaction.

Points are none of these: they go by the ledger, at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from loyalty.models import Reward
from shop.models import Customer, Store


class RewardConflict(ValueError):
    """The key stands for another promise already."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was promised with other content")


def promise_reward(
    store: Store,
    *,
    customer: Customer,
    kind: str,
    key: str,
    at: datetime,
    campaign: str = "",
    item: str = "",
    due_at: datetime | None = None,
) -> Reward:
    """The promise under `key`: made once, the same one on every repeat.

    `campaign` is the code of a coupon's campaign; `item` the code of a card's plan, or the sku of a gift. It is issued
    from `due_at` on, left out: from `at`, both by the store's own clock. Raises RewardConflict.
    """
    assert connection.in_atomic_block, "a promise belongs to the transaction of what it is made for"
    assert store.pk == customer.store_id, "a promise stays within its store"
    fresh = Reward(
        store=store,
        customer=customer,
        kind=kind,
        campaign=campaign,
        item=item,
        key=key,
        due_at=due_at or at,
    )
    Reward.objects.bulk_create([fresh], ignore_conflicts=True)
    kept = Reward.objects.get(store=store, key=key)
    if (kept.customer_id, kept.kind, kept.campaign, kept.item) != (customer.pk, kind, campaign, item):
        raise RewardConflict(key)
    return kept


def promise_rewards(rewards: Sequence[Reward]) -> None:
    """Many promises at once, not stored yet, each made once under its key. Two statements. Raises RewardConflict.

    `campaign` and `item` are given, be they empty."""
    assert connection.in_atomic_block, "a promise belongs to the transaction of what it is made for"
    if not rewards:
        return
    Reward.objects.bulk_create(rewards, ignore_conflicts=True)
    stores, keys = {one.store_id for one in rewards}, [one.key for one in rewards]
    kept = Reward.objects.filter(store_id__in=stores, key__in=keys)
    terms = {(one.store_id, one.key): _terms(one) for one in kept}
    for one in rewards:
        if terms[one.store_id, one.key] != _terms(one):
            raise RewardConflict(one.key)


def _terms(reward: Reward) -> tuple[object, ...]:
    return reward.customer_id, reward.kind, reward.campaign, reward.item


def withdraw_promise(store: Store, key: str, *, at: datetime) -> Reward | None:
    """Promise it no more, once: the reward as it stood before, None where there is none to take back.

    Whoever issues it holds the same lock. What has been issued already is for the caller to take back.
    """
    mine = Reward.objects.filter(store=store, key=key, withdrawn_at__isnull=True)
    found = mine.select_for_update(no_key=True).first()
    if found is not None:
        Reward.objects.filter(pk=found.pk).update(withdrawn_at=at)
    return found
