"""A visit that the storefront reports: one stamp on each card that counts visits. The edge owns the transaction."""

from datetime import datetime

from django.db import connection

from loyalty.models import StampCard
from loyalty.stamps.stamp import Moments, add_stamps, fill_cards, lock_holder
from shop.models import Customer


def stamp_visit(
    customer: Customer, ref: str, *, visited_at: datetime, at: datetime, at_recorded: datetime
) -> int:
    """Returns how many stamps were added: none for a repeat, for a full day, and for whoever has not joined."""
    assert connection.in_atomic_block, "the edge owns the transaction"
    if customer.joined_at is None:
        return 0
    cards = StampCard.objects.filter(
        store_id=customer.store_id, by=StampCard.By.VISIT, is_active=True, starts_at__lte=visited_at
    )
    added = 0
    for card in cards.select_related("store").order_by("id"):
        holder = lock_holder(card, customer)
        added += add_stamps(holder, [f"visit:{ref}"], at=visited_at)
        fill_cards(holder, moments=Moments(at, at_recorded))
    return added
