"""What a refund does to gift balances: money goes back to those that paid, and what is left of those that the refunded
units had become is withdrawn.

The caller holds the order's lock. Accounts are locked as everybody does: the customer's first, then gift balances by
their account's id.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from coupons.models import GiftBalance, GiftWithdrawal
from coupons.settle_balances import Settled, settle_balances
from coupons.withdraw_balance import take_what_is_free
from loyalty.models import BalancePayment, Transfer
from loyalty.reverse import part_of
from loyalty.transfer_accounts import lock_accounts
from loyalty.transfer_gifts import Booking, GiftMove, put_into_gifts
from shop.clock import end_of_day, local_date
from shop.models import Order, OrderLine, Refund

RETURNED_LIVE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Touched:
    """Payments of the order by balances, and the balances that its lines have become, all locked and settled."""

    payments: Sequence[BalancePayment] = ()
    bought: Mapping[int, Sequence[GiftBalance]] = field(default_factory=dict)
    settled: Settled = field(default_factory=lambda: Settled({}, {}))


NOTHING_TOUCHED = Touched()


def touch(order: Order, lines: Sequence[OrderLine], booking: Booking) -> Touched:
    """What a refund of `lines` may move. No statement where no gift balance has paid or was bought."""
    sold = [line.pk for line in lines if line.gift_value is not None]
    if not order.balance_amount and not sold:
        return NOTHING_TOUCHED
    payments = list(BalancePayment.objects.filter(order=order)) if order.balance_amount else []
    taken = GiftWithdrawal.objects.filter(reason=GiftWithdrawal.Reason.REFUND).values("balance")
    whole = list(GiftBalance.objects.filter(line__in=sold).exclude(pk__in=taken)) if sold else []
    if order.customer_id is not None:
        lock_accounts(order.store, [order.customer_id])
    settled = settle_balances(
        {*(paid.account_id for paid in payments), *(one.account_id for one in whole)}, booking
    )
    bought: defaultdict[int, list[GiftBalance]] = defaultdict(list)
    for one in whole:
        bought[one.line_id or 0].append(one)
    return Touched(payments, bought, settled)


def withdraw_bought(line: OrderLine, quantity: int, touched: Touched, booking: Booking) -> tuple[int, int]:
    """Withdraw what is left of `quantity` balances that the line became, those with the most first. Returns the money
    to give back for these units, which is never more than what is left, and what was withdrawn.

    Units that never became a balance are given back at their price.
    """
    whole = touched.bought.get(line.pk, ())
    fullest = sorted(whole, key=lambda one: (-touched.settled.purses[one.account_id].free, one.unit or 0))
    money = line.unit_price * max(0, quantity - len(fullest))
    withdrawn = 0
    for one in fullest[:quantity]:
        done = take_what_is_free(one, touched.settled, booking, by=None, reason=GiftWithdrawal.Reason.REFUND)
        money += min(line.unit_price, done.amount)
        withdrawn += done.amount
    return money, withdrawn


def balance_part(line: OrderLine, quantity: int) -> int:
    """What of the last `quantity` units refunded gift balances had paid: the difference that they make."""
    before = line.refunded_quantity - quantity
    whole, units = line.balance_amount, line.quantity
    return part_of(whole, refunded=line.refunded_quantity, quantity=units) - part_of(
        whole, refunded=before, quantity=units
    )


def give_back_to_balances(
    refund: Refund, amounts: Mapping[int | None, int], touched: Touched, booking: Booking
) -> None:
    """Give back `amounts` by order line, or delivery (None), each to the balances that paid it, last end first."""
    parts = [
        part for line_id, amount in amounts.items() if amount for part in _parts(line_id, amount, touched)
    ]
    if not parts:
        return
    _note_returned(parts)
    sums: defaultdict[int, int] = defaultdict(int)
    for paid, amount in parts:
        sums[paid.account_id] += amount
    moves = [GiftMove(pk, sums[pk], f"refund:{refund.pk}:gift:{pk}") for pk in sorted(sums)]
    put_into_gifts(moves, booking, kind=Transfer.Kind.RETURN)
    _prolong({paid.account_id for paid, _ in parts if not paid.was_prolonged}, touched, booking)
    # What came back to one that is over ends at once.
    settle_balances(sums, booking)


def _parts(line_id: int | None, amount: int, touched: Touched) -> list[tuple[BalancePayment, int]]:
    balances = touched.settled.balances
    mine = [paid for paid in touched.payments if paid.line_id == line_id]
    mine.sort(key=lambda paid: (balances[paid.account_id].ends_at, paid.account_id), reverse=True)
    parts: list[tuple[BalancePayment, int]] = []
    for paid in mine:
        part = min(amount, paid.amount - paid.returned)
        if part:
            parts.append((paid, part))
        amount -= part
    assert amount == 0, "a line's payments sum to what balances paid of it"
    return parts


NOTE_RETURNED = """
UPDATE loyalty_balancepayment SET returned = returned + back.amount
FROM unnest(%(payments)s::bigint[], %(amounts)s::bigint[]) AS back (payment_id, amount)
WHERE loyalty_balancepayment.id = back.payment_id AND returned + back.amount <= loyalty_balancepayment.amount
"""


def _note_returned(parts: Sequence[tuple[BalancePayment, int]]) -> None:
    """No payment gives back more than it took."""
    asked = {"payments": [paid.pk for paid, _ in parts], "amounts": [amount for _, amount in parts]}
    with connection.cursor() as cursor:
        cursor.execute(NOTE_RETURNED, asked)
        assert cursor.rowcount == len(parts), "the order's lock keeps others from giving the same money back"


def _prolong(account_ids: set[int], touched: Touched, booking: Booking) -> None:
    """To the end of the day a fortnight from now, where it would end before. What was paid on time gained so gains no
    more."""
    until = end_of_day(booking.store, local_date(booking.store, booking.at + RETURNED_LIVE))
    short = [
        balance.pk
        for account_id, balance in touched.settled.balances.items()
        if account_id in account_ids and balance.ends_at < until
    ]
    if short:
        GiftBalance.objects.filter(pk__in=short).update(
            ends_at=until, prolonged_at=booking.at, lapsed_at=None
        )


@dataclass(frozen=True, slots=True)
class ReturnedTo:
    """What a refund gave back to one gift balance, which is good until `ends_at` now."""

    ending: str
    amount: int
    ends_at: datetime


def returned_to(refund: Refund) -> list[ReturnedTo]:
    """No statement where nothing went back to a balance."""
    if not refund.balance_amount:
        return []
    rows = Transfer.objects.filter(
        store_id=refund.store_id, kind=Transfer.Kind.RETURN, key__startswith=f"refund:{refund.pk}:gift:"
    ).select_related("target__gift_balance")
    return [
        ReturnedTo(row.target.gift_balance.ending, row.amount, row.target.gift_balance.ends_at)
        for row in rows.order_by("id")
    ]
