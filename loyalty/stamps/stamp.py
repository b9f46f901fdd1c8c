"""Stamp a customer's card, take stamps back, and give the reward of a full card once.

Everything about one customer's cards of one kind happens under the lock of its holder's row. A stamp is there once per
key. Full cards are numbered; the reward of each is due under a key of its own. When a return takes a stamp off a full
card, its coupon is taken back if it has not been used, and the card is open again; a coupon that was used, and points,
stay, and the next stamps first replace the ones that are missing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from loyalty.give_points import give_points
from loyalty.models import FullCard, Reward, Stamp, StampCard, StampHolder
from loyalty.promise_reward import promise_reward
from shop.clock import end_of_day, local_date, start_of_day
from shop.models import Customer, Order
from shop.record import record

# Points of a full card live as long as points of a new earning rule.
POINTS_LIVE_DAYS = 365

# Takes back what a full card gave, given its key and the moment; False where it stays with the customer.
TakeBack = Callable[[str, datetime], bool]


@dataclass(frozen=True, slots=True)
class Moments:
    """`at` is the store's own present, `at_recorded` the clock."""

    at: datetime
    at_recorded: datetime


def lock_holder(card: StampCard, customer: Customer) -> StampHolder:
    """Made with the first stamp, locked until the transaction ends."""
    assert connection.in_atomic_block, "stamps and their reward are one transaction"
    fresh = StampHolder(store_id=card.store_id, card=card, customer=customer)
    StampHolder.objects.bulk_create([fresh], ignore_conflicts=True)
    rows = StampHolder.objects.filter(card=card, customer=customer).order_by("id")
    holder = rows.select_for_update(no_key=True).first()
    assert holder is not None, "it has just been made"
    holder.card, holder.customer = card, customer
    return holder


def stamp_for_order(
    holder: StampHolder, order: Order, keys: Sequence[str], *, moments: Moments, take_back: TakeBack
) -> None:
    """Bring the stamps of `order` to `keys`: add those that are missing, withdraw those that are no longer earned."""
    there = list(Stamp.objects.filter(holder=holder, order=order))
    gone = [one for one in there if one.withdrawn_at is None and one.key not in keys]
    back = [one for one in there if one.withdrawn_at is not None and one.key in keys]
    if gone:
        _withdraw(holder, gone, moments=moments, take_back=take_back)
    if back:
        Stamp.objects.filter(pk__in=[one.pk for one in back]).update(withdrawn_at=None)
    known = {one.key for one in there}
    add_stamps(holder, [key for key in keys if key not in known], at=order.placed_at, order=order)
    fill_cards(holder, moments=moments)


def add_stamps(holder: StampHolder, keys: Sequence[str], *, at: datetime, order: Order | None = None) -> int:
    """Stamps that are not there yet, as many as the day still has room for; returns how many were added."""
    card, store = holder.card, holder.card.store
    room = _room(holder, at=at)
    wanted = list(keys) if room is None else list(keys)[:room]
    ends_at = None
    if card.life_days is not None:
        ends_at = end_of_day(store, local_date(store, at) + timedelta(days=card.life_days))
    before = Stamp.objects.filter(holder=holder).count()
    Stamp.objects.bulk_create(
        [Stamp(store=store, holder=holder, key=key, order=order, at=at, ends_at=ends_at) for key in wanted],
        ignore_conflicts=True,
    )
    return Stamp.objects.filter(holder=holder).count() - before if wanted else 0


def fill_cards(holder: StampHolder, *, moments: Moments) -> list[FullCard]:
    """Let open stamps replace what full cards lack, then fill new cards; returns the new ones, rewards promised."""
    open_stamps = list(_standing(holder).filter(full_card=None).order_by("at", "id"))
    open_stamps = _repay(holder, open_stamps)
    filled: list[FullCard] = []
    card: list[Stamp] = []
    number = FullCard.objects.filter(holder=holder).count()
    for stamp in open_stamps:
        card = [one for one in card if one.ends_at is None or one.ends_at > stamp.at]
        card.append(stamp)
        if len(card) == holder.card.needed:
            number += 1
            filled.append(_fill(holder, card, number=number, moments=moments))
            card = []
    return filled


def _standing(holder: StampHolder) -> QuerySet[Stamp]:
    return Stamp.objects.filter(holder=holder, withdrawn_at=None)


def _room(holder: StampHolder, *, at: datetime) -> int | None:
    """How many more stamps the local day of `at` has room for; None where there is no limit."""
    card, store = holder.card, holder.card.store
    if card.day_max is None:
        return None
    day = local_date(store, at)
    that_day = _standing(holder).filter(at__gte=start_of_day(store, day), at__lt=end_of_day(store, day))
    return max(card.day_max - that_day.count(), 0)


def _repay(holder: StampHolder, open_stamps: list[Stamp]) -> list[Stamp]:
    """The oldest stamps go to the oldest full card that lacks some. Returns those that are left."""
    for full in FullCard.objects.filter(holder=holder, withdrawn_at=None).order_by("number"):
        missing = full.needed - full.stamps.count()
        if missing > 0 and open_stamps:
            given, open_stamps = open_stamps[:missing], open_stamps[missing:]
            Stamp.objects.filter(pk__in=[one.pk for one in given]).update(full_card=full)
    return open_stamps


def _withdraw(holder: StampHolder, gone: Collection[Stamp], *, moments: Moments, take_back: TakeBack) -> None:
    touched = {one.full_card_id for one in gone if one.full_card_id is not None}
    Stamp.objects.filter(pk__in=[one.pk for one in gone]).update(withdrawn_at=moments.at, full_card=None)
    for full in FullCard.objects.filter(pk__in=touched, withdrawn_at=None).order_by("-number"):
        if take_back(reward_key(full), moments.at):
            FullCard.objects.filter(pk=full.pk).update(withdrawn_at=moments.at)
            Stamp.objects.filter(full_card=full).update(full_card=None)


def _fill(holder: StampHolder, stamps: Sequence[Stamp], *, number: int, moments: Moments) -> FullCard:
    full = FullCard.objects.create(
        store_id=holder.store_id, holder=holder, number=number, needed=len(stamps), at=stamps[-1].at
    )
    Stamp.objects.filter(pk__in=[one.pk for one in stamps]).update(full_card=full)
    _reward(holder, full, moments=moments)
    record(
        "stamp_card.full",
        store=holder.card.store,
        at=full.at,
        customer=holder.customer,
        subject=f"stamp_card:{holder.card.code}",
        subject_id=full.pk,
        data={"number": number},
    )
    return full


def reward_key(full: FullCard) -> str:
    return f"stamps:{full.holder_id}:{full.number}"


def _reward(holder: StampHolder, full: FullCard, *, moments: Moments) -> None:
    card, customer = holder.card, holder.customer
    if card.reward == StampCard.RewardKind.COUPON:
        promise_reward(
            card.store,
            customer=customer,
            kind=Reward.Kind.COUPON,
            campaign=card.campaign,
            key=reward_key(full),
            at=moments.at,
        )
        return
    assert card.points is not None, "a card that gives points says how many"
    give_points(
        card.store,
        customer=customer,
        points=card.points,
        key=reward_key(full),
        at=moments.at,
        at_recorded=moments.at_recorded,
        life_days=POINTS_LIVE_DAYS,
    )
