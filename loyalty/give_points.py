"""Points for anything but an order: an event, a stamp card, a tier, a friend. The caller owns the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from loyalty.models import Account, EarningRule, RuleEarning, Transfer
from loyalty.points_end import points_end
from loyalty.transfer import Accrual, post, post_accruals
from loyalty.transfer_accounts import customer_account, programme_account
from loyalty.transfer_lots import Window
from loyalty.transfer_prolong import prolong_late
from shop.clock import store_moment
from shop.models import Activity, Customer, Store
from shop.record import record, record_many


def give_points(
    store: Store,
    *,
    customer: Customer,
    points: int,
    key: str,
    at: datetime,
    at_recorded: datetime,
    life_days: int,
    rule: EarningRule | None = None,
) -> Transfer:
    """The points under `key`: given once, spendable at once, until the store's policy ends them. A repeat returns the
    first movement. `at` is when they were earned, by the store's own clock. Raises TransferConflict.
    """
    assert connection.in_atomic_block, "points belong to the transaction of what they are given for"
    done = Transfer.objects.filter(store=store, key=key).first()
    transfer = post(
        store,
        kind=Transfer.Kind.ACCRUAL,
        source=programme_account(store, Account.Kind.ISSUED),
        target=customer_account(customer),
        amount=points,
        key=key,
        at=at,
        at_recorded=at_recorded,
        window=Window(at, points_end(store, active_at=at, life_days=life_days)),
        rule=rule,
    )
    if done is None:
        prolong_late(store, [key], now=store_moment(store, at_recorded), at_recorded=at_recorded)
        _note(transfer, customer, rule, at=at)
    return transfer


@dataclass(frozen=True, slots=True)
class Gift:
    """Points for one customer, once under `key`, earned at `at` by the store's own clock."""

    customer_id: int
    points: int
    key: str
    at: datetime


def give_points_to_many(store: Store, gifts: Sequence[Gift], *, at_recorded: datetime, life_days: int) -> int:
    """As `give_points` by no rule, for many customers: a bounded number of statements. Returns how many were new.
    Raises TransferConflict."""
    if not gifts:
        return 0
    known = given(store, [gift.key for gift in gifts])
    fresh = [gift for gift in gifts if gift.key not in known]
    rows = [
        Accrual(
            gift.customer_id,
            None,
            None,
            gift.points,
            gift.at,
            Window(gift.at, points_end(store, active_at=gift.at, life_days=life_days)),
            occasion=gift.key,
        )
        for gift in gifts
    ]
    posted = post_accruals(store, rows, at_recorded=at_recorded)
    keys = [gift.key for gift in fresh]
    prolong_late(store, keys, now=store_moment(store, at_recorded), at_recorded=at_recorded)
    facts = [_fact(store, gift) for gift in fresh]
    record_many(facts, subject_ids=[gift.customer_id for gift in fresh])
    return posted


def _fact(store: Store, gift: Gift) -> Activity:
    return Activity(
        store=store,
        kind="points.earned",
        customer_id=gift.customer_id,
        subject=f"points:{gift.key}",
        data={"points": gift.points, "rule": ""},
        at=gift.at,
    )


def given(store: Store, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which points have been given already."""
    return set(Transfer.objects.filter(store=store, key__in=keys).values_list("key", flat=True))


def _note(transfer: Transfer, customer: Customer, rule: EarningRule | None, *, at: datetime) -> None:
    if rule is not None:
        earned = [RuleEarning(transfer=transfer, rule=rule, points=transfer.amount)]
        RuleEarning.objects.bulk_create(earned, ignore_conflicts=True)
    record(
        "points.earned",
        store=transfer.store,
        at=at,
        customer=customer,
        subject=f"points:{transfer.pk}",
        subject_id=customer.pk,
        data={"points": transfer.amount, "rule": rule.code if rule else ""},
    )
