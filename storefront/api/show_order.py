"""How an order is shown: from its rows, or from what was just written."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from checkout.commit import Committed
from checkout.priced_cart import PricedCart
from loyalty.models import Discount, Reward, Transfer
from pricing.values import QuotedGift
from shop.models import Order, OrderLine, Store
from storefront.api.fields import Moment, Out
from storefront.api.show_balances import OrderBalanceOut, balances_of_order


class OrderLineOut(Out, frozen=True, kw_only=True):
    """`quantity` × `unit_price` - `discount` = `total`; `points_amount` of it was paid with points, `balance_amount`
    with gift balances. `is_gift`: an offer added it for nothing."""

    sku: str
    name: str
    quantity: int
    unit_price: int
    discount: int
    total: int
    points_spent: int
    points_amount: int
    balance_amount: int
    refunded_quantity: int
    is_gift: bool


class OrderDiscountOut(Out, frozen=True, kw_only=True):
    """What an offer took off a line (counted from 1), or off delivery where `line` is null."""

    offer: str
    line: int | None
    amount: int


class OrderPromiseOut(Out, frozen=True, kw_only=True):
    """A coupon of `campaign` for the next order. `is_given` once the order was reported paid or delivered;
    `is_withdrawn` when all of it came back."""

    offer: str
    campaign: str
    is_given: bool
    is_withdrawn: bool


class OrderOut(Out, frozen=True, kw_only=True):
    """`goods` - `discount` + `delivery` - `delivery_discount` - `points_amount` - `balance_amount` = `payable`, in the
    smallest unit. `points_spent` points paid `points_amount`, gift balances `balance_amount`, of it
    `delivery_balance_amount` for delivery. `refunded` is money, `balance_refunded` went back to gift balances, and
    `delivery_refunded` is the part of both that is for delivery."""

    ref: str
    status: str
    source: str
    customer: str | None
    placed_at: Moment
    paid_at: Moment | None
    fulfilled_at: Moment | None
    cancelled_at: Moment | None
    goods: int
    discount: int
    delivery: int
    delivery_discount: int
    points_spent: int
    points_amount: int
    balance_amount: int
    delivery_balance_amount: int
    payable: int
    refunded: int
    balance_refunded: int
    delivery_refunded: int
    currency: str
    country: str


class OrderWholeOut(OrderOut, frozen=True, kw_only=True):
    """An order with its lines. `points` is what it has earned, pending or not."""

    lines: list[OrderLineOut]
    discounts: list[OrderDiscountOut]
    promised: list[OrderPromiseOut]
    gift_balances: list[OrderBalanceOut]
    points: int


def show_head(order: Order, *, store: Store) -> OrderOut:
    return OrderOut(**_head(order, store=store))


def show_stored(store: Store, ref: str) -> OrderWholeOut:
    """The order as it is in the database, in five queries whatever its length, and one more where gift balances paid;
    Http404 if the store has none."""
    taken = Discount.objects.select_related("version__offer").order_by("id")
    orders = Order.objects.filter(store=store, ref=ref).select_related("customer")
    order = orders.prefetch_related(
        Prefetch("lines", OrderLine.objects.order_by("ordinal")),
        Prefetch("discounts", taken),
        Prefetch("rewards", _coupons_promised()),
        Prefetch("transfers", Transfer.objects.filter(kind=Transfer.Kind.ACCRUAL)),
    ).first()
    if order is None:
        raise Http404
    ordinals = {line.pk: line.ordinal for line in order.lines.all()}
    return OrderWholeOut(
        **_head(order, store=store),
        lines=[_line(line) for line in order.lines.all()],
        discounts=_sorted(
            OrderDiscountOut(
                offer=one.version.offer.code,
                line=None if one.line_id is None else ordinals[one.line_id],
                amount=one.amount,
            )
            for one in order.discounts.all()
        ),
        promised=[_promise(one) for one in order.rewards.all()],
        gift_balances=balances_of_order(order),
        points=sum(one.amount for one in order.transfers.all()),
    )


def show_written(done: Committed, priced: PricedCart, *, store: Store) -> OrderWholeOut:
    """The same from what was just written: reading it back would hold the order's locks longer."""
    names = {product.sku: product.name for product in priced.facts.products}
    lines = [
        OrderLineOut(
            sku=asked.sku,
            name=asked.name or names.get(asked.sku, ""),
            quantity=asked.quantity,
            unit_price=asked.unit_price,
            discount=quoted.discount,
            total=quoted.net,
            points_spent=quoted.points_spent,
            points_amount=quoted.points_amount,
            balance_amount=quoted.balance_amount,
            refunded_quantity=0,
            is_gift=False,
        )
        for asked, quoted in zip(priced.request.lines, priced.quote.lines, strict=True)
    ]
    lines += [_gift_line(gift, names[gift.sku]) for gift in priced.quote.gifts]
    head = _head(done.order, store=store)
    return OrderWholeOut(
        **head,
        lines=lines,
        discounts=_written_discounts(priced),
        promised=_written_promises(done.order, priced),
        gift_balances=balances_of_order(done.order),
        points=done.points,
    )


def _gift_line(gift: QuotedGift, name: str) -> OrderLineOut:
    return OrderLineOut(
        sku=gift.sku,
        name=name,
        quantity=gift.quantity,
        unit_price=gift.unit_price,
        discount=gift.quantity * gift.unit_price,
        total=0,
        points_spent=0,
        points_amount=0,
        balance_amount=0,
        refunded_quantity=0,
        is_gift=True,
    )


def _coupons_promised() -> QuerySet[Reward]:
    coupons = Reward.objects.filter(kind=Reward.Kind.COUPON)
    return coupons.select_related("version__offer").order_by("id")


def _promise(reward: Reward) -> OrderPromiseOut:
    return OrderPromiseOut(
        offer=reward.version.offer.code if reward.version else "",
        campaign=reward.campaign,
        is_given=reward.granted_at is not None,
        is_withdrawn=reward.withdrawn_at is not None,
    )


def _written_promises(order: Order, priced: PricedCart) -> list[OrderPromiseOut]:
    """Read back where there are any: whether a coupon could be issued only the database knows."""
    return [_promise(one) for one in _coupons_promised().filter(order=order)] if priced.quote.promised else []


def _written_discounts(priced: PricedCart) -> list[OrderDiscountOut]:
    """Two coupons of one offer on one line make one discount, as in the database."""
    amounts: defaultdict[tuple[str, int | None], int] = defaultdict(int)
    for ordinal, line in enumerate(priced.quote.lines, start=1):
        for one in line.discounts:
            amounts[one.offer, ordinal] += one.amount
    for ordinal, gift in enumerate(priced.quote.gifts, start=len(priced.quote.lines) + 1):
        if gift.unit_price:
            amounts[gift.offer, ordinal] += gift.quantity * gift.unit_price
    for applied in priced.quote.applied:
        if applied.delivery:
            amounts[applied.offer, None] += applied.delivery
    return _sorted(
        OrderDiscountOut(offer=offer, line=line, amount=amount) for (offer, line), amount in amounts.items()
    )


def _sorted(discounts: Iterable[OrderDiscountOut]) -> list[OrderDiscountOut]:
    """By line, delivery last."""
    return sorted(discounts, key=lambda one: (one.line is None, one.line or 0, one.offer))


def _head(order: Order, *, store: Store) -> dict[str, Any]:
    own = {"customer", "currency"}
    values = {name: getattr(order, name) for name in OrderOut.__struct_fields__ if name not in own}
    customer = order.customer.ref if order.customer is not None else None
    return {**values, "customer": customer, "currency": store.currency}


def _line(line: OrderLine) -> OrderLineOut:
    return OrderLineOut(**{name: getattr(line, name) for name in OrderLineOut.__struct_fields__})
