"""Pay for an order's lines with points. The caller owns the transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from loyalty.models import Account, Transfer
from loyalty.transfer import NOTHING_HELD, post
from loyalty.transfer_accounts import customer_account, programme_account
from loyalty.transfer_lots import LinePoints
from shop.models import Order


def spend_for_order(
    order: Order,
    lines: Sequence[LinePoints],
    *,
    at: datetime,
    at_recorded: datetime,
    held: Mapping[int, int] = NOTHING_HELD,
) -> Transfer:
    """Take what the order's lines cost in points from what its customer can spend at `at`, earliest expiry first, lot
    by lot in the order of the lines. `held`: from exactly what its cart holds instead. Once per order. Raises
    NotEnoughPoints."""
    assert order.customer is not None, "a guest has no points"
    return post(
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
