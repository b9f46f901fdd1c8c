"""Points for anything but an order: an event, a stamp card, a tier, a friend. The caller owns the transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from loyalty.models import Account, EarningRule, RuleEarning, Transfer
from loyalty.points_end import points_end
from loyalty.transfer import post
from loyalty.transfer_accounts import customer_account, programme_account
from loyalty.transfer_lots import Window
from shop.models import Customer, Store
from shop.record import record


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
        _note(transfer, customer, rule, at=at)
    return transfer


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
