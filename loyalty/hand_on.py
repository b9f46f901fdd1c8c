"""A customer gives points to another one, where the store allows it: within its limits, once per reference."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction

from loyalty.models import PointsMove
from loyalty.points_limits import limits_of
from loyalty.take_allowance import take_allowance
from loyalty.transfer import NotEnoughPoints
from loyalty.transfer_between import move_between
from shop.clock import local_date
from shop.find_customer import head_of
from shop.models import Customer, User
from shop.record import record


class MoveFault(StrEnum):
    NOT_ALLOWED = "moves_not_allowed"  # the store's customers keep their points
    NOT_A_MEMBER = "not_a_member"
    TO_ONESELF = "to_oneself"
    TOO_MANY_AT_ONCE = "too_many_points"
    TOO_MANY_THIS_MONTH = "month_limit_reached"
    NOT_ENOUGH = "not_enough_points"
    REF_TAKEN = "move_conflict"  # other points were given under this reference


class MoveRefused(ValueError):
    def __init__(self, code: MoveFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Moved:
    move: PointsMove
    created: bool


@transaction.atomic
def hand_on(
    source: Customer,
    target: Customer,
    points: int,
    *,
    ref: str,
    at: datetime,
    at_recorded: datetime,
    by: User | None = None,
) -> Moved:
    """Only spendable points move, and they end when they would have. `at` by the store's clock.

    A savepoint of its own: raises MoveRefused, and then has left nothing behind.
    """
    fresh = PointsMove(
        store=source.store, ref=ref, source=source, target=target, points=points, created_by=by, at=at
    )
    if source.pk == target.pk:
        # They may have been merged since the points were given.
        if PointsMove.objects.filter(store=source.store, ref=ref).exists():
            return Moved(_same(fresh), created=False)
        raise MoveRefused(MoveFault.TO_ONESELF)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return Moved(_same(fresh), created=False)
    _refuse(source, target, points, at=at)
    try:
        move_between(source, target, points, key=f"move:{fresh.pk}", at=at, at_recorded=at_recorded)
    except NotEnoughPoints as short:
        raise MoveRefused(MoveFault.NOT_ENOUGH) from short
    for customer, kind in ((source, "points.given"), (target, "points.received")):
        data = {"points": points, "by": by.pk if by else None}
        record(kind, store=source.store, at=at, customer=customer, subject=f"move:{fresh.pk}", data=data)
    return Moved(fresh, created=True)


def _same(wanted: PointsMove) -> PointsMove:
    """What was given under this reference before; it must be the same."""
    rows = PointsMove.objects.select_related("source", "target")
    there = rows.get(store=wanted.store, ref=wanted.ref)
    people = (head_of(there.source), head_of(there.target))
    if (*people, there.points) != (wanted.source_id, wanted.target_id, wanted.points):
        raise MoveRefused(MoveFault.REF_TAKEN)
    return there


def _refuse(source: Customer, target: Customer, points: int, *, at: datetime) -> None:
    store, limits = source.store, limits_of(source.store)
    if not limits.may_move:
        raise MoveRefused(MoveFault.NOT_ALLOWED)
    if source.joined_at is None or target.joined_at is None:
        raise MoveRefused(MoveFault.NOT_A_MEMBER)
    if points > limits.move_max:
        raise MoveRefused(MoveFault.TOO_MANY_AT_ONCE)
    month = f"move:{source.pk}:{local_date(store, at):%Y-%m}"
    if not take_allowance(store, key=month, amount=points, most=limits.move_month_max):
        raise MoveRefused(MoveFault.TOO_MANY_THIS_MONTH)
