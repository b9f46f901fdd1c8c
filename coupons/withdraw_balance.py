"""Take what is left of a gift balance away: its purchase was refunded, or it is revoked. The caller owns the
transaction."""

from django.db import connection

from coupons.models import GiftBalance, GiftWithdrawal
from coupons.settle_balances import Settled, settle_balances
from loyalty.models import Transfer
from loyalty.transfer_gifts import Booking, GiftMove, last_moves, take_from_gifts
from shop.models import User
from shop.record import record


def revoke_balance(balance: GiftBalance, *, by: User | None, reason: str, booking: Booking) -> GiftWithdrawal:
    """From now on it is refused, and nobody can undo that. A second time: the first withdrawal.

    What a cart holds already stays its own; what comes free or comes back later is withdrawn, too.
    """
    assert connection.in_atomic_block, "a withdrawal belongs to the transaction of what it is for"
    settled = settle_balances([balance.account_id], booking)
    first = (
        GiftWithdrawal.objects.filter(balance=balance).exclude(reason=GiftWithdrawal.Reason.REFUND).first()
    )
    if first is not None:
        return first
    withdrawn = take_what_is_free(balance, settled, booking, by=by, reason=reason)
    record(
        "gift_balance.revoked",
        store=booking.store,
        at=booking.at,
        customer=balance.customer,
        subject=f"gift_balance:{balance.pk}",
        data={"reason": reason, "amount": withdrawn.amount, "by": by.pk if by else None},
    )
    return withdrawn


def take_what_is_free(
    balance: GiftBalance, settled: Settled, booking: Booking, *, by: User | None, reason: str
) -> GiftWithdrawal:
    """Of a balance whose account is locked and settled."""
    free = settled.purses[balance.account_id].free
    if free:
        pk = balance.account_id
        key = f"gift:{pk}:{Transfer.Kind.WITHDRAWAL}:{last_moves([pk])[pk]}"
        take_from_gifts([GiftMove(pk, free, key)], booking, kind=Transfer.Kind.WITHDRAWAL)
    return GiftWithdrawal.objects.create(
        store=booking.store, balance=balance, by=by, reason=reason, amount=free, at=booking.at
    )
