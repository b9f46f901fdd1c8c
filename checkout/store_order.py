"""Store an order once for ever under the storefront's reference, with its lines and what was taken off them."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.utils import timezone

from checkout.errors import OrderConflict
from checkout.facts import ProductFacts
from checkout.insert_order import NewLine, Taken, insert_order
from checkout.priced_cart import PricedCart
from checkout.request import LineRequest, OrderRequest
from checkout.token import key_of
from coupons.codes import read_code
from coupons.gift_codes import read_gift_code
from loyalty.models import Reward
from loyalty.referrals.links import read_link_code
from pricing.values import WHOLE_BP
from shop.fingerprint import fingerprint_hash
from shop.models import Customer, Order, Store

# What a repeat may differ in: how it was asked for, not what was ordered.
NOT_CONTENT = ("quote_token", "expected_payable", "accept_changes")
# What orders could not say yet when the first ones were hashed; left out where it says nothing.
LATER_CONTENT = (
    "points_to_spend",
    "delivery_method",
    "payment_method",
    "links",
    "partner",
    "gift_balances",
    "referral",
    "address_key",
    "card_key",
)
REFERRAL_MAX: int = Order._meta.get_field("referral").max_length or 0


def content_hash(request: OrderRequest) -> bytes:
    """Of what was ordered; equal for every repeat of the same order."""
    content = msgspec.to_builtins(request)
    for name in NOT_CONTENT:
        del content[name]
    for name in LATER_CONTENT:
        if not content[name]:
            del content[name]
    content["codes"] = sorted({read_code(code) for code in request.codes})
    if request.gift_balances:
        content["gift_balances"] = sorted({read_gift_code(code) for code in request.gift_balances})
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).digest()


def stored_order(store: Store, request: OrderRequest) -> Order | None:
    """The order that this request has made already. Raises OrderConflict where the reference means another one."""
    order = Order.objects.filter(store=store, ref=request.ref).select_related("customer").first()
    if order is None:
        return None
    if order.content_hash is None or bytes(order.content_hash) != content_hash(request):
        raise OrderConflict(order)
    return order


@dataclass(frozen=True, slots=True)
class Stored:
    """The order that was written, and the keys of its lines, the first line's first."""

    order: Order
    line_ids: list[int]


def store_order(
    store: Store, priced: PricedCart, request: OrderRequest, *, customer: Customer | None, at: datetime
) -> Stored | None:
    """The new order with its lines, discounts and rewards; None where its reference, or its quote, is an order already.

    `at` is when it was placed. One statement, whatever the number of lines, and a second where offers gave something
    beside money off. Gifts that offers add are lines of the order, at their full price and whole discount. A twin that
    is being committed makes this one wait for its end.
    """
    order = _order(store, priced, request, customer=customer, at=at)
    line_ids = insert_order(order, _lines(priced), _discounts(priced))
    if line_ids is None:
        return None
    if rewards := _rewards(order, priced):
        Reward.objects.bulk_create(rewards)
    return Stored(order, line_ids)


def _order(
    store: Store, priced: PricedCart, request: OrderRequest, *, customer: Customer | None, at: datetime
) -> Order:
    quote, facts, gifts = priced.quote, priced.facts, priced.gifts_amount
    return Order(
        store=store,
        ref=request.ref,
        customer=customer,
        visitor_id=facts.visitor.id if facts.visitor else None,
        cart_id=facts.cart,
        status=_status(request),
        source=Order.Source.LATE if request.placed_at else Order.Source.API,
        placed_at=at,
        paid_at=request.paid_at,
        fulfilled_at=request.fulfilled_at,
        goods=quote.goods + gifts,
        discount=quote.discount + gifts,
        delivery=quote.delivery_fee,
        delivery_discount=priced.delivery_discount,
        payable=quote.payable,
        points_spent=quote.points_spent,
        points_value=store.points_value if quote.points_spent else 0,
        points_amount=quote.points_amount,
        balance_amount=quote.balance_amount,
        delivery_balance_amount=quote.delivery_balance_amount,
        offers_version=priced.offers_version,
        country=request.country,
        partner=request.partner or "",
        referral=read_link_code(request.referral or "")[:REFERRAL_MAX],
        address_hash=fingerprint_hash(request.address_key),
        card_hash=fingerprint_hash(request.card_key),
        content_hash=content_hash(request),
        quote_key=key_of(request.quote_token),
        recorded_at=timezone.now(),
    )


def _status(request: OrderRequest) -> str:
    if request.fulfilled_at:
        return Order.Status.FULFILLED
    return Order.Status.PAID if request.paid_at else Order.Status.PLACED


def _lines(priced: PricedCart) -> list[NewLine]:
    """The cart's lines, then the gifts."""
    products = priced.facts.by_sku()
    # Counted by the rule alone, points are not kept line by line: a rule may be corrected.
    with_points = priced.promised_points is not None
    found = []
    for ordinal, (asked, quoted) in enumerate(
        zip(priced.request.lines, priced.quote.lines, strict=True), start=1
    ):
        product = products.get(asked.sku)
        found.append(
            NewLine(
                ordinal=ordinal,
                product_id=product.id if product else None,
                sku=asked.sku,
                name=asked.name or (product.name if product else ""),
                quantity=asked.quantity,
                unit_price=asked.unit_price,
                discount=quoted.discount,
                total=quoted.net,
                points_spent=quoted.points_spent,
                points_amount=quoted.points_amount,
                balance_amount=quoted.balance_amount,
                gift_value=_gift_value(asked, product),
                points_to_earn=quoted.points_to_earn if with_points else None,
                cost=product.cost if product else None,
                tax_bp=product.tax_bp if product else 0,
            )
        )
    return found + _gift_lines(priced)


def _gift_value(asked: LineRequest, product: ProductFacts | None) -> int | None:
    """What each unit becomes once the order is paid: what its product is worth, else what is paid for it. For nothing
    nobody gets a gift balance."""
    if product is None or not product.is_gift_balance or not asked.unit_price:
        return None
    return product.gift_value or asked.unit_price


def _gift_lines(priced: PricedCart) -> list[NewLine]:
    products = priced.facts.by_sku()
    first = len(priced.request.lines) + 1
    return [
        NewLine(
            ordinal=ordinal,
            product_id=products[gift.sku].id,
            sku=gift.sku,
            name=products[gift.sku].name,
            quantity=gift.quantity,
            unit_price=gift.unit_price,
            discount=gift.quantity * gift.unit_price,
            total=0,
            is_gift=True,
            cost=products[gift.sku].cost,
            tax_bp=products[gift.sku].tax_bp,
        )
        for ordinal, gift in enumerate(priced.quote.gifts, start=first)
    ]


def _discounts(priced: PricedCart) -> list[Taken]:
    """One row per line and version; two coupons of one offer on one line make one. A gift may be worth nothing."""
    amounts: defaultdict[tuple[int | None, int], int] = defaultdict(int)
    for ordinal, quoted in enumerate(priced.quote.lines, start=1):
        for taken in quoted.discounts:
            amounts[ordinal, priced.offers[taken.offer].version_id] += taken.amount
    for ordinal, gift in enumerate(priced.quote.gifts, start=len(priced.quote.lines) + 1):
        amounts[ordinal, priced.offers[gift.offer].version_id] += gift.quantity * gift.unit_price
    for applied in priced.quote.applied:
        if applied.delivery:
            amounts[None, priced.offers[applied.offer].version_id] += applied.delivery
    return [Taken(ordinal, version, amount) for (ordinal, version), amount in amounts.items() if amount]


def _rewards(order: Order, priced: PricedCart) -> list[Reward]:
    """What offers gave beside money off, once per version: coupons for the next order, and points."""
    promised = {(priced.offers[one.offer].version_id, one.campaign) for one in priced.quote.promised}
    points = {
        (priced.offers[one.offer].version_id, "")
        for one in priced.quote.applied
        if one.points or one.factor_bp != WHOLE_BP
    }
    return [
        Reward(
            store_id=order.store_id,
            order=order,
            version_id=version_id,
            kind=Reward.Kind.COUPON if campaign else Reward.Kind.POINTS,
            campaign=campaign,
        )
        for version_id, campaign in sorted(promised | points)
    ]
