"""A visit that the storefront reports: one stamp on each card that counts visits. The edge owns the transaction."""

from datetime import datetime

from django.db import connection

from loyalty.models import StampCard
from loyalty.stamps.lock_holders import lock_holders
from loyalty.stamps.read_sheets import read_sheets
from loyalty.stamps.write_sheets import Moments, write_sheets
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
    mine = list(cards.select_related("store").order_by("id"))
    if not mine:
        return 0
    key = f"visit:{ref}"
    holders = lock_holders([(card, customer) for card in mine])
    # Under the lock: a merge that was under way has ended.
    if (head := Customer.objects.filter(merged_away=customer).first()) is not None:
        return stamp_visit(head, ref, visited_at=visited_at, at=at, at_recorded=at_recorded)
    sheets = read_sheets(list(holders.values()), keys=[key], moments=[visited_at])
    added = 0
    for sheet in sheets:
        added += sheet.add([key], at=visited_at)
        sheet.fill()
    write_sheets(mine[0].store, sheets, moments=Moments(at, at_recorded))
    return added
