"""Bring the points that a cart holds to what its price wants of them."""

from datetime import datetime

from checkout.holds import Pool
from loyalty.transfer_accounts import lock_accounts
from loyalty.transfer_holds import Holding, hold_points, release_points
from shop.models import Store


def keep_points(
    store: Store, wanted: int, *, customer_id: int | None, pool: Pool, at: datetime, at_recorded: datetime
) -> dict[int, int]:
    """Hold exactly `wanted` points of the customer, those that the pool holds first; what they lie in.

    What the pool holds beyond that, or of somebody else's, is free again. Raises NotEnoughPoints.
    """
    is_theirs = pool.customer_id != customer_id
    whose = {customer_id if wanted else None, pool.customer_id if pool.points else None} - {None}
    if not whose:
        return {}
    # All at once, so that accounts are locked in the order of their ids.
    locked = lock_accounts(store, [each for each in whose if each is not None])
    if pool.account_id is not None and is_theirs:
        release_points(Holding(store, pool.account_id, at, at_recorded), pool.points)
    mine = {} if is_theirs else pool.points
    if sum(mine.values()) == wanted:
        return mine
    assert customer_id is not None, "a guest has no points"
    return hold_points(wanted, Holding(store, locked.accounts[customer_id], at, at_recorded), mine=mine)
