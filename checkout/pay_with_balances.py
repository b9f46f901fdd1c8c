"""Pay an order with the gift balances of its price. The caller owns the transaction and has locked the customer's
account."""

from collections.abc import Sequence

from checkout.balances import paid_by
from checkout.holds import Pool
from coupons.hold_balances import hold_balances
from coupons.models import GiftBalance
from loyalty.models import BalancePayment, Transfer
from loyalty.transfer_gifts import Booking, GiftMove, lock_gifts, take_from_gifts
from pricing.pay_by_balances import share_out
from pricing.values import Quote
from shop.models import Order


def pay_with_balances(order: Order, quote: Quote, pool: Pool, booking: Booking) -> None:
    """Take what the price says, first what the cart holds for it; what it holds beyond that is free again.

    Raises NotEnoughMoney. No statement where neither price nor cart knows of a gift balance.
    """
    wanted, mine = paid_by(quote), pool.gifts
    if not wanted and not mine:
        return
    lock_gifts({*wanted, *mine})
    used = {pk: min(held, wanted.get(pk, 0)) for pk, held in mine.items()}
    hold_balances({pk: held for pk, held in used.items() if held}, booking, mine=mine)
    if not wanted:
        return
    moves = [
        GiftMove(pk, amount, f"order:{order.pk}:gift:{pk}", held=used.get(pk, 0))
        for pk, amount in sorted(wanted.items())
    ]
    take_from_gifts(moves, booking, kind=Transfer.Kind.PAYMENT)
    BalancePayment.objects.bulk_create(_payments(order, quote, _prolonged(list(wanted))))


def _prolonged(account_ids: Sequence[int]) -> set[int]:
    late = GiftBalance.objects.filter(account__in=account_ids, prolonged_at__isnull=False)
    return set(late.values_list("account_id", flat=True))


def _payments(order: Order, quote: Quote, prolonged: set[int]) -> list[BalancePayment]:
    line_ids = list(order.lines.order_by("ordinal").values_list("pk", flat=True))
    return [
        BalancePayment(
            store_id=order.store_id,
            order=order,
            account_id=int(share.code),
            line_id=None if share.place is None else line_ids[share.place],
            amount=share.amount,
            was_prolonged=int(share.code) in prolonged,
        )
        for share in share_out(quote)
    ]
