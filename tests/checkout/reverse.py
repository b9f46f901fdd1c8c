"""A customer with points, orders paid with them, and what the storefront reports of orders afterwards."""

from datetime import datetime
from typing import Any

from django.db import transaction

from checkout.cancel import Cancelled, cancel_order
from checkout.refund import Refunded, RefundLineRequest, RefundRequest, refund_order
from checkout.report_order import report_fulfilment, report_payment
from checkout.request import LineRequest
from checkout.transaction import atomic_with_retry
from loyalty.models import Account, Transfer
from loyalty.transfer import post
from loyalty.transfer_accounts import customer_account, programme_account
from loyalty.transfer_lots import Window
from shop.models import Customer, Order, Store
from tests.factories import AT, DAY, make_customer, make_earning_rule, make_store, number

THREE = (
    LineRequest(sku="A", quantity=4, unit_price=250),
    LineRequest(sku="B", quantity=3, unit_price=200),
    LineRequest(sku="C", quantity=1, unit_price=400),
)


def mugs(count: int) -> tuple[LineRequest, ...]:
    """One line of mugs for 10.00 each."""
    return (LineRequest(sku="MUG", quantity=count, unit_price=1000),)


def points_store(**given: Any) -> Store:
    """A point for every 1.00, and each pays 0.01, up to the whole price."""
    store = make_store(**{"points_value": 1, "points_share_bp": 10_000} | given)
    make_earning_rule(store)
    store.refresh_from_db()
    return store


def member(store: Store) -> Customer:
    return make_customer(store, joined_at=AT - 365 * DAY)


def give(customer: Customer, points: int, *, ends_at: datetime = AT + 365 * DAY) -> None:
    """Points that can be spent since yesterday."""
    with transaction.atomic():
        post(
            customer.store,
            kind=Transfer.Kind.ADJUSTMENT,
            source=programme_account(customer.store, Account.Kind.ADJUSTED),
            target=customer_account(customer),
            amount=points,
            key=f"given:{number()}",
            at=AT - DAY,
            at_recorded=AT - DAY,
            window=Window(AT - DAY, ends_at),
        )


def refund(
    order: Order,
    *units: tuple[int, int],
    ref: str = "",
    delivery: bool = False,
    at: datetime = AT,
    told: datetime | None = None,
) -> Refunded:
    """`units` are (line, quantity)."""
    request = RefundRequest(
        ref=ref or f"refund-{number()}",
        lines=tuple(RefundLineRequest(line, quantity) for line, quantity in units),
        delivery=delivery,
        at=told,
    )
    return atomic_with_retry(lambda: refund_order(order.store, order.ref, request, at=at, at_recorded=at))


def cancel(order: Order, *, at: datetime = AT, told: datetime | None = None, **asked: Any) -> Cancelled:
    return atomic_with_retry(
        lambda: cancel_order(order.store, order.ref, told=told, at=at, at_recorded=at, **asked)
    )


def pay(order: Order, *, at: datetime = AT, told: datetime | None = None) -> Order:
    return atomic_with_retry(lambda: report_payment(order.store, order.ref, told=told, at=at))


def fulfil(order: Order, *, at: datetime = AT, told: datetime | None = None) -> Order:
    return atomic_with_retry(lambda: report_fulfilment(order.store, order.ref, told=told, at=at))


def balance(customer: Customer) -> int:
    return Account.objects.get(customer=customer).balance


def owed(customer: Customer) -> int:
    return Account.objects.get(customer=customer).owed
