"""Following orders with stamp cards costs as many statements for five hundred orders as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checkout.follow_stamps import follow_stamps
from loyalty.models import FullCard, Stamp
from shop import partitions
from shop.models import Order, OrderLine, Outbox
from shop.partitions import ensure_partition
from tests.factories import AT, DAY, make_customer, make_store
from tests.factories.status_rows import make_stamp_card

pytestmark = pytest.mark.django_db
# Claim, deletion, savepoint; cards; whose stamps (twice, before and under the locks), customers, holders made and
# locked; orders, stamps, full cards, days, lines; full cards and stamps written; the points of the reward; what
# happened. Two batches of 500 follow a thousand orders.
STATEMENTS_OF_BATCH = 29


def orders_that_wait(count: int) -> None:
    """`count` paid orders, three of them by each customer, on a card that three orders fill."""
    store = make_store()
    make_stamp_card(store, needed=3, day_max=2)
    people = [make_customer(store, joined_at=AT - 10 * DAY) for _ in range((count + 2) // 3)]
    orders = Order.objects.bulk_create(
        Order(
            store=store,
            ref=f"W-{number}",
            customer=people[number // 3],
            placed_at=AT + number % 3 * DAY,
            paid_at=AT + number % 3 * DAY,
            goods=300,
            payable=300,
            source=Order.Source.API,
        )
        for number in range(count)
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, ordinal=1, sku="CUP", quantity=1, unit_price=300, total=300)
        for order in orders
    )
    Outbox.objects.bulk_create(
        Outbox(
            store=store,
            consumer="checkout.stamps",
            kind="order.paid",
            subject_id=order.pk,
            at=AT,
            due_at=AT,
        )
        for order in orders
    )


def statements_of(count: int) -> int:
    orders_that_wait(count)
    with CaptureQueriesContext(connection) as seen:
        assert follow_stamps(at=AT + 5 * DAY) == count
    return len(seen)


def test_a_full_batch_takes_as_many_statements_as_three_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    months = [(AT + days * DAY) for days in (0, 5)]
    for at in months:
        ensure_partition("shop_activity", at)
    known = {(connection.settings_dict["NAME"], "shop_activity", at.year, at.month) for at in months}
    monkeypatch.setattr(partitions, "_known", known)  # as in a process that has written these months already
    few, many = statements_of(3), statements_of(500)
    assert (Stamp.objects.count(), FullCard.objects.count()) == (503, 167)
    assert few == many == STATEMENTS_OF_BATCH
