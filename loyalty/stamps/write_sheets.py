"""Write down what was changed on customers' stamp cards, and give the rewards of those that are full, each once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from loyalty.give_points import Gift, give_points_to_many
from loyalty.models import FullCard, Reward, Stamp, StampCard
from loyalty.promise_reward import promise_rewards
from loyalty.stamps.earned import certain_at
from loyalty.stamps.sheet import Sheet, reward_key
from shop.models import Activity, Order, Store
from shop.record import record_many

# Points of a full card live as long as points of a new earning rule.
POINTS_LIVE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Moments:
    """`at` is the store's own present, `at_recorded` the clock."""

    at: datetime
    at_recorded: datetime


KEEP = """
UPDATE loyalty_stamp AS kept SET withdrawn_at = new.withdrawn_at, full_card_id = new.full_card_id
FROM unnest(%(ids)s::bigint[], %(withdrawn)s::timestamptz[], %(full)s::bigint[])
    AS new (id, withdrawn_at, full_card_id)
WHERE kept.id = new.id
"""


def write_sheets(store: Store, sheets: Sequence[Sheet], *, moments: Moments) -> None:
    """The sheets of one store, whose holders are locked. A bounded number of statements, however many sheets."""
    assert connection.in_atomic_block, "stamps and their reward are one transaction"
    opened = [full.pk for sheet in sheets for full in sheet.opened]
    if opened:
        FullCard.objects.filter(pk__in=opened).update(withdrawn_at=moments.at)
    filled = [(sheet, full) for sheet in sheets for full, _ in sheet.filled]
    if filled:
        FullCard.objects.bulk_create([full for _, full in filled])
    _write_stamps(sheets)
    if filled:
        _give(store, filled, moments=moments)
        record_many([_activity(store, sheet, full) for sheet, full in filled])


def _write_stamps(sheets: Collection[Sheet]) -> None:
    changed: dict[int, Stamp] = {}
    for sheet in sheets:
        for full, stamps in sheet.filled:
            for stamp in stamps:
                stamp.full_card = full
                if stamp.pk is not None:
                    changed[stamp.pk] = stamp
        changed |= sheet.changed
    fresh = [stamp for sheet in sheets for stamp in sheet.fresh]
    if fresh:
        Stamp.objects.bulk_create(fresh)
    if changed:
        rows: dict[str, Any] = {
            "ids": list(changed),
            "withdrawn": [stamp.withdrawn_at for stamp in changed.values()],
            "full": [stamp.full_card_id for stamp in changed.values()],
        }
        with connection.cursor() as cursor:
            cursor.execute(KEEP, rows)


def _give(store: Store, filled: Sequence[tuple[Sheet, FullCard]], *, moments: Moments) -> None:
    """Coupons are promised, points given at once."""
    promised, gifts = [], []
    since = _full_since(filled)
    for sheet, full in filled:
        card, customer = sheet.holder.card, sheet.holder.customer
        if card.reward == StampCard.RewardKind.COUPON:
            promised.append(
                Reward(
                    store=store,
                    customer=customer,
                    kind=Reward.Kind.COUPON,
                    campaign=card.campaign,
                    item="",
                    key=reward_key(full),
                    due_at=moments.at,
                )
            )
        else:
            assert card.points is not None, "a card that gives points says how many"
            gifts.append(Gift(customer.pk, card.points, reward_key(full), since[reward_key(full)]))
    promise_rewards(promised)
    give_points_to_many(store, gifts, at_recorded=moments.at_recorded, life_days=POINTS_LIVE_DAYS)


def _full_since(filled: Sequence[tuple[Sheet, FullCard]]) -> dict[str, datetime]:
    """By the reward's key: the moment at which the last stamp was certain, however late this runs. One query."""
    stamps = {
        reward_key(full): lying
        for sheet in {id(sheet): sheet for sheet, _ in filled}.values()
        for full, lying in sheet.filled
    }
    orders = {stamp.order_id for lying in stamps.values() for stamp in lying if stamp.order_id is not None}
    certain = {order.pk: certain_at(order) for order in Order.objects.filter(pk__in=orders)}
    return {
        key: max(certain.get(stamp.order_id or 0, stamp.at) for stamp in lying)
        for key, lying in stamps.items()
    }


def _activity(store: Store, sheet: Sheet, full: FullCard) -> Activity:
    return Activity(
        store=store,
        kind="stamp_card.full",
        customer_id=sheet.holder.customer_id,
        subject=f"stamp_card:{sheet.holder.card.code}",
        data={"number": full.number},
        at=full.at,
    )
