"""Rows of the books and of points moved by hand."""

from typing import Any

from loyalty.models import Adjustment, Allowance, DaySeal, LedgerCheck, PointsLimits, PointsMove
from shop.models import Customer, Store, User
from tests.factories.moments import AT, DAY, number


def make_day_seal(store: Store, **given: Any) -> DaySeal:
    fresh = {
        "store": store,
        "day": AT.date(),
        "transfers": 1,
        "points": 10,
        "money": 0,
        "rows_hash": number().to_bytes(32, "big"),
        "previous_hash": bytes(32),
        "hash": number().to_bytes(32, "big"),
        "sealed_at": AT,
    }
    return DaySeal.objects.create(**fresh | given)


def make_ledger_check(store: Store, **given: Any) -> LedgerCheck:
    fresh = {"store": store, "kind": "whole", "key": f"test:{number()}", "started_at": AT, "finished_at": AT}
    return LedgerCheck.objects.create(**fresh | given)


def make_allowance(store: Store, **given: Any) -> Allowance:
    fresh = {"store": store, "key": f"test:{number()}", "used": 1, "used_max": 10}
    return Allowance.objects.create(**fresh | given)


def make_points_limits(store: Store, **given: Any) -> PointsLimits:
    return PointsLimits.objects.create(**{"store": store} | given)


def make_adjustment(customer: Customer, created_by: User, **given: Any) -> Adjustment:
    fresh = {
        "store": customer.store,
        "customer": customer,
        "way": "give",
        "points": 10,
        "reason": "a late parcel",
        "key": f"test:{number()}",
        "ends_at": AT + 365 * DAY,
        "created_by": created_by,
        "at": AT,
    }
    return Adjustment.objects.create(**fresh | given)


def make_points_move(source: Customer, target: Customer, **given: Any) -> PointsMove:
    fresh = {
        "store": source.store,
        "ref": f"move-{number()}",
        "source": source,
        "target": target,
        "points": 10,
        "at": AT,
    }
    return PointsMove.objects.create(**fresh | given)
