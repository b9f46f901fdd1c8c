"""Hold money of gift balances for a cart, and let go of it. The caller owns the transaction."""

from collections.abc import Mapping

from django.db import connection

from coupons.settle_balances import settle_balances
from loyalty.transfer_gifts import Booking, hold_gift, lock_gifts

# Money in minor units by the account of the gift balance.
Money = Mapping[int, int]


def hold_balances(wanted: Money, booking: Booking, *, mine: Money) -> dict[int, int]:
    """Hold exactly `wanted` for one cart that holds `mine` already; returns what it holds now.

    What is held stays the cart's own even if the balance has ended since. What is let go of a balance that is over
    ends at once. Raises NotEnoughMoney.
    """
    assert connection.in_atomic_block, "a hold belongs to the transaction of its quote"
    changes = {pk: wanted.get(pk, 0) - mine.get(pk, 0) for pk in sorted({*wanted, *mine})}
    changed = {pk: more for pk, more in changes.items() if more}
    if changed:
        lock_gifts(changed)
        for pk, more in changed.items():
            hold_gift(pk, more)
        if freed := [pk for pk, more in changed.items() if more < 0]:
            settle_balances(freed, booking)
    return {pk: amount for pk, amount in wanted.items() if amount}


def release_balances(booking: Booking, mine: Money) -> None:
    """Let go of all that the cart holds."""
    if mine:
        hold_balances({}, booking, mine=mine)
