"""What a refund does to points: gives back what its lines spent, then takes back what they earned.

Both are told how much of a line has been refunded by now, work out what that comes to, and move what is still missing.
So any split of refunds moves the same points as one whole refund, and a repeat moves none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty.models import LineEarning, LotUse, Transfer
from loyalty.transfer_accounts import lock_accounts
from loyalty.transfer_back import Undoing, give_back, take_back
from pricing.allocate import allocate
from shop.models import Order, OrderLine, Product


@dataclass(frozen=True, slots=True)
class Reversed:
    """Points by order line. `owed` of those taken back were not there any more and are a debt."""

    returned: dict[int, int]
    taken_back: dict[int, int]
    owed: int = 0


def part_of(whole: int, *, refunded: int, quantity: int) -> int:
    """What `refunded` of `quantity` units come to, of what all of them come to; rounded half up."""
    return allocate(whole, [refunded, quantity - refunded])[0]


def reverse_points(order: Order, *, key: str, at: datetime, at_recorded: datetime) -> Reversed:
    """Bring the points of `order` to where the refunded quantities of its lines want them.

    The caller holds the order's lock. Nothing happens for orders of guests.
    """
    if order.customer_id is None:
        return Reversed({}, {})
    locked = lock_accounts(order.store, [order.customer_id])
    undoing = Undoing(order.store, locked.accounts[order.customer_id], key, at, at_recorded)
    lines = list(order.lines.order_by("ordinal"))
    returned = _return_spent(lines, undoing)
    taken_back, owed = _take_back_earned(order, lines, undoing)
    return Reversed(returned, taken_back, owed)


def _return_spent(lines: Sequence[OrderLine], undoing: Undoing) -> dict[int, int]:
    """What ends last comes back first: that is the best that can be done for the customer."""
    paid = [line for line in lines if line.points_spent]
    if not paid:
        return {}
    found = LotUse.objects.filter(line__in=paid, transfer__kind=Transfer.Kind.REDEMPTION)
    uses = list(found.select_related("transfer", "lot").order_by("-lot__ends_at", "-lot_id"))
    parts: list[tuple[LotUse, int]] = []
    returned: dict[int, int] = {}
    for line in paid:
        mine = [use for use in uses if use.line_id == line.pk]
        due = part_of(line.points_spent, refunded=line.refunded_quantity, quantity=line.quantity)
        missing = returned[line.pk] = due - sum(use.returned for use in mine)
        for use in mine:
            part = min(missing, use.amount - use.returned)
            if part:
                parts.append((use, part))
            missing -= part
    give_back(parts, undoing)
    return returned


def _take_back_earned(
    order: Order, lines: Sequence[OrderLine], undoing: Undoing
) -> tuple[dict[int, int], int]:
    accrual = Transfer.objects.filter(order=order, kind=Transfer.Kind.ACCRUAL).first()
    if accrual is None:
        return {}, 0
    earnings = {each.line_id: each for each in _shared_out(accrual, lines)}
    taken: dict[int, int] = {}
    for line in lines:
        earning = earnings[line.pk]
        due = part_of(earning.amount, refunded=line.refunded_quantity, quantity=line.quantity)
        taken[line.pk] = due - earning.taken_back
        earning.taken_back = due
    points = sum(taken.values())
    if not points:
        return taken, 0
    LineEarning.objects.bulk_update(earnings.values(), ["taken_back"])
    return taken, take_back(accrual, points, undoing)


def _shared_out(accrual: Transfer, lines: Sequence[OrderLine]) -> list[LineEarning]:
    """What each line earned: as it was promised, or shared by what was paid for goods. Done once, and then kept,
    whatever products become."""
    kept = list(LineEarning.objects.filter(accrual=accrual))
    if kept:
        return kept
    shares = allocate(accrual.amount, _weights(lines))
    return LineEarning.objects.bulk_create(
        LineEarning(line=line, accrual=accrual, amount=share)
        for line, share in zip(lines, shares, strict=True)
    )


def _weights(lines: Sequence[OrderLine]) -> list[int]:
    promised = [line.points_to_earn or 0 for line in lines]
    if any(promised):
        return promised
    not_goods = set(
        OrderLine.objects.filter(pk__in=[line.pk for line in lines], product__isnull=False)
        .exclude(product__kind=Product.Kind.GOODS)
        .values_list("pk", flat=True)
    )
    weights = [0 if line.pk in not_goods else line.total - line.points_amount for line in lines]
    if not any(weights):  # all products have become something else since
        weights = [line.total - line.points_amount for line in lines]
    return weights


def refunded_orders(order_ids: Sequence[int]) -> list[Order]:
    """Those of the orders that have been refunded in part or whole."""
    found = Order.objects.filter(pk__in=order_ids, lines__refunded_quantity__gt=0)
    return list(found.select_related("store").distinct().order_by("id"))
