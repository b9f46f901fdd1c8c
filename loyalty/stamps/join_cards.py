"""The stamp cards of two customers who are one person: stamps, full cards and what is due for those come together.

When the two are parted again, stamps that no card has used go back to whose orders earned them.
"""

from collections.abc import Collection

from django.db.models import F, Max, Value
from django.db.models.functions import Concat

from loyalty.models import FullCard, Reward, Stamp, StampHolder
from loyalty.stamps.lock_holders import lock_holders
from loyalty.stamps.read_sheets import read_sheets
from loyalty.stamps.sheet import reward_key
from loyalty.stamps.write_sheets import Moments, write_sheets
from shop.models import Customer


def join_cards(kept: Customer, merged: Customer, *, moments: Moments) -> None:
    """All of `merged`'s stamps are `kept`'s; what fills a card with them fills it now. The caller owns the transaction.

    A fixed number of statements for each card that both know, which are few.
    """
    theirs = list(StampHolder.objects.filter(customer=merged).select_related("card__store").order_by("id"))
    if not theirs:
        return
    mine = lock_holders([(holder.card, kept) for holder in theirs])
    for holder in theirs:
        _bring(holder, mine[holder.card_id, kept.pk])
    sheets = read_sheets(list(mine.values()), moments=[])
    for sheet in sheets:
        sheet.fill()
    write_sheets(kept.store, sheets, moments=moments)


def part_cards(kept: Customer, merged: Customer, *, people: Collection[int]) -> None:
    """Open stamps for orders of `people` are `merged`'s again; full cards, and stamps for visits, stay."""
    held = StampHolder.objects.filter(customer=kept).select_related("card__store").order_by("id")
    for holder in held:
        back = Stamp.objects.filter(holder=holder, full_card=None, order__customer__in=people)
        if back.exists():
            theirs = lock_holders([(holder.card, merged)])[holder.card_id, merged.pk]
            back.update(holder=theirs)


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
