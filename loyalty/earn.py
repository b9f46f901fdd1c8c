"""Points for orders: at once when an order is committed, later for imported orders and for customers who have joined.

An order earns by the rules in force when it was placed, if its customer has joined, not more than 30 days after it.
What is counted later is counted by the rules that are for everybody: who held which card or tier then is not known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, JSONObject

from loyalty.earn_caps import Whose, take_from_cap
from loyalty.earning_terms import EarningTerms, earn_factors, earn_rules
from loyalty.models import EarningRule, Transfer
from loyalty.points_end import points_end
from loyalty.reverse import refunded_orders, reverse_points
from loyalty.snapshot import OfferSnapshot, snapshot
from loyalty.tell_points import tell_of_points
from loyalty.transfer import Accrual, post_accruals
from loyalty.transfer_accounts import Locked, lock_accounts
from loyalty.transfer_lots import Window
from loyalty.transfer_prolong import prolong_for_order, prolong_late
from pricing.earn import PaidLine, factors_of, points_for
from pricing.earn_terms import Gain
from shop.clock import local_date, store_moment
from shop.find_customer import all_references
from shop.models import Customer, Order, Outbox, Product, Store
from shop.outbox import consume

CONSUMER = "loyalty.earn"
# Facts about a customer whose orders may earn by them; the others are about an order.
ABOUT_CUSTOMERS = frozenset({"customer.joined", "customer.merged"})
JOINING_GRACE = timedelta(days=30)
# Where nobody reports the delivery, the return window opens this long after the payment.
DELIVERY_TAKES = timedelta(days=14)
BATCH = 500
# Points that an offer alone gave, while no earning rule was in force, live as long as a new rule would let them.
LIFE_DAYS: int = EarningRule._meta.get_field("life_days").default


@dataclass(frozen=True, slots=True)
class Earning:
    """What an order earns: `points` in all, of which the rules give the `gains` and offers the rest."""

    points: int
    gains: Sequence[Gain]
    terms: Mapping[int, EarningTerms]


def earn_for_order(
    order: Order,
    earning: Earning,
    *,
    joined_at: datetime | None,
    now: datetime,
    at: datetime,
    locked: Locked | None = None,
) -> int:
    """The points of an order that is being committed, in its transaction. Returns them.

    `earning` is what its quote says; a rule whose cap somebody else's order has used meanwhile gives what is left of
    it. `now` is the shop's present moment, `at` the moment of recording; `locked`: the customer's account, where it is.
    """
    if joined_at is None or order.customer_id is None or order.placed_at < joined_at - JOINING_GRACE:
        return 0
    prolong_for_order(order, now=now, at_recorded=at)
    earning = _within_caps(order, earning)
    if not earning.points:
        return 0
    accrual = _accrual(order, earning, joined_at=joined_at)
    post_accruals(order.store, [accrual], at_recorded=at, locked=locked)
    return accrual.points


def earn_waiting(*, at: datetime) -> int:
    """One batch of imported orders and of customers who joined or were merged; returns how many facts were acted on."""
    return consume(CONSUMER, lambda rows: _earn_for_facts(rows, at=at), at=at, limit=BATCH)


def lot_window(store: Store, order: Order, *, life_days: int) -> Window:
    """Spendable when the return window has ended, until the store's policy ends it, `life_days` later if rolling."""
    delivered_at = order.fulfilled_at or (order.paid_at or order.placed_at) + DELIVERY_TAKES
    active_at = delivered_at + timedelta(days=store.return_window_days)
    return Window(active_at, points_end(store, active_at=active_at, life_days=life_days))


def _within_caps(order: Order, earning: Earning) -> Earning:
    """With as much of each capped rule's points as its cap still has, now that the account is locked."""
    capped = [gain for gain in earning.gains if (rule := earning.terms.get(gain.rule)) and rule.cap_points]
    if not capped or order.customer_id is None:
        return earning
    lock_accounts(order.store, [order.customer_id])
    on = local_date(order.store, order.placed_at)
    whose = Whose(order.store_id, _buyer(order).pk, on, order.placed_at)
    gains, lost = [], 0
    for gain in earning.gains:
        taken = gain.points
        if gain in capped:
            taken = take_from_cap(earning.terms[gain.rule], whose, points=gain.points)
        lost += gain.points - taken
        gains.append(gain._replace(points=taken))
    return replace(earning, points=earning.points - lost, gains=gains)


def _accrual(order: Order, earning: Earning, *, joined_at: datetime) -> Accrual:
    """Of several rules the one that gave most says how long the points live."""
    known = [gain for gain in earning.gains if gain.points and gain.rule in earning.terms]
    main = max(known, key=lambda gain: gain.points, default=None)
    return Accrual(
        customer_id=_buyer(order).pk,
        order_id=order.pk,
        rule_id=main.rule if main else None,
        points=earning.points,
        effective_at=max(order.placed_at, joined_at),
        window=lot_window(
            order.store, order, life_days=earning.terms[main.rule].life_days if main else LIFE_DAYS
        ),
        by_rule=tuple((gain.rule, gain.points) for gain in known),
    )


def _earn_for_facts(facts: Sequence[Outbox], *, at: datetime) -> None:
    order_ids = [fact.subject_id for fact in facts if fact.kind == "order.imported"]
    customer_ids = [fact.subject_id for fact in facts if fact.kind in ABOUT_CUSTOMERS]
    orders = _orders_to_earn(order_ids, all_references(customer_ids))
    for _, group in groupby(orders, key=lambda order: order.store_id):
        _earn_for_orders(list(group), at=at)


def _earn_for_orders(orders: Sequence[Order], *, at: datetime) -> None:
    """`orders` are of one store."""
    store = orders[0].store
    terms = snapshot(store.pk, store.offers_version)
    if any(rule.cap_points for rule in terms.rules):
        # Who earns for the same orders at this moment has counted them by the time the accounts are ours.
        lock_accounts(store, {order.customer_id for order in orders if order.customer_id is not None})
        done = set(
            Transfer.objects.filter(order__in=orders, kind=Transfer.Kind.ACCRUAL).values_list(
                "order_id", flat=True
            )
        )
        orders = [order for order in orders if order.pk not in done]
    accruals = list(_accruals(orders, terms))
    post_accruals(store, accruals, at_recorded=at)
    tell_of_points(store, [accrual.customer_id for accrual in accruals], at=at)
    for order in orders:
        prolong_for_order(order, now=_known_at(order, at=at), at_recorded=at)
    prolong_late(store, [accrual.key for accrual in accruals], now=store_moment(store, at), at_recorded=at)
    # Refunds may have come first. They lock the account before they look for what was earned, and so does posting, so
    # one of the two always sees the other.
    for order in refunded_orders([order.pk for order in orders]):
        reverse_points(order, key=f"order:{order.pk}:refunded", at=store_moment(store, at), at_recorded=at)


def _known_at(order: Order, *, at: datetime) -> datetime:
    """Since when the order could have prolonged what its buyer has, however late this runs: it was there, and its buyer
    had joined."""
    present, there = store_moment(order.store, at), store_moment(order.store, order.recorded_at)
    return min(present, max(there, _buyer(order).joined_at or present))


def _accruals(orders: Iterable[Order], terms: OfferSnapshot) -> Iterable[Accrual]:
    for order in orders:
        joined_at = _buyer(order).joined_at
        assert joined_at is not None, "only orders of members were asked for"
        earning = _within_caps(order, _earned_later(order, terms))
        if earning.points:
            yield _accrual(order, earning, joined_at=joined_at)


def _buyer(order: Order) -> Customer:
    """Whoever is left of them: an order keeps the customer that it was made under."""
    assert order.customer is not None, "a guest earns nothing"
    return order.customer.merged_into or order.customer


def _earned_later(order: Order, terms: OfferSnapshot) -> Earning:
    """As promised when the order was committed, or by the rules for everybody that were in force then."""
    rules = [rule for rule in terms.earning(at=order.placed_at) if rule.is_for_everybody]
    sold: list[dict[str, Any]] = getattr(order, "sold")  # noqa: B009  an annotation, unknown to the type checker
    groups = [terms.groups.of(line["sku"], line["category"] or "", line["price"]) for line in sold]
    factors = factors_of(groups, earn_factors(rules), most=order.store.multiplier_cap_bp)
    paid = [
        PaidLine(line["paid"], mine, factor_bp)
        for line, mine, factor_bp in zip(sold, groups, factors, strict=True)
    ]
    earned = points_for(paid, earn_rules(rules))
    promised: int | None = getattr(order, "promised")  # noqa: B009  as above
    points = earned.total if promised is None else promised
    gains = earned.gains if points == earned.total else ()
    return Earning(points, gains, {rule.rule_id: rule for rule in rules})


def _orders_to_earn(order_ids: Sequence[int], customer_ids: Sequence[int]) -> list[Order]:
    """Orders that have not earned yet, with their lines of goods and what was paid for them. One query, whatever the
    numbers."""
    joined_at = Coalesce("customer__merged_into__joined_at", "customer__joined_at")
    is_goods = Q(lines__product=None) | Q(lines__product__kind=Product.Kind.GOODS)
    line = JSONObject(
        sku="lines__sku",
        category="lines__product__category",
        price="lines__unit_price",
        paid=F("lines__total") - F("lines__points_amount"),
    )
    return list(
        Order.objects.filter(Q(pk__in=order_ids) | Q(customer_id__in=customer_ids))
        .alias(joined=joined_at)
        .filter(joined__isnull=False, placed_at__gte=F("joined") - JOINING_GRACE)
        .exclude(status=Order.Status.CANCELLED)
        .exclude(transfers__kind=Transfer.Kind.ACCRUAL)
        .select_related("store", "customer__merged_into")
        .annotate(
            sold=JSONBAgg(line, filter=is_goods, order_by="lines__ordinal", default=[]),
            promised=Sum("lines__points_to_earn"),
        )
        .order_by("store_id", "id")
    )
