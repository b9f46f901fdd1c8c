"""Pay for an order's lines with points. The caller owns the transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from loyalty.models import Account, Transfer
from loyalty.transfer import NOTHING_HELD, NotEnoughPoints, post
from loyalty.transfer_accounts import Locked, customer_account, lock_accounts, programme_account
from loyalty.transfer_lots import LinePoints
from loyalty.transfer_spend import take_points
from shop.models import Order


def spend_for_order(
    order: Order,
    lines: Sequence[LinePoints],
    *,
    at: datetime,
    at_recorded: datetime,
    held: Mapping[int, int] = NOTHING_HELD,
) -> Locked:
    """Take what the order's lines cost in points from what its customer can spend at `at`, earliest expiry first, lot
    by lot in the order of the lines. `held`: from exactly what its cart holds instead. Once per order. Raises
    NotEnoughPoints. Returns the customer's account, which is locked from now on."""
    assert order.customer is not None, "a guest has no points"
    locked = lock_accounts(order.store, [order.customer.pk])
    if held:
        _spend_held(order, lines, at=at, at_recorded=at_recorded, held=held)
        return locked
    account_id = locked.accounts[order.customer.pk]
    missing = take_points(order, lines, account_id=account_id, at=at, at_recorded=at_recorded)
    if missing:
        raise NotEnoughPoints(missing=missing)
    return locked


def _spend_held(
    order: Order,
    lines: Sequence[LinePoints],
    *,
    at: datetime,
    at_recorded: datetime,
    held: Mapping[int, int],
) -> None:
    assert order.customer is not None, "a guest has no points"
    post(
        order.store,
        kind=Transfer.Kind.REDEMPTION,
        source=customer_account(order.customer),
        target=programme_account(order.store, Account.Kind.SPENT),
        amount=sum(line.points for line in lines),
        key=f"order:{order.pk}:redemption",
        at=at,
        at_recorded=at_recorded,
        lines=lines,
        held=held,
        order=order,
    )
