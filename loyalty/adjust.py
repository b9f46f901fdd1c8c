"""Correct a customer's points by hand: with a reason, up to a limit a day alone, beyond it with a second person."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction

from loyalty.models import Account, Adjustment, Transfer
from loyalty.models.by_hand import REASON
from loyalty.points_limits import day_key, day_max, limits_of
from loyalty.take_allowance import take_allowance
from loyalty.transfer import NotEnoughPoints, post
from loyalty.transfer_accounts import customer_account, programme_account
from loyalty.transfer_lots import Window
from shop.find_customer import head_of
from shop.models import Approval, Customer, Store, User
from shop.record import record

SUBJECT = "adjustment"
POINTS_MAX = 1_000_000_000
WAITING_MAX = 100


class AdjustFault(StrEnum):
    REASON_MISSING = "reason_missing"
    POINTS_OUT_OF_RANGE = "points_out_of_range"
    ENDS_IN_PAST = "ends_in_past"
    NOT_ENOUGH = "not_enough_points"  # to take, of those that can be spent now
    KEY_TAKEN = "key_taken"  # another correction was made under this key
    DECIDED_BEFORE = "decided_before"
    ASKED_BY_YOU = "asked_by_you"


class AdjustmentRefused(ValueError):
    def __init__(self, code: AdjustFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be corrected and why. Points given can be spent until `ends_at`; points taken have no end."""

    way: str
    points: int
    reason: str
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """Who corrects, in which role, when: `at` by the store's clock, `at_recorded` by ours."""

    by: User
    role: str
    at: datetime
    at_recorded: datetime


@dataclass(frozen=True, slots=True)
class Adjusted:
    """`waits`: nothing has moved yet, a second person must say yes."""

    adjustment: Adjustment
    waits: bool


@transaction.atomic
def adjust(customer: Customer, wish: Wish, *, key: str, hand: Hand) -> Adjusted:
    """Give or take points, once per key. A savepoint of its own: raises AdjustmentRefused, and then
    has left nothing behind."""
    store = customer.store
    _check(wish, at=hand.at)
    adjustment, created = _note(customer, wish, key=key, hand=hand)
    if not created:
        return Adjusted(adjustment, waits=adjustment.transfer_id is None)
    most = day_max(limits_of(store), hand.role)
    allowance = day_key(store, hand.by, at=hand.at)
    if most is None or take_allowance(store, key=allowance, amount=wish.points, most=most):
        move(adjustment, at=hand.at, at_recorded=hand.at_recorded)
        _record("points.adjusted", adjustment, at=hand.at, by=hand.by)
        return Adjusted(adjustment, waits=False)
    Approval.objects.create(
        store=store,
        subject=f"{SUBJECT}:{adjustment.pk}",
        detail={"customer": customer.ref, "way": wish.way, "points": wish.points},
        asked_by=hand.by,
        asked_at=hand.at,
    )
    _record("points.adjustment_asked", adjustment, at=hand.at, by=hand.by)
    return Adjusted(adjustment, waits=True)


@transaction.atomic
def decide(approval: Approval, *, is_given: bool, hand: Hand) -> Adjustment:
    """A second person's yes, with which the points move, or no. Once; never by whoever asked.

    A savepoint of its own: raises AdjustmentRefused; where what was to be taken is gone, it can be decided later.
    """
    status = Approval.Status.GIVEN if is_given else Approval.Status.REFUSED
    waiting = Approval.objects.filter(pk=approval.pk, status=Approval.Status.ASKED)
    of_another = waiting.exclude(asked_by=hand.by)
    if not of_another.update(status=status, decided_by=hand.by, decided_at=hand.at):
        own = approval.asked_by_id == hand.by.pk
        raise AdjustmentRefused(AdjustFault.ASKED_BY_YOU if own else AdjustFault.DECIDED_BEFORE)
    adjustments = Adjustment.objects.select_related("customer__store", "store", "created_by")
    adjustment = adjustments.get(store=approval.store_id, pk=approval.subject.removeprefix(f"{SUBJECT}:"))
    if is_given:
        move(adjustment, at=hand.at, at_recorded=hand.at_recorded)
    _record(
        "points.adjusted" if is_given else "points.adjustment_refused", adjustment, at=hand.at, by=hand.by
    )
    return adjustment


def move(adjustment: Adjustment, *, at: datetime, at_recorded: datetime) -> None:
    """The correction's one movement."""
    store, ends_at = adjustment.store, adjustment.ends_at
    if ends_at is not None and ends_at <= at:
        raise AdjustmentRefused(AdjustFault.ENDS_IN_PAST)
    mine = customer_account(adjustment.customer)
    theirs = programme_account(store, Account.Kind.ADJUSTED)
    try:
        adjustment.transfer = post(
            store,
            kind=Transfer.Kind.ADJUSTMENT,
            source=mine if ends_at is None else theirs,
            target=theirs if ends_at is None else mine,
            amount=adjustment.points,
            key=f"{SUBJECT}:{adjustment.pk}",
            at=at,
            at_recorded=at_recorded,
            window=None if ends_at is None else Window(at, ends_at),
        )
    except NotEnoughPoints as short:
        raise AdjustmentRefused(AdjustFault.NOT_ENOUGH) from short
    adjustment.save(update_fields=["transfer"])


def waiting_approvals(store: Store) -> list[tuple[Approval, Adjustment]]:
    """Corrections that wait for a second person, oldest first. Two queries."""
    asked = Approval.objects.filter(
        store=store, status=Approval.Status.ASKED, subject__startswith=f"{SUBJECT}:"
    )
    approvals = list(asked.select_related("asked_by").order_by("id")[:WAITING_MAX])
    ids = [int(approval.subject.partition(":")[2]) for approval in approvals]
    found = Adjustment.objects.filter(store=store).select_related("customer__person").in_bulk(ids)
    return [(approval, found[pk]) for approval, pk in zip(approvals, ids, strict=True) if pk in found]


def _check(wish: Wish, *, at: datetime) -> None:
    if not re.search(REASON, wish.reason):
        raise AdjustmentRefused(AdjustFault.REASON_MISSING)
    if not 1 <= wish.points <= POINTS_MAX:
        raise AdjustmentRefused(AdjustFault.POINTS_OUT_OF_RANGE)
    if wish.ends_at is not None and wish.ends_at <= at:
        raise AdjustmentRefused(AdjustFault.ENDS_IN_PAST)


def _note(customer: Customer, wish: Wish, *, key: str, hand: Hand) -> tuple[Adjustment, bool]:
    """The record under its key, and whether it is new."""
    fresh = Adjustment(
        store=customer.store,
        customer=customer,
        way=wish.way,
        points=wish.points,
        reason=wish.reason,
        key=key,
        ends_at=wish.ends_at,
        created_by=hand.by,
        at=hand.at,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
            return fresh, True
    except IntegrityError:
        rows = Adjustment.objects.select_related("store", "customer")
        there = rows.get(store=customer.store, key=key)
    if (head_of(there.customer), there.way, there.points) != (customer.pk, wish.way, wish.points):
        raise AdjustmentRefused(AdjustFault.KEY_TAKEN)
    return there, False


def _record(kind: str, adjustment: Adjustment, *, at: datetime, by: User) -> None:
    record(
        kind,
        store=adjustment.store,
        at=at,
        customer=adjustment.customer,
        subject=f"{SUBJECT}:{adjustment.pk}",
        data={"way": adjustment.way, "points": adjustment.points, "by": by.pk},
    )
