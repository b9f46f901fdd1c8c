"""The stamp cards of two customers who are one person: stamps, full cards and what is due for those come together.

When the two are parted again, stamps that no card has used go back to whose orders earned them.
"""

from collections.abc import Collection

from django.db.models import F, Max, Q, Value
from django.db.models.functions import Concat

from loyalty.models import FullCard, Reward, Stamp, StampCard, StampHolder
from loyalty.stamps.lock_holders import lock_holders
from loyalty.stamps.read_sheets import read_sheets
from loyalty.stamps.sheet import reward_key
from loyalty.stamps.write_sheets import Moments, write_sheets
from shop.models import Customer


def join_cards(kept: Customer, merged: Customer, *, moments: Moments) -> None:
    """All of `merged`'s stamps are `kept`'s; what fills a card with them fills it now. The caller owns the transaction.

    A fixed number of statements for each of the store's cards, which are few.
    """
    cards, holders = _lock_cards(kept, merged)
    for card in cards:
        _bring(holders[card.pk, merged.pk], holders[card.pk, kept.pk])
    sheets = read_sheets([holders[card.pk, kept.pk] for card in cards], moments=[])
    for sheet in sheets:
        sheet.fill()
    write_sheets(kept.store, sheets, moments=moments)


def part_cards(kept: Customer, merged: Customer, *, people: Collection[int]) -> None:
    """Open stamps for orders of `people` are `merged`'s again; full cards, and stamps for visits, stay."""
    cards, holders = _lock_cards(kept, merged)
    for card in cards:
        mine, theirs = holders[card.pk, kept.pk], holders[card.pk, merged.pk]
        Stamp.objects.filter(holder=mine, full_card=None, order__customer__in=people).update(holder=theirs)


def _lock_cards(
    kept: Customer, merged: Customer
) -> tuple[list[StampCard], dict[tuple[int, int], StampHolder]]:
    """Both's, of cards without a stamp too: whoever is about to give the first one waits, and looks again."""
    known = Q(is_active=True) | Q(holders__customer__in=[kept.pk, merged.pk])
    of_store = StampCard.objects.filter(known, store=kept.store).select_related("store").distinct()
    cards = list(of_store.order_by("id"))
    return cards, lock_holders([(card, who) for card in cards for who in (kept, merged)])


def _bring(source: StampHolder, target: StampHolder) -> None:
    """Rewards go by the number of a full card, so those are due under its new one."""
    last = FullCard.objects.filter(holder=target).aggregate(last=Max("number"))["last"] or 0
    for full in FullCard.objects.filter(holder=source).order_by("number"):
        before = reward_key(full)
        full.holder, full.number = target, full.number + last
        full.save(update_fields=["holder", "number"])
        Reward.objects.filter(store_id=target.store_id, key=before).update(key=reward_key(full))
    known = Stamp.objects.filter(holder=target).values("key")
    stamps = Stamp.objects.filter(holder=source)
    # One visit that was told of both numbers stays two stamps.
    stamps.filter(key__in=known).update(key=Concat(F("key"), Value(f":{source.pk}")))
    stamps.update(holder=target)
