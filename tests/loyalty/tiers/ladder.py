"""A ladder of Silver and Gold, and what moves customers on it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from loyalty.models import TierChange, TierStatus
from loyalty.tiers.follow import end_due, follow_facts
from loyalty.tiers.keep_ladder import LadderPlan, StepPlan, keep_ladder
from shop.models import Customer, Order, OrderLine, Outbox, Refund, Store
from shop.record import enqueue
from tests.factories import AT, make_customer, make_order, make_order_line, make_refund, make_refund_line

SILVER, GOLD = StepPlan("silver", "Silver", 10_000), StepPlan("gold", "Gold", 50_000)
JOINED = AT - timedelta(days=1000)


def start_ladder(
    store: Store, *steps: StepPlan, at: datetime = AT - timedelta(days=900), **given: Any
) -> None:
    """By spend over the last twelve months, unless told otherwise."""
    fresh = {"measure": "spend", "period": "rolling", "months": 12, "grace_days": 0}
    plan = LadderPlan(**fresh | given, steps=steps or (SILVER, GOLD))  # type: ignore[arg-type]
    with transaction.atomic():
        keep_ladder(store, plan, by=None, at=at, at_recorded=at)


def make_member(store: Store, **given: Any) -> Customer:
    return make_customer(store, **{"joined_at": JOINED} | given)


def buy(customer: Customer, amount: int, *, at: datetime = AT, quantity: int = 1, **given: Any) -> Order:
    """An order of one line of goods, and the fact that it was placed."""
    order = make_order(customer.store, customer=customer, placed_at=at, goods=amount, payable=amount, **given)
    make_order_line(order, quantity=quantity, unit_price=amount // quantity, total=amount)
    tell(order, "order.placed", at=at)
    return order


def give_back(order: Order, amount: int, *, at: datetime, quantity: int = 1) -> Refund:
    line = order.lines.get()
    refund = make_refund(order.store, order=order, customer=order.customer, amount=amount, at=at)
    make_refund_line(refund, order_line=line, quantity=quantity, amount=amount)
    OrderLine.objects.filter(pk=line.pk).update(refunded_quantity=line.refunded_quantity + quantity)
    tell(order, "order.refunded", at=at)
    return refund


def call_off(order: Order, *, at: datetime) -> None:
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED, cancelled_at=at)
    tell(order, "order.cancelled", at=at)


def tell(order: Order, kind: str, *, at: datetime) -> None:
    enqueue(kind, consumers=("loyalty.tiers",), store=order.store, subject_id=order.pk, at=at)


def follow(at: datetime) -> None:
    """What the two jobs do, until nothing is left to do."""
    # Facts wait from the moment of the real clock on; here they wait from the moment of the story.
    Outbox.objects.filter(consumer="loyalty.tiers").update(due_at=at)
    while follow_facts(at=at):
        pass
    while end_due(at=at):
        pass


def tier_of(customer: Customer) -> str | None:
    status = TierStatus.objects.filter(customer=customer).select_related("tier").first()
    return status.tier.code if status and status.tier else None


def history_of(customer: Customer) -> list[tuple[str, str | None, datetime]]:
    """Cause, tier and moment of each step."""
    rows = TierChange.objects.filter(customer=customer).select_related("tier").order_by("number")
    return [(row.cause, row.tier.code if row.tier else None, row.at) for row in rows]
