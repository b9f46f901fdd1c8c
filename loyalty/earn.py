"""Points for orders: at once when an order is committed, later for imported orders and for customers who have joined.

An order earns by the rule in force when it was placed, if its customer has joined, not more than 30 days after it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from loyalty.models import EarningRule, Transfer
from loyalty.reverse import refunded_orders, reverse_points
from loyalty.snapshot import EarningTerms, OfferSnapshot, snapshot
from loyalty.transfer import Accrual, post_accruals
from loyalty.transfer_lots import Window
from pricing.earn import PaidLine, points_for
from pricing.values import EarnRule
from shop.clock import end_of_day, local_date, store_moment
from shop.models import Customer, Order, Outbox, Product, Store
from shop.outbox import consume

CONSUMER = "loyalty.earn"
JOINING_GRACE = timedelta(days=30)
# Where nobody reports the delivery, the return window opens this long after the payment.
DELIVERY_TAKES = timedelta(days=14)
BATCH = 500
# Points that an offer alone gave, while no earning rule was in force, live as long as a new rule would let them.
LIFE_DAYS: int = EarningRule._meta.get_field("life_days").default


def earn_for_order(
    order: Order,
    *,
    paid: int,
    rule: EarningTerms | None,
    joined_at: datetime | None,
    at: datetime,
    promised: int | None = None,
) -> int:
    """The points of an order that is being committed, in its transaction. Returns them.

    `paid` is what its lines of goods cost after discounts, in minor units; `rule` is the one in force when it was
    placed; `at` is the moment of recording. `promised` are the points of the quote where offers had a say in them.
    """
    accrual = _accrual(order, paid=paid, rule=rule, joined_at=joined_at, promised=promised)
    if accrual is None:
        return 0
    post_accruals(order.store, [accrual], at_recorded=at)
    return accrual.points


def earn_waiting(*, at: datetime) -> int:
    """One batch of imported orders and of customers who joined; returns how many facts were acted on."""
    return consume(CONSUMER, lambda rows: _earn_for_facts(rows, at=at), at=at, limit=BATCH)


def points_on(paid: int, rule: EarningTerms) -> int:
    """Whole points for `paid` minor units, counted as the quote counts them."""
    return points_for([PaidLine(paid)], [EarnRule(rule.points, rule.per_amount)]).total


def lot_window(store: Store, order: Order, *, life_days: int) -> Window:
    """Spendable when the return window has ended, until the end of the store's local day `life_days` later."""
    delivered_at = order.fulfilled_at or (order.paid_at or order.placed_at) + DELIVERY_TAKES
    active_at = delivered_at + timedelta(days=store.return_window_days)
    last_day = local_date(store, active_at) + timedelta(days=life_days)
    return Window(active_at, end_of_day(store, last_day))


def _accrual(
    order: Order,
    *,
    paid: int,
    rule: EarningTerms | None,
    joined_at: datetime | None,
    promised: int | None,
) -> Accrual | None:
    if joined_at is None or order.customer_id is None or order.placed_at < joined_at - JOINING_GRACE:
        return None
    by_rule = 0 if rule is None else points_on(paid, rule)
    points = by_rule if promised is None else promised
    if not points:
        return None
    return Accrual(
        customer_id=order.customer_id,
        order_id=order.pk,
        rule_id=rule.rule_id if rule else None,
        points=points,
        effective_at=max(order.placed_at, joined_at),
        window=lot_window(order.store, order, life_days=rule.life_days if rule else LIFE_DAYS),
    )


def _earn_for_facts(facts: Sequence[Outbox], *, at: datetime) -> None:
    order_ids = [fact.subject_id for fact in facts if fact.kind == "order.imported"]
    customer_ids = [fact.subject_id for fact in facts if fact.kind == "customer.joined"]
    orders = _orders_to_earn(order_ids, customer_ids)
    for _, group in groupby(orders, key=lambda order: order.store_id):
        _earn_for_orders(list(group), at=at)


def _earn_for_orders(orders: Sequence[Order], *, at: datetime) -> None:
    """`orders` are of one store."""
    store = orders[0].store
    terms = snapshot(store.pk, store.offers_version)
    post_accruals(store, list(_accruals(orders, terms)), at_recorded=at)
    # Refunds may have come first. They lock the account before they look for what was earned, and so does posting, so
    # one of the two always sees the other.
    for order in refunded_orders([order.pk for order in orders]):
        reverse_points(order, key=f"order:{order.pk}:refunded", at=store_moment(store, at), at_recorded=at)


def _accruals(orders: Iterable[Order], terms: OfferSnapshot) -> Iterable[Accrual]:
    for order in orders:
        customer: Customer | None = order.customer
        accrual = _accrual(
            order,
            paid=getattr(order, "paid_for_goods"),  # noqa: B009  an annotation, unknown to the type checker
            rule=terms.earning_rule(at=order.placed_at),
            joined_at=customer.joined_at if customer else None,
            promised=getattr(order, "promised"),  # noqa: B009  as above
        )
        if accrual is not None:
            yield accrual


def _orders_to_earn(order_ids: Sequence[int], customer_ids: Sequence[int]) -> list[Order]:
    """Orders that have not earned yet, with what was paid for their goods. One query, whatever the numbers."""
    in_time = Q(placed_at__gte=F("customer__joined_at") - JOINING_GRACE)
    is_goods = Q(lines__product=None) | Q(lines__product__kind=Product.Kind.GOODS)
    return list(
        Order.objects.filter(Q(pk__in=order_ids) | Q(customer_id__in=customer_ids))
        .filter(in_time, customer__joined_at__isnull=False)
        .exclude(status=Order.Status.CANCELLED)
        .exclude(transfers__kind=Transfer.Kind.ACCRUAL)
        .select_related("store", "customer")
        .annotate(
            paid_for_goods=Coalesce(Sum(F("lines__total") - F("lines__points_amount"), filter=is_goods), 0),
            promised=Sum("lines__points_to_earn"),
        )
        .order_by("store_id", "id")
    )
