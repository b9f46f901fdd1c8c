"""A store's past orders, read in the order in which they were placed, as what each shopper asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from checkout.facts import CardFacts
from checkout.request import LineRequest
from reports.forecast.past_segments import has_segments, read_segments
from reports.forecast.past_tiers import Step, read_steps, tier_at, tiers_began_at
from shop.models import Order, Store

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class PastOrder:
    """What was ordered, at full prices in minor units, and what was known of the buyer at that moment.

    `customer` is None for a guest. `orders_before` counts orders that were not cancelled later. `tier` is its code.
    `segments` are those that the buyer is in today.
    """

    placed_at: datetime
    customer: str | None
    customer_id: int | None
    lines: tuple[LineRequest, ...]
    delivery: int
    orders_before: int
    last_order_at: datetime | None
    birth_on: date | None
    cards: tuple[CardFacts, ...]
    tier: str | None = None
    segments: tuple[str, ...] = ()


@dataclass(slots=True)
class _History:
    """How often and when each customer had bought so far: one small entry per customer."""

    orders: dict[int, int] = field(default_factory=dict)
    last: dict[int, datetime] = field(default_factory=dict)

    def note(self, customer: int, placed_at: datetime) -> None:
        self.orders[customer] = self.orders.get(customer, 0) + 1
        self.last[customer] = placed_at


def count_past_orders(store: Store, *, since: datetime, until: datetime) -> int:
    """How many orders `past_orders` will give."""
    placed = Order.objects.filter(store=store, placed_at__gte=since, placed_at__lt=until)
    return placed.exclude(status=Order.Status.CANCELLED).count()


def past_orders(store: Store, *, since: datetime, until: datetime) -> Iterator[list[PastOrder]]:
    """Batches of up to a thousand orders of [since, until) that were not cancelled, the oldest first.

    Three statements a batch, none of them longer than the batch, so that nothing stays open while it is worked on; one
    more where the store has tiers, and where it has segments.
    """
    history = _history(store, before=since)
    began_at, with_segments = tiers_began_at(store), has_segments(store)
    after: tuple[datetime, int] = (since, 0)
    while rows := _orders(store, after=after, until=until):
        after = (rows[-1][1], rows[-1][0])
        lines = _lines([row[0] for row in rows])
        buyers = sorted({row[2] for row in rows if row[2] is not None})
        known = _Known(
            cards=_cards(store, buyers),
            steps={} if began_at is None else read_steps(store, buyers),
            tiers_began_at=began_at,
            segments=read_segments(buyers) if with_segments else {},
        )
        yield [_past_order(row, lines.get(row[0], ()), known, history) for row in rows]


def _history(store: Store, *, before: datetime) -> _History:
    rows = _fetch(
        """
        SELECT customer_id, count(*), max(placed_at) FROM shop_order
        WHERE store_id = %(store)s AND placed_at < %(before)s AND status <> 'cancelled'
            AND customer_id IS NOT NULL
        GROUP BY customer_id
        """,
        store=store.pk,
        before=before,
    )
    return _History({row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows})


ORDERS = """
SELECT o.id, o.placed_at, o.customer_id, c.ref, p.birth_on, o.delivery
FROM shop_order o
LEFT JOIN shop_customer c ON c.id = o.customer_id
LEFT JOIN shop_person p ON p.customer_id = o.customer_id
WHERE o.store_id = %(store)s AND (o.placed_at, o.id) > (%(at)s, %(id)s) AND o.placed_at < %(until)s
    AND o.status <> 'cancelled'
ORDER BY o.placed_at, o.id LIMIT %(batch)s
"""


def _orders(store: Store, *, after: tuple[datetime, int], until: datetime) -> list[tuple[Any, ...]]:
    at, last = after
    return _fetch(ORDERS, store=store.pk, at=at, id=last, until=until, batch=BATCH)


def _lines(orders: Sequence[int]) -> dict[int, tuple[LineRequest, ...]]:
    """Gifts are left out: today's offers would give them anew."""
    rows = _fetch(
        """
        SELECT order_id, sku, quantity, unit_price FROM shop_orderline
        WHERE order_id = ANY(%(orders)s) AND NOT is_gift ORDER BY order_id, ordinal
        """,
        orders=list(orders),
    )
    found: dict[int, list[LineRequest]] = {}
    for order, sku, quantity, unit_price in rows:
        found.setdefault(order, []).append(LineRequest(sku, quantity, unit_price))
    return {order: tuple(lines) for order, lines in found.items()}


Card = tuple[datetime, datetime | None, CardFacts]


def _cards(store: Store, customers: Sequence[int]) -> dict[int, list[Card]]:
    """Every card these customers have held, with its time."""
    rows = _fetch(
        """
        SELECT m.customer_id, m.starts_at, m.ends_at, plan.code, plan.line_limit_bp
        FROM clubcards_membership m JOIN clubcards_cardplan plan ON plan.id = m.plan_id
        WHERE plan.store_id = %(store)s AND plan.is_active AND m.customer_id = ANY(%(customers)s)
        ORDER BY plan.code
        """,
        store=store.pk,
        customers=list(customers),
    )
    found: dict[int, list[Card]] = {}
    for customer, starts_at, ends_at, plan, limit in rows:
        found.setdefault(customer, []).append((starts_at, ends_at, CardFacts(plan, limit)))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What a batch's buyers have held, and when; the segments they are in today."""

    cards: dict[int, list[Card]]
    steps: dict[int, list[Step]]
    tiers_began_at: datetime | None
    segments: dict[int, tuple[str, ...]]


def _past_order(
    row: tuple[Any, ...], lines: tuple[LineRequest, ...], known: _Known, history: _History
) -> PastOrder:
    _id, placed_at, customer, ref, birth_on, delivery = row
    held = tuple(
        card
        for starts_at, ends_at, card in known.cards.get(customer, ())
        if starts_at <= placed_at and (ends_at is None or placed_at < ends_at)
    )
    past = PastOrder(
        placed_at=placed_at,
        customer=ref,
        customer_id=customer,
        lines=lines,
        delivery=delivery,
        orders_before=history.orders.get(customer, 0),
        last_order_at=history.last.get(customer),
        birth_on=birth_on,
        cards=held,
        tier=tier_at(known.steps.get(customer, ()), placed_at, began_at=known.tiers_began_at),
        segments=known.segments.get(customer, ()),
    )
    if customer is not None:
        history.note(customer, placed_at)
    return past


def _fetch(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
