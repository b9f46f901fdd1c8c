"""Reserve a cart's price: its quote is stored, and what it needs is held for half an hour.

A cart has one hold. A new reserving quote of it takes over what it needs of the old one's rights, holds what is new,
lets the rest go, and lasts half an hour again, up to two hours from the first one. The edge owns the transaction.
Locks: the cart's turn, its held quote, then points, gift balances, coupons, counters, as checkout/commit.py takes them.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from checkout.assemble import Refusals
from checkout.balances import paid_by
from checkout.commit import TRIES_MAX, lost
from checkout.end_hold import close_quote, end_hold
from checkout.errors import PriceChanged
from checkout.find_hold import lock_held_quote, why_over
from checkout.holds import Holds, Pool, empty_pool, read_holds, rows_of
from checkout.keep_points import keep_points
from checkout.know_buyer import know_buyer
from checkout.lapse import HoldsLapsed, is_refused_by_lapsed
from checkout.models import Quote, Reservation
from checkout.priced_cart import PricedCart
from checkout.quote import NOTHING_GONE, quote_cart
from checkout.request import QuoteRequest
from checkout.reserved_price import write_price
from coupons.hold import hold_coupon, release_coupon
from coupons.hold_balances import hold_balances
from coupons.redeem import CouponRefused
from loyalty.hold_use import hold_use, release_use
from loyalty.take_use import HeldUse, UseRefused
from loyalty.transfer import NotEnoughPoints
from loyalty.transfer_gifts import Booking, NotEnoughMoney
from pricing.price import NEAR
from shop.clock import local_date
from shop.models import Store

LASTS = timedelta(minutes=30)
LASTS_IN_ALL = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Reserved:
    priced: PricedCart
    quote: Quote

    @property
    def renewable_until(self) -> datetime:
        """No renewal holds longer than this; then others have their turn."""
        return self.quote.first_at + LASTS_IN_ALL


def reserve_quote(
    store: Store,
    request: QuoteRequest,
    *,
    at: datetime,
    at_recorded: datetime,
    is_last_try: bool = True,
) -> Reserved:
    """Price the cart and hold what the price needs. What is gone by then is refused in the quote, never an error.

    Unless `is_last_try`, raises HoldsLapsed where holds that have lapsed stand in the way.
    """
    assert connection.in_atomic_block, "the edge owns the transaction"
    assert request.cart is not None, "a reservation belongs to a cart"
    _wait_for_turn(store, request.cart)
    old = _old_hold(store, request.cart, at=at, at_recorded=at_recorded, is_last_try=is_last_try)
    gone: Refusals = NOTHING_GONE
    for _ in range(TRIES_MAX):
        mine = None if old is None else old.quote.pk
        priced = quote_cart(store, request, at=at, gone=gone, hold=mine, explain=NEAR)
        if not is_last_try and is_refused_by_lapsed(priced):
            raise HoldsLapsed
        try:
            with transaction.atomic():
                return _hold(store, priced, old, at=at, at_recorded=at_recorded)
        except (UseRefused, CouponRefused) as refused:
            gone = {**gone, **lost(priced, refused)}
        except (NotEnoughPoints, NotEnoughMoney):
            continue  # somebody else has spent them just now: the next look sees what is left
    raise PriceChanged(priced)


def _wait_for_turn(store: Store, cart_ref: str) -> None:
    """Two renewals of one cart at once go one after the other; the unique key of its hold would refuse the second."""
    digest = hashlib.sha256(f"reserve:{store.pk}:{cart_ref}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _old_hold(
    store: Store, cart_ref: str, *, at: datetime, at_recorded: datetime, is_last_try: bool
) -> Holds | None:
    quote = lock_held_quote(store, cart_ref)
    if quote is None:
        return None
    if why_over(quote, at=at) is None:
        return read_holds(quote)
    if not is_last_try:
        raise HoldsLapsed
    end_hold(quote, Quote.Status.LAPSED, at=at, at_recorded=at_recorded)
    return None


def _hold(
    store: Store, priced: PricedCart, old: Holds | None, *, at: datetime, at_recorded: datetime
) -> Reserved:
    customer = know_buyer(store, priced)
    customer_id = None if customer is None else customer.pk
    pool = empty_pool() if old is None else old.open()
    points = keep_points(
        store,
        priced.quote.points_spent,
        customer_id=customer_id,
        pool=pool,
        at=at,
        at_recorded=at_recorded,
    )
    booking = Booking(store, at, at_recorded)
    gifts = hold_balances(paid_by(priced.quote), booking, mine=pool.gifts)
    coupons = _hold_coupons(priced, pool, customer_id=customer_id, at=at)
    if old is not None:
        Reservation.objects.filter(quote=old.quote).delete()
    uses = _hold_uses(priced, pool, customer_id=customer_id, day=local_date(store, priced.at))
    quote = _store(store, priced, old, customer_id=customer_id)
    Reservation.objects.bulk_create(rows_of(quote, points=points, coupons=coupons, uses=uses, gifts=gifts))
    return Reserved(priced, quote)


def _hold_coupons(priced: PricedCart, pool: Pool, *, customer_id: int | None, at: datetime) -> set[int]:
    applied = {each.coupon for each in priced.quote.applied if each.coupon is not None}
    wanted = {priced.coupons[code].pk: priced.coupons[code] for code in applied}
    held: set[int] = set()
    for coupon_id in sorted(wanted.keys() | pool.coupons):
        if coupon_id not in wanted:
            release_coupon(coupon_id)
        elif coupon_id in pool.coupons or hold_coupon(wanted[coupon_id], customer_id=customer_id, at=at):
            held.add(coupon_id)
    return held


def _hold_uses(priced: PricedCart, pool: Pool, *, customer_id: int | None, day: date) -> list[HeldUse]:
    """Offer by offer in the order of their ids: what is not needed any more is let go first."""
    limited = priced.limited()
    held: list[HeldUse] = []
    for offer_id in sorted(limited.keys() | pool.uses.keys()):
        applied = limited.get(offer_id, [])
        mine = [pool.take_use(offer_id, customer_id=customer_id) for _ in applied]
        for rest in pool.rest_of(offer_id):
            release_use(rest)
        held += [
            hold_use(
                priced.offers[each.offer],
                customer_id=customer_id,
                amount=each.amount,
                number=_hash_of(priced.request),
                day=day,
                held=already,
            )
            for each, already in zip(applied, mine, strict=True)
        ]
    return held


def _hash_of(request: QuoteRequest) -> int:
    """Spreads carts over the shards of a limit."""
    return int.from_bytes(hashlib.sha256(str(request.cart).encode()).digest()[:4], "big")


def _store(store: Store, priced: PricedCart, old: Holds | None, *, customer_id: int | None) -> Quote:
    first_at = priced.at if old is None else old.quote.first_at
    if old is not None:
        close_quote(old.quote, Quote.Status.REPLACED)
    return Quote.objects.create(
        store=store,
        cart_ref=priced.request.cart or "",
        customer_id=customer_id,
        first_at=first_at,
        ends_at=min(priced.at + LASTS, first_at + LASTS_IN_ALL),
        **write_price(priced),
    )
