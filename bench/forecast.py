"""A forecast by replay: 250,000 past order lines priced anew against ten running offers, as the worker does it."""

import resource
import time
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from bench.figures import Figure
from loyalty.models import Offer, OfferVersion
from loyalty.publish import start, write_version
from reports.forecast.run_forecast import read_forecast, run_forecast, start_forecast
from shop.jobs import finish
from shop.models import Customer, Job, Product, ProductGroup, Store

LINES, LINES_PER_ORDER, PRODUCTS, CUSTOMERS, RUNNING = 250_000, 25, 2_000, 3_000, 10
SECONDS_GOAL = 60
UNTIL = datetime(2026, 6, 1, tzinfo=UTC)

ORDERS = """
INSERT INTO shop_order (store_id, ref, customer_id, placed_at, status, source, goods, payable, discount, delivery,
    delivery_discount, points_spent, points_value, points_amount, refunded, delivery_refunded, offers_version,
    country, recorded_at)
SELECT %(store)s, 'past-' || n, customers.ids[1 + n %% %(customers)s],
    %(until)s::timestamptz - interval '360 days' * n / %(orders)s - interval '1 hour', 'paid', 'import',
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', now()
FROM generate_series(0, %(orders)s - 1) AS n,
    (SELECT array_agg(id ORDER BY id) AS ids FROM shop_customer WHERE store_id = %(store)s) AS customers
"""
LINES_OF_ORDERS = """
INSERT INTO shop_orderline (order_id, ordinal, sku, name, quantity, unit_price, discount, total, points_spent,
    points_amount, tax_bp, refunded_quantity)
SELECT o.id, n, 'sku-' || (o.id * 7 + n * 13) %% %(products)s, '', 1 + n %% 4, 100 + (o.id + n * 37) %% 2900, 0,
    (1 + n %% 4) * (100 + (o.id + n * 37) %% 2900), 0, 0, 2000, 0
FROM shop_order o, generate_series(1, %(lines)s) AS n WHERE o.store_id = %(store)s
"""


def run(*, seed: int) -> list[Figure]:
    """The seed names the store, so that a repetition on the same database has its own."""
    version = _fill(seed)
    job = start_forecast(version, by=None, at=UNTIL)
    started = time.monotonic()
    run_forecast(job)
    seconds = time.monotonic() - started
    finish(job, status=Job.Status.DONE, at=UNTIL)
    found = read_forecast(Job.objects.get(pk=job.pk))
    assert found is not None
    assert found.orders == LINES // LINES_PER_ORDER
    assert 0 < found.qualifying < found.orders
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [
        Figure("forecast_250000_lines", seconds, "s", samples=LINES, goal=f"<= {SECONDS_GOAL}"),
        Figure("forecast_lines_per_second", LINES / seconds, "lines/s", samples=LINES),
        Figure("forecast_peak_memory", memory, "MB", samples=LINES),
    ]


def _fill(seed: int) -> OfferVersion:
    store = Store.objects.create(
        code=f"bench-forecast-{seed}-{datetime.now(UTC):%H%M%S}",
        name="Bench",
        currency="GBP",
        time_zone="Europe/London",
        margin_floor_bp=500,
    )
    Product.objects.bulk_create(
        [
            Product(
                store=store,
                sku=f"sku-{n}",
                name="",
                price=1_000,
                cost=60,
                tax_bp=2_000,
                category=f"c-{n % 20}",
            )
            for n in range(PRODUCTS)
        ]
    )
    Customer.objects.bulk_create([Customer(store=store, ref=f"c-{n}") for n in range(CUSTOMERS)])
    for n in range(RUNNING):
        ProductGroup.objects.create(store=store, code=f"group-{n}", name=f"Group {n}", categories=[f"c-{n}"])
    values: dict[str, int | datetime] = {
        "store": store.pk,
        "orders": LINES // LINES_PER_ORDER,
        "customers": CUSTOMERS,
        "until": UNTIL,
        "products": PRODUCTS,
        "lines": LINES_PER_ORDER,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ORDERS, values)
        cursor.execute(LINES_OF_ORDERS, values)
    with transaction.atomic():
        for n in range(RUNNING):
            start(_offer(store, f"running-{n}", f"group-{n}", at=UNTIL).offer, at=UNTIL - timedelta(days=300))
        return _offer(store, "tried", "group-3", at=UNTIL, amount=60_000)


def _offer(store: Store, code: str, group: str, *, at: datetime, amount: int = 1) -> OfferVersion:
    offer = Offer.objects.create(store=store, code=code, name=code)
    document = {
        "v": 1,
        "lane": "coupon" if code == "tried" else "sale",
        "conditions": [{"kind": "subtotal_at_least", "amount": amount}],
        "benefits": [
            {"kind": "percent_off", "rate_bp": 1500, "target": {"kind": "in_groups", "groups": [group]}}
        ],
    }
    return write_version(offer, document, by=None, at=at)
