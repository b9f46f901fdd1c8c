"""End a hold: everything that a reserved quote holds is free again, at once."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from checkout.errors import Fault, QuoteRefused
from checkout.find_hold import lock_quote, why_over
from checkout.holds import read_holds
from checkout.models import Quote, Reservation
from coupons.hold import release_coupon
from coupons.hold_balances import release_balances
from loyalty.hold_use import release_use
from loyalty.transfer_gifts import Booking
from loyalty.transfer_holds import Holding, release_points
from shop.models import Store


def release_quote(store: Store, key: str, *, at: datetime, at_recorded: datetime) -> Quote:
    """Let go of what the quote of this number holds; a second time, or after its end, nothing changes.

    Raises QuoteRefused for a number that the store has not, and for a quote that became an order or was replaced.
    """
    assert connection.in_atomic_block, "the edge owns the transaction"
    quote = lock_quote(store, _number(key))
    if quote is None:
        raise QuoteRefused(Fault.QUOTE_UNKNOWN)
    if quote.status == Quote.Status.HELD:
        is_late = why_over(quote, at=at) is not None
        status = Quote.Status.LAPSED if is_late else Quote.Status.RELEASED
        end_hold(quote, status, at=at, at_recorded=at_recorded)
    elif quote.status == Quote.Status.SPENT:
        raise QuoteRefused(Fault.QUOTE_SPENT)
    elif quote.status == Quote.Status.REPLACED:
        raise QuoteRefused(Fault.QUOTE_REPLACED)
    return quote


def end_hold(quote: Quote, status: str, *, at: datetime, at_recorded: datetime) -> None:
    """The caller has locked the quote's row and found it held. Points, gift balances, coupons, counters last, as
    everybody does."""
    pool = read_holds(quote).open()
    if pool.account_id is not None:
        release_points(Holding(quote.store, pool.account_id, at, at_recorded), pool.points)
    release_balances(Booking(quote.store, at, at_recorded), pool.gifts)
    for coupon_id in sorted(pool.coupons):
        release_coupon(coupon_id)
    Reservation.objects.filter(quote=quote).delete()
    for offer_id in sorted(pool.uses):
        for held in pool.rest_of(offer_id):
            release_use(held)
    close_quote(quote, status)


def close_quote(quote: Quote, status: str, *, order_id: int | None = None) -> None:
    """It holds no more. Once: the state stands in the WHERE."""
    held = Quote.objects.filter(pk=quote.pk, status=Quote.Status.HELD)
    assert held.update(status=status, order_id=order_id) == 1, "the quote's lock keeps others from ending it"
    quote.status = status


def _number(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise QuoteRefused(Fault.QUOTE_UNKNOWN) from None
