"""Close a month: every partner's due commissions go into one payout, once; what is below zero goes on to the next.

The unique key of partner and month makes twins wait and then find what was closed; a commission names its payout, so no
row is ever paid twice. The caller owns the transaction.
"""

from datetime import date, datetime
from enum import StrEnum

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, QuerySet, Sum

from loyalty.models import Commission, Partner, Payout
from shop.clock import local_date, start_of_day
from shop.models import Store, User
from shop.record import record

PARTNERS_MAX = 1_000


class MonthFault(StrEnum):
    NOT_OVER = "month_not_over"
    LATER_CLOSED = "later_month_closed"


class MonthRefused(Exception):
    def __init__(self, code: MonthFault) -> None:
        super().__init__(code.value)
        self.code = code


def close_month(store: Store, month: date, *, by: User | None, at: datetime) -> list[Payout]:
    """The payouts of the month that `month` lies in, made where they are not there: the same ones on every repeat.

    Everything due before the month's end and not paid yet is in it. A partner with nothing to settle gets none. Raises
    MonthRefused: a month is closed when it is over, and never before one that was closed after it.
    """
    assert connection.in_atomic_block, "a month is closed as a whole"
    first = month.replace(day=1)
    ends_at = start_of_day(store, next_month(first))
    if at < ends_at:
        raise MonthRefused(MonthFault.NOT_OVER)
    if Payout.objects.filter(store=store, month__gt=first).exists():
        if Payout.objects.filter(store=store, month=first).exists():
            return list(payouts_of(store, first))
        raise MonthRefused(MonthFault.LATER_CLOSED)
    partners = Partner.objects.filter(store=store).order_by("id")[:PARTNERS_MAX]
    for partner in partners:
        _close(partner, first, ends_at=ends_at, by=by, at=at)
    return list(payouts_of(store, first))


def payouts_of(store: Store, month: date) -> QuerySet[Payout]:
    """By the partners' names."""
    found = Payout.objects.filter(store=store, month=month).select_related("partner")
    return found.order_by("partner__name", "partner_id")


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def last_month_over(store: Store, *, at: datetime) -> date:
    """The first day of the newest month that can be closed."""
    today = local_date(store, at)
    return date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)


def _close(partner: Partner, first: date, *, ends_at: datetime, by: User | None, at: datetime) -> None:
    due = Commission.objects.filter(partner=partner, payout=None, due_at__lt=ends_at)
    before = Payout.objects.filter(partner=partner, month__lt=first).order_by("-month").first()
    carried_in = before.carried_out if before else 0
    if not carried_in and not due.exists():
        return
    # Not there yet, so nobody has added it up: whoever inserts it does, and a twin that waits here finds it done.
    fresh = Payout(store_id=partner.store_id, partner=partner, month=first, closed_at=at, closed_by=by)
    kept = _insert_once(fresh)
    if kept is None:
        return
    due.update(payout=kept)
    _add_up(kept, carried_in)
    record(
        "partner.month_closed",
        store=partner.store,
        at=at,
        subject=f"partner:{partner.code}",
        data={"month": first.isoformat(), "payable": kept.payable, "by": by.pk if by else None},
    )


def _insert_once(fresh: Payout) -> Payout | None:
    """None where the partner's month is closed already. A savepoint of its own: a conflict spoils nothing."""
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as error:
        if (
            getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
            != "loyalty_payout_once_per_month"
        ):
            raise
        return None
    return fresh


def _add_up(payout: Payout, carried_in: int) -> None:
    sums = payout.commissions.aggregate(
        earned=Sum("amount", filter=Q(kind=Commission.Kind.EARNED), default=0),
        taken_back=Sum("amount", filter=Q(kind=Commission.Kind.CLAWBACK), default=0),
        orders=Count("order", distinct=True),
    )
    payout.orders, payout.earned, payout.taken_back = sums["orders"], sums["earned"], sums["taken_back"]
    payout.carried_in = carried_in
    total = carried_in + payout.earned + payout.taken_back
    payout.payable, payout.carried_out = max(total, 0), min(total, 0)
    payout.save()
