"""The rows under which customers' stamp cards are worked on: made with the first stamp, then locked."""

from collections.abc import Collection

from django.db import connection

from loyalty.models import StampCard, StampHolder
from shop.models import Customer

Pair = tuple[StampCard, Customer]


def lock_holders(pairs: Collection[Pair]) -> dict[tuple[int, int], StampHolder]:
    """The holder of each card and customer, by their keys, locked until the transaction ends. Two statements, however
    many; everybody makes and locks them in one order, so nobody waits in a circle."""
    assert connection.in_atomic_block, "stamps and their reward are one transaction"
    if not pairs:
        return {}
    known = {(card.pk, customer.pk): (card, customer) for card, customer in pairs}
    fresh = [
        StampHolder(store_id=card.store_id, card=card, customer=customer)
        for _, (card, customer) in sorted(known.items())
    ]
    StampHolder.objects.bulk_create(fresh, ignore_conflicts=True)
    cards, customers = zip(*known, strict=True)
    rows = StampHolder.objects.filter(card_id__in=set(cards), customer_id__in=set(customers)).order_by("id")
    held = {}
    for holder in rows.select_for_update(no_key=True):
        key = (holder.card_id, holder.customer_id)
        if key in known:
            holder.card, holder.customer = known[key]
            held[key] = holder
    return held
