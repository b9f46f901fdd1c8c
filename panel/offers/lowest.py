"""Goods that an offer would reduce and that cost less within the last 30 days: what the law compares the price with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty.snapshot import Groups, snapshot
from shop.lowest_price import changed_lately, lowest_prices, shows_lowest_price
from shop.models import Product, Store

# More than this have hardly changed their price in a month; who has more sees the first ones.
LOOKED_AT = 5_000
SHOWN = 8

Document = Mapping[str, Any]
Target = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CheaperBefore:
    """Minor units: what it costs, and what it cost least."""

    sku: str
    name: str
    price: int
    lowest: int


@dataclass(frozen=True, slots=True)
class LowestPrices:
    """`count` goods of the offer cost less within 30 days than now; `shown` are the first of them."""

    count: int
    shown: tuple[CheaperBefore, ...]


def lowest_of(store: Store, document: Document, *, at: datetime) -> LowestPrices | None:
    """None where the store shows no lowest prices, or where the offer reduces no goods. Three queries."""
    targets = list(_targets(document))
    if not shows_lowest_price(store) or not targets:
        return None
    skus = changed_lately(store, at=at, limit=LOOKED_AT)
    groups = snapshot(store.pk, store.offers_version).groups
    goods = Product.objects.filter(store=store, sku__in=skus, kind=Product.Kind.GOODS).order_by("sku")
    mine = [one for one in goods if any(_is_meant(one, target, groups) for target in targets)]
    lowest = lowest_prices(store, [one.sku for one in mine], at=at)
    found = [
        CheaperBefore(one.sku, one.name, one.price, lowest[one.sku])
        for one in mine
        if lowest[one.sku] < one.price
    ]
    return LowestPrices(len(found), tuple(found[:SHOWN]))


def _targets(document: Document) -> Iterator[Target]:
    """Where its benefits make goods cheaper; one that names none acts on the whole order."""
    for benefit in document.get("benefits") or ():
        if benefit["kind"] in WITHOUT_REDUCTION:
            continue
        target = benefit.get("get_target") or benefit.get("target") or {"kind": "whole_order"}
        if target["kind"] != "delivery":
            yield target


WITHOUT_REDUCTION = frozenset(
    {
        "delivery_percent_off",
        "delivery_fixed_price",
        "gift_item",
        "points_multiplier",
        "extra_points",
        "next_coupon",
    }
)


def _is_meant(product: Product, target: Target, groups: Groups) -> bool:
    meant = TARGETS.get(target["kind"])
    return meant is None or meant(product, target, groups)


def _in_groups(product: Product, target: Target, groups: Groups) -> bool:
    wanted = target.get("groups") or ()
    return not wanted or not groups.of(product.sku, product.category, product.price).isdisjoint(wanted)


def _of_skus(product: Product, target: Target, groups: Groups) -> bool:
    return product.sku in target["skus"]


def _in_band(product: Product, target: Target, groups: Groups) -> bool:
    most = target.get("price_max")
    return product.price >= (target.get("price_min") or 0) and (most is None or product.price <= most)


# Those that are not here may act on any goods.
TARGETS: Mapping[str, Callable[[Product, Target, Groups], bool]] = {
    "in_groups": _in_groups,
    "some_units": _in_groups,
    "old_stock": _in_groups,
    "of_skus": _of_skus,
    "price_band": _in_band,
}
