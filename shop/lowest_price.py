"""The lowest price of a product in the last 30 days, which in the EU goes beside a reduction that is announced.

It is the product's own price, what the shop asks before any offer; today's is one of them.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from shop.countries import EU
from shop.models import PricePoint, Store

DAYS = timedelta(days=30)
# A late order or a sandbox may look back a little further than the law does.
KEPT_FOR = timedelta(days=60)
BATCH = 5_000

# Of `product`: what it has cost since, what it cost just then, and what it costs. Two short walks along one index.
LOWEST = """least(product.price,
    (SELECT min(price) FROM shop_pricepoint
        WHERE product_id = product.id AND at > %(lowest_since)s AND at <= %(at)s),
    (SELECT price FROM shop_pricepoint WHERE product_id = product.id AND at <= %(lowest_since)s
        ORDER BY at DESC, id DESC LIMIT 1))"""
OF_SKUS = f"""
SELECT sku, {LOWEST} FROM shop_product AS product WHERE store_id = %(store)s AND sku = ANY(%(skus)s)
"""  # noqa: S608  (the text above)
# Superseded long ago: there is a newer one that is old itself.
OVER = """
DELETE FROM shop_pricepoint WHERE id IN (
    SELECT old.id FROM shop_pricepoint AS old WHERE old.at < %(before)s AND EXISTS (
        SELECT FROM shop_pricepoint AS newer WHERE newer.product_id = old.product_id
            AND newer.at < %(before)s AND (newer.at, newer.id) > (old.at, old.id))
    LIMIT %(limit)s)
"""


def shows_lowest_price(store: Store) -> bool:
    """As the store has set; by itself where its country is of the EU."""
    if store.lowest_price_shown == Store.LowestPriceShown.BY_COUNTRY:
        return store.country in EU
    return store.lowest_price_shown == Store.LowestPriceShown.ALWAYS


def lowest_since(store: Store, *, at: datetime) -> datetime | None:
    """From when the lowest price counts; None where the store shows none."""
    return at - DAYS if shows_lowest_price(store) else None


def lowest_prices(store: Store, skus: Collection[str], *, at: datetime) -> dict[str, int]:
    """By sku, in minor units, as far back as prices are known; one query, none where the store shows none."""
    since = lowest_since(store, at=at)
    if since is None or not skus:
        return {}
    asked: dict[str, Any] = {"store": store.pk, "skus": sorted(skus), "at": at, "lowest_since": since}
    with connection.cursor() as cursor:
        cursor.execute(OF_SKUS, asked)
        return dict(cursor.fetchall())


def prune_prices(*, at: datetime) -> int:
    """Delete one batch of prices that no lowest price asks for; returns how many. Safe to run twice at once."""
    with connection.cursor() as cursor:
        cursor.execute(OVER, {"before": at - KEPT_FOR, "limit": BATCH})
        return int(cursor.rowcount)


def changed_lately(store: Store, *, at: datetime, limit: int) -> list[str]:
    """Skus of products whose price changed in the last 30 days: only they may cost more now than their lowest."""
    changed = PricePoint.objects.filter(store=store, at__gt=at - DAYS, at__lte=at, product__is_active=True)
    return list(changed.order_by("product_id").values_list("product__sku", flat=True).distinct()[:limit])
