"""Commit an order: stored once, priced anew, its rights taken, its points given. The edge owns the transaction.

Locks are taken in this order, by everybody, so that orders wait for one another but never in a circle:
  0. the reserved quote that the order spends, where it has one,
  1. the order's reference (a twin waits here until the first one has ended),
  2. the customer's points account, then its lots by their end, then gift balances by their account's id,
  3. coupons by id,
  4. the customer, the cart,
  5. the offers' counters by offer id. They are the hottest rows of a sale, so they come last and are held the least.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from checkout.assemble import Refusals
from checkout.end_hold import close_quote
from checkout.errors import Fault, OrderInvalid, PriceChanged, QuoteTokenRefused
from checkout.find_hold import find_hold, lock_cart_hold
from checkout.grant_rewards import grant_rewards
from checkout.holds import Holds, Pool, empty_pool
from checkout.keep_points import keep_points
from checkout.know_buyer import know_buyer
from checkout.lapse import HoldsLapsed, RightLost, is_refused_by_lapsed
from checkout.models import Quote, Reservation
from checkout.pay_with_balances import pay_with_balances
from checkout.priced_cart import PricedCart
from checkout.quote import NOTHING_GONE, quote_cart
from checkout.request import OrderRequest
from checkout.reserved_price import keeps_price, read_price
from checkout.sell_balances import issue_bought
from checkout.settle_late import settle_late
from checkout.store_order import Stored, store_order, stored_order
from checkout.token import read_token, reserved_key, says_the_same
from checkout.transaction import taken_back_on
from coupons.hold import release_coupon
from coupons.redeem import CouponRefused, redeem
from loyalty.earn import Earning, earn_for_order
from loyalty.hold_use import release_use
from loyalty.spend import spend_for_order
from loyalty.take_use import UseRefused, take_uses
from loyalty.transfer import NotEnoughPoints
from loyalty.transfer_accounts import Locked
from loyalty.transfer_gifts import Booking, NotEnoughMoney
from loyalty.transfer_lots import LinePoints
from pricing.price import NEAR
from pricing.values import Applied
from shop.clock import store_moment
from shop.models import Cart, Order, Store, Visitor
from shop.prepared import Prepared
from shop.record import record

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=5)
# Each try takes one more offer or coupon out, so it ends; this bounds how long it may take.
TRIES_MAX = 20
# Somebody else has taken it since the order was priced.
LOST = (UseRefused, CouponRefused, NotEnoughPoints, NotEnoughMoney)


@dataclass(frozen=True, slots=True)
class Committed:
    """`priced` is None where the order was there already (`created` is False)."""

    order: Order
    priced: PricedCart | None
    points: int
    created: bool


def commit_order(
    store: Store, request: OrderRequest, *, at: datetime, at_recorded: datetime, is_last_try: bool = True
) -> Committed:
    """Store the order and all that follows from it, once per reference; a repeat returns the stored one.

    `at` is the shop's present moment, by which the order is priced unless it brings its own `placed_at`;
    `at_recorded` is the clock. An order of the cart that a reserved quote was made for, which names that quote by its
    token, keeps its price and its rights whatever has become of them. Raises OrderConflict, PriceChanged,
    QuoteTokenRefused and OrderInvalid, and then has written nothing; unless `is_last_try`, HoldsLapsed where holds that
    have lapsed stand in the way, and RightLost where somebody else was quicker: either ends the transaction.
    """
    assert connection.in_atomic_block, "an order is committed in a transaction of the edge"
    placed_at = _placed_at(request, at=at)
    try:
        hold = find_hold(store, request, at=at)
    except QuoteTokenRefused as refused:
        return _repeated(store, request, otherwise=refused)
    settle_late(store, request, at=at, at_recorded=at_recorded)
    gone: Refusals = NOTHING_GONE
    for _ in range(TRIES_MAX):
        priced = _price(store, request, hold, at=placed_at, gone=gone)
        if hold is None and _has_hold(priced):
            # What its cart holds is the order's too: priced anew, once nobody else can end the hold.
            hold = lock_cart_hold(store, request.cart or "", at=at)
            continue
        if not is_last_try and is_refused_by_lapsed(priced):
            raise HoldsLapsed
        if (differs := _compare(store, request, priced, hold, at=at)) is not None:
            # The order may be there already, at the price of then: a repeat is no change of price.
            return _repeated(store, request, otherwise=differs)
        try:
            # A savepoint costs a statement, so only orders that have lost a right before, and can, get one.
            with taken_back_on(*LOST) if is_last_try and _can_be_refused(priced) else nullcontext():
                return _write(store, request, priced, hold, at=placed_at, at_recorded=at_recorded)
        except LOST as refused:
            if not is_last_try:
                raise RightLost from refused
            # Of points and money that somebody else has spent just now the next look sees what is left.
            gone = {**gone, **lost(priced, refused)}
    raise PriceChanged(priced)


def _price(
    store: Store, request: OrderRequest, hold: Holds | None, *, at: datetime, gone: Refusals
) -> PricedCart:
    if hold is None:
        return quote_cart(store, request, at=at, gone=gone, explain=NEAR)
    if _is_kept(hold, request):
        return read_price(store, request, hold.quote, at=at)
    return quote_cart(store, request, at=at, gone=gone, hold=hold.quote.pk, explain=NEAR)


def _is_kept(hold: Holds | None, request: OrderRequest) -> bool:
    """Whether the order is what the reserved quote, which it names, was made for."""
    return (
        hold is not None
        and reserved_key(request.quote_token) == hold.quote.key
        and keeps_price(hold, request)
    )


def _has_hold(priced: PricedCart) -> bool:
    return priced.facts.own is not None


def _placed_at(request: OrderRequest, *, at: datetime) -> datetime:
    for attr in ("placed_at", "paid_at", "fulfilled_at"):
        moment: datetime | None = getattr(request, attr)
        if moment is not None and not EARLIEST <= moment <= at + CLOCKS_DIFFER:
            raise OrderInvalid(Fault.MOMENT_OUT_OF_RANGE, attr=attr)
    return request.placed_at or at


def _compare(
    store: Store, request: OrderRequest, priced: PricedCart, hold: Holds | None, *, at: datetime
) -> PriceChanged | QuoteTokenRefused | None:
    """What keeps this price from being taken: the shopper was shown another one and has not agreed to changes."""
    if request.quote_token is not None and not _is_kept(hold, request):
        try:
            told = read_token(store, request.quote_token, at=at)
        except QuoteTokenRefused as refused:
            if refused.code is Fault.QUOTE_TOKEN_INVALID or not request.accept_changes:
                return refused
            return None
        if not request.accept_changes and not says_the_same(told, priced.quote):
            return PriceChanged(priced)
    expected = request.expected_payable
    if expected is not None and not request.accept_changes and expected != priced.quote.payable:
        return PriceChanged(priced)
    return None


def _repeated(
    store: Store, request: OrderRequest, *, otherwise: PriceChanged | QuoteTokenRefused | None = None
) -> Committed:
    order = stored_order(store, request)
    if order is None:
        # Nobody has the reference, so what was in the way is an order that was made of the same quote.
        raise otherwise or QuoteTokenRefused(Fault.QUOTE_SPENT)
    return Committed(order, None, 0, created=False)


def _can_be_refused(priced: PricedCart) -> bool:
    applied = priced.quote.applied
    is_paid_with = priced.quote.points_spent > 0 or priced.quote.balance_amount > 0
    return is_paid_with or any(
        each.coupon is not None or priced.offers[each.offer].terms.is_limited for each in applied
    )


def _write(
    store: Store,
    request: OrderRequest,
    priced: PricedCart,
    hold: Holds | None,
    *,
    at: datetime,
    at_recorded: datetime,
) -> Committed:
    customer = know_buyer(store, priced)
    stored = store_order(store, priced, request, customer=customer, at=at)
    if stored is None:
        return _repeated(store, request)
    order = stored.order
    pool = empty_pool() if hold is None else hold.open()
    is_kept = _is_kept(hold, request)
    locked = _spend_points(stored, priced, pool, at=at, at_recorded=at_recorded)
    joined_at = customer.joined_at if customer else None
    earning = Earning(priced.quote.points_to_earn, priced.quote.gains, priced.earning)
    now = store_moment(store, at_recorded)
    points = earn_for_order(order, earning, joined_at=joined_at, now=now, at=at_recorded, locked=locked)
    booking = Booking(store, at, at_recorded, order)
    pay_with_balances(order, priced.quote, pool, booking)
    _redeem_coupons(order, priced, pool, is_kept=is_kept, at=at)
    _touch_customer_and_cart(order, at=at)
    _record_order(order, priced, points=points, at=at)
    if priced.quote.promised and (order.paid_at or order.fulfilled_at):
        # From now on, however long ago an order that is reported late was placed.
        grant_rewards(order, at=now)
    if order.paid_at and _sells_balances(priced):
        issue_bought(order, Booking(store, now, at_recorded, order))
    if hold is not None:
        Reservation.objects.filter(quote=hold.quote).delete()
    _take_limited(order, priced, pool)
    if hold is not None:
        close_quote(hold.quote, Quote.Status.SPENT, order_id=order.pk)
    return Committed(order, priced, points, created=True)


def _sells_balances(priced: PricedCart) -> bool:
    return any(product.is_gift_balance for product in priced.facts.products)


def _spend_points(
    stored: Stored, priced: PricedCart, pool: Pool, *, at: datetime, at_recorded: datetime
) -> Locked | None:
    """The customer's account, where it had to be locked."""
    order = stored.order
    held: dict[int, int] = {}
    if pool.points:
        held = keep_points(
            order.store,
            priced.quote.points_spent,
            customer_id=order.customer_id,
            pool=pool,
            at=at,
            at_recorded=at_recorded,
        )
    if not priced.quote.points_spent:
        return None
    lines = [
        LinePoints(line_id, quoted.points_spent)
        # The gifts of offers come after the cart's lines, and cost nothing.
        for line_id, quoted in zip(stored.line_ids, priced.quote.lines, strict=False)
    ]
    return spend_for_order(order, lines, at=at, at_recorded=at_recorded, held=held)


def _redeem_coupons(order: Order, priced: PricedCart, pool: Pool, *, is_kept: bool, at: datetime) -> None:
    used = {
        priced.coupons[each.coupon].pk: (priced.coupons[each.coupon], each.amount)
        for each in priced.quote.applied
        if each.coupon is not None
    }
    for coupon_id in sorted(used.keys() | pool.coupons):
        if coupon_id in used:
            coupon, amount = used[coupon_id]
            # A public code is held by nothing but the price.
            redeem(coupon, order, amount=amount, at=at, is_held=is_kept or coupon_id in pool.coupons)
        else:
            release_coupon(coupon_id)


# Of no moment and one both functions choose the one.
TOUCH = Prepared(
    """
UPDATE shop_customer SET first_order_at = least(first_order_at, %(at)s), last_order_at = greatest(last_order_at, %(at)s)
WHERE id = %(customer)s
""",
    {"customer": "bigint", "at": "timestamptz"},
)


def _touch_customer_and_cart(order: Order, *, at: datetime) -> None:
    if order.customer_id is not None:
        with connection.cursor() as cursor:
            TOUCH.execute(cursor, {"customer": order.customer_id, "at": at})
    if order.cart_id is not None:
        Cart.objects.filter(pk=order.cart_id).update(status=Cart.Status.ORDERED, changed_at=at)


def _record_order(order: Order, priced: PricedCart, *, points: int, at: datetime) -> None:
    record(
        "order.placed",
        store=order.store,
        at=at,
        customer=order.customer,
        visitor=None if order.visitor_id is None else Visitor(pk=order.visitor_id),
        subject=f"order:{order.ref}",
        subject_id=order.pk,
        data={
            "payable": order.payable,
            "discount": order.discount + order.delivery_discount,
            "points": points,
            "points_spent": order.points_spent,
            "offers": sorted({each.offer for each in priced.quote.applied}),
        },
    )


def _take_limited(order: Order, priced: PricedCart, pool: Pool) -> None:
    limited = priced.limited()
    for offer_id in sorted(limited.keys() | pool.uses.keys()):
        for each in limited.get(offer_id, []):
            held = pool.take_use(offer_id, customer_id=order.customer_id)
            take_uses(priced.offers[each.offer], order=order, amount=each.amount, held=held)
        for rest in pool.rest_of(offer_id):
            release_use(rest)


def lost(priced: PricedCart, refused: Exception) -> Refusals:
    """The applied offer that has lost its right, under every coupon that brought it; or the one of the lost coupon.
    Nothing where it was points or money that were lost."""
    if not isinstance(refused, UseRefused | CouponRefused):
        return {}
    return {
        (each.offer, each.coupon): refused.code for each in priced.quote.applied if _is_meant(each, refused)
    }


def _is_meant(each: Applied, refused: UseRefused | CouponRefused) -> bool:
    if isinstance(refused, UseRefused):
        return each.offer == refused.offer_code
    return each.coupon == refused.coupon_code
