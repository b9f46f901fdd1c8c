"""Commit an order: stored once, priced anew, its rights taken, its points given. The edge owns the transaction.

Locks are taken in this order, by everybody, so that orders wait for one another but never in a circle:
  1. the order's reference (a twin waits here until the first one has ended),
  2. the customer's points account, then its lots by their end,
  3. coupons by id,
  4. the customer, the cart,
  5. the offers' counters by offer id. They are the hottest rows of a sale, so they come last and are held the least.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Least

from checkout.assemble import Refusals
from checkout.errors import Fault, OrderInvalid, PriceChanged, QuoteTokenRefused
from checkout.priced_cart import PricedCart
from checkout.quote import NOTHING_GONE, quote_cart
from checkout.request import OrderRequest
from checkout.store_order import store_order, stored_order
from checkout.token import read_token, says_the_same
from coupons.redeem import CouponRefused, redeem
from loyalty.earn import earn_for_order
from loyalty.spend import spend_for_order
from loyalty.take_use import UseRefused, take_uses
from loyalty.transfer import NotEnoughPoints
from loyalty.transfer_lots import LinePoints
from pricing.values import Applied
from shop.models import Cart, Customer, Order, Store, Visitor
from shop.record import record

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=5)
# Each try takes one more offer or coupon out, so it ends; this bounds how long it may take.
TRIES_MAX = 20


@dataclass(frozen=True, slots=True)
class Committed:
    """`priced` is None where the order was there already (`created` is False)."""

    order: Order
    priced: PricedCart | None
    points: int
    created: bool


def commit_order(store: Store, request: OrderRequest, *, at: datetime, at_recorded: datetime) -> Committed:
    """Store the order and all that follows from it, once per reference; a repeat returns the stored one.

    `at` is the shop's present moment, by which the order is priced unless it brings its own `placed_at`;
    `at_recorded` is the clock. Raises OrderConflict, PriceChanged, QuoteTokenRefused and OrderInvalid, and then has
    written nothing.
    """
    assert connection.in_atomic_block, "an order is committed in a transaction of the edge"
    placed_at = _placed_at(request, at=at)
    gone: Refusals = NOTHING_GONE
    for _ in range(TRIES_MAX):
        priced = quote_cart(store, request, at=placed_at, gone=gone)
        if (differs := _compare(store, request, priced, at=at)) is not None:
            # The order may be there already, at the price of then: a repeat is no change of price.
            return _repeated(store, request, otherwise=differs)
        try:
            # A savepoint costs two statements, so only orders that can lose a right get one.
            with transaction.atomic(savepoint=_can_be_refused(priced)):
                return _write(store, request, priced, at=placed_at, at_recorded=at_recorded)
        except UseRefused as refused:
            gone = {**gone, **_keys_of(priced, offer=refused.offer_code, reason=refused)}
        except CouponRefused as refused:
            gone = {**gone, **_keys_of(priced, coupon=refused.coupon_code, reason=refused)}
        except NotEnoughPoints:
            continue  # somebody else has spent them just now: the next look sees what is left
    raise PriceChanged(priced)


def _placed_at(request: OrderRequest, *, at: datetime) -> datetime:
    for attr in ("placed_at", "paid_at", "fulfilled_at"):
        moment: datetime | None = getattr(request, attr)
        if moment is not None and not EARLIEST <= moment <= at + CLOCKS_DIFFER:
            raise OrderInvalid(Fault.MOMENT_OUT_OF_RANGE, attr=attr)
    return request.placed_at or at


def _compare(
    store: Store, request: OrderRequest, priced: PricedCart, *, at: datetime
) -> PriceChanged | QuoteTokenRefused | None:
    """What keeps this price from being taken: the shopper was shown another one and has not agreed to changes."""
    if request.quote_token is not None:
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
        assert otherwise is not None, "the reference was taken a moment ago"
        raise otherwise
    return Committed(order, None, 0, created=False)


def _can_be_refused(priced: PricedCart) -> bool:
    applied = priced.quote.applied
    return priced.quote.points_spent > 0 or any(
        each.coupon is not None or priced.offers[each.offer].terms.is_limited for each in applied
    )


def _write(
    store: Store, request: OrderRequest, priced: PricedCart, *, at: datetime, at_recorded: datetime
) -> Committed:
    customer = _customer(store, priced)
    order = store_order(store, priced, request, customer=customer, at=at)
    if order is None:
        return _repeated(store, request)
    _spend_points(order, priced, at=at, at_recorded=at_recorded)
    points = earn_for_order(
        order,
        paid=_paid_for_goods(priced),
        rule=priced.rule,
        joined_at=customer.joined_at if customer else None,
        at=at_recorded,
    )
    _redeem_coupons(order, priced, at=at)
    _touch_customer_and_cart(order, at=at)
    _record_order(order, priced, points=points, at=at)
    _take_limited(order, priced)
    return Committed(order, priced, points, created=True)


def _customer(store: Store, priced: PricedCart) -> Customer | None:
    """The buyer as a row. One whom nobody has told us of is taken down by reference alone."""
    ref, known = priced.request.customer, priced.facts.customer
    if ref is None:
        return None
    if known is not None:
        return Customer(pk=known.id, store=store, ref=ref, joined_at=known.joined_at)
    Customer.objects.bulk_create([Customer(store=store, ref=ref)], ignore_conflicts=True)
    return Customer.objects.get(store=store, ref=ref)


def _paid_for_goods(priced: PricedCart) -> int:
    """Services, delivery, gift balances and what is paid with points earn nothing."""
    products = priced.facts.by_sku()
    return sum(
        line.net - line.points_amount
        for line in priced.quote.lines
        if line.sku not in products or products[line.sku].is_goods
    )


def _spend_points(order: Order, priced: PricedCart, *, at: datetime, at_recorded: datetime) -> None:
    if priced.quote.points_spent:
        rows = order.lines.order_by("ordinal").values_list("pk", "points_spent")
        lines = [LinePoints(line_id, points) for line_id, points in rows]
        spend_for_order(order, lines, at=at, at_recorded=at_recorded)


def _redeem_coupons(order: Order, priced: PricedCart, *, at: datetime) -> None:
    used = [
        (priced.coupons[each.coupon], each.amount) for each in priced.quote.applied if each.coupon is not None
    ]
    for coupon, amount in sorted(used, key=lambda pair: pair[0].pk):
        redeem(coupon, order, amount=amount, at=at)


def _touch_customer_and_cart(order: Order, *, at: datetime) -> None:
    if order.customer_id is not None:
        Customer.objects.filter(pk=order.customer_id).update(
            first_order_at=Least(Coalesce(F("first_order_at"), at), at),
            last_order_at=Greatest(Coalesce(F("last_order_at"), at), at),
        )
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


def _take_limited(order: Order, priced: PricedCart) -> None:
    limited = [each for each in priced.quote.applied if priced.offers[each.offer].terms.is_limited]
    for each in sorted(limited, key=lambda each: priced.offers[each.offer].offer_id):
        take_uses(priced.offers[each.offer], order=order, amount=each.amount)


def _keys_of(
    priced: PricedCart,
    *,
    reason: UseRefused | CouponRefused,
    offer: str | None = None,
    coupon: str | None = None,
) -> Refusals:
    """The applied offer that has lost its right, under every coupon that brought it."""
    return {
        (each.offer, each.coupon): reason.code
        for each in priced.quote.applied
        if _is_meant(each, offer=offer, coupon=coupon)
    }


def _is_meant(each: Applied, *, offer: str | None, coupon: str | None) -> bool:
    return each.offer == offer if offer is not None else each.coupon == coupon
