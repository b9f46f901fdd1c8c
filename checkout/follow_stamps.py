"""Stamp cards follow orders: paid, called off, sent back. A consumer of facts; recomputed from what is stored, so facts
may come in any order and any number of times.

Here, because taking back a coupon needs both the promise and the coupon.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from checkout.grant_rewards import withdraw_granted
from coupons.models import Coupon
from loyalty.models import Reward, Stamp, StampCard
from loyalty.promise_reward import withdraw_promise
from loyalty.snapshot import snapshot
from loyalty.stamps.earned import Bought, bought_of, keys_of
from loyalty.stamps.lock_holders import lock_holders
from loyalty.stamps.read_sheets import read_sheets
from loyalty.stamps.sheet import Sheet
from loyalty.stamps.write_sheets import Moments, write_sheets
from shop.clock import store_moment
from shop.models import Customer, Order, Outbox, Store
from shop.outbox import consume

CONSUMER = "checkout.stamps"
BATCH = 500


def follow_stamps(*, at: datetime) -> int:
    """One batch of waiting facts; returns how many were acted on. `at` is the clock."""
    return consume(CONSUMER, lambda facts: _follow(facts, at=at), at=at, limit=BATCH)


def _follow(facts: Sequence[Outbox], *, at: datetime) -> None:
    """Store by store, ascending: whoever locks in this order does not wait in a circle."""
    cards: dict[int, list[StampCard]] = {}
    active = StampCard.objects.filter(store_id__in={fact.store_id for fact in facts}, is_active=True)
    for card in active.exclude(by=StampCard.By.VISIT).select_related("store").order_by("id"):
        cards.setdefault(card.store_id, []).append(card)
    subjects: defaultdict[int, set[int]] = defaultdict(set)
    for fact in facts:
        subjects[fact.store_id].add(fact.subject_id)
    for store_id in sorted(cards):
        _follow_store(cards[store_id], subjects[store_id], at=at)


def _follow_store(cards: Sequence[StampCard], subjects: Collection[int], *, at: datetime) -> None:
    """Bring the stamps of these orders to what they earn now: as many statements for a thousand orders as for one, but
    for coupons that have to be taken back."""
    store = cards[0].store
    begun = min(card.starts_at for card in cards)
    mine = Order.objects.filter(pk__in=subjects, customer__isnull=False, placed_at__gte=begun)
    places = _places(cards, mine)
    if not places:
        return
    people = Customer.objects.in_bulk({customer_id for _, customer_id in places})
    kinds = {card.pk: card for card in cards}
    holders = lock_holders([(kinds[card_id], people[customer_id]) for card_id, customer_id in places])
    if holders.keys() != places.keys() or _places(cards, mine) != places:
        raise LookupError("a customer was merged meanwhile: look again")
    # Read under the locks, so that the last of two reports sees what the first one did.
    orders = mine.in_bulk()
    sheets = read_sheets(
        list(holders.values()), orders=orders, moments=[order.placed_at for order in orders.values()]
    )
    lines = bought_of(orders)
    for sheet in sheets:
        its = places[sheet.holder.card_id, sheet.holder.customer_id]
        by_moment = sorted((orders[pk] for pk in its), key=lambda order: (order.placed_at, order.pk))
        earned = [(order, _keys(sheet, order, lines)) for order in by_moment]
        _change(sheet, earned, store, at=store_moment(store, at))
    write_sheets(store, sheets, moments=Moments(store_moment(store, at), at))


def _places(cards: Sequence[StampCard], orders: QuerySet[Order]) -> dict[tuple[int, int], set[int]]:
    """The orders by the card and customer whose stamps they are: of whoever has them already, else of the buyer, or of
    the one whom the buyer was merged into. Only who has joined. Two statements."""
    is_member = Q(customer__joined_at__isnull=False) | Q(customer__merged_into__joined_at__isnull=False)
    head = Coalesce("customer__merged_into_id", "customer_id")
    buyers: dict[int, int] = dict(orders.filter(is_member).values_list("pk", head))
    there = Stamp.objects.filter(order_id__in=buyers).values_list(
        "order_id", "holder__card_id", "holder__customer_id"
    )
    known = {(order_id, card_id): customer_id for order_id, card_id, customer_id in there}
    places: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for order_id, buyer in sorted(buyers.items()):
        for card in cards:
            places[card.pk, known.get((order_id, card.pk), buyer)].add(order_id)
    return places


def _change(sheet: Sheet, earned: Sequence[tuple[Order, list[str]]], store: Store, *, at: datetime) -> None:
    """First off, then on: a place that a return leaves is free for what was bought. By moment."""
    for order, keys in earned:
        sheet.withdraw(order, keys, at=at, take_back=partial(_take_back, store))
    for order, keys in earned:
        sheet.put_back(order, keys)
        sheet.add(keys, at=order.placed_at, order=order)
    sheet.fill()


def _keys(sheet: Sheet, order: Order, lines: dict[int, list[Bought]]) -> list[str]:
    store = sheet.holder.card.store
    groups = snapshot(store.pk, store.offers_version).groups
    return keys_of(sheet.holder.card, order, lines.get(order.pk, []), groups=groups)


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
