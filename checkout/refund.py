"""Refund an order by lines: exactly what was paid for them, in money, in points and by gift balances. The edge owns
the transaction.

Only stored rows are read: today's prices, offers and rules have no say. What a line's units come to is counted up to
the number refunded by now, so any split of refunds ends like one whole refund, to the cent and to the point. What is
kept back where a return undoes the condition of an offer is for the store's policy to say: see `keep_back`.

Locks: the order, its lines, the customer's points account, its lots, gift balances. See `checkout.commit` for what
others take.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.db import connection
from django.db.models import F
from msgspec import Meta, Struct

from checkout.errors import Fault, RefundRefused
from checkout.grant_rewards import withdraw_rewards
from checkout.keep_back import keep_back
from checkout.known_order import lock_order, moment_of
from checkout.refund_balances import Touched, balance_part, give_back_to_balances, touch, withdraw_bought
from checkout.request import Moment, Quantity, Ref
from loyalty.models import Debt
from loyalty.reverse import Reversed, part_of, reverse_points
from loyalty.transfer_gifts import Booking
from shop.models import Order, OrderLine, Refund, RefundLine, Store
from shop.record import record

# Imported orders may be longer than those that are committed.
REFUND_LINES_MAX = 5_000
LineNumber = Annotated[int, Meta(ge=1, le=100_000)]


class RefundLineRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """`line` counts the order's lines from 1."""

    line: LineNumber
    quantity: Quantity


class RefundRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What goes back under `ref`. `delivery`: its fee as well, as far as it was paid. `at`: when; left out: now."""

    ref: Ref
    lines: Annotated[tuple[RefundLineRequest, ...], Meta(max_length=REFUND_LINES_MAX)] = ()
    delivery: bool = False
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Refunded:
    """`owed` of the points that the lines had earned were not there any more. `created` is False for a repeat."""

    order: Order
    refund: Refund
    lines: Sequence[RefundLine]
    owed: int
    created: bool


def refund_order(
    store: Store, ref: str, request: RefundRequest, *, at: datetime, at_recorded: datetime
) -> Refunded:
    """Give back what `request` names, once per its reference; a repeat returns the stored refund.

    `at` is the shop's present moment. Raises OrderUnknown, OrderInvalid and RefundRefused, and then has written
    nothing that outlives the edge's transaction.
    """
    assert connection.in_atomic_block, "a refund is one transaction of the edge"
    order = lock_order(store, ref)
    moment = moment_of(order, request.at, at=at)
    stored = Refund.objects.filter(store=store, ref=request.ref).first()
    if stored is not None:
        return _repeated(order, stored, request)
    if not request.lines and not request.delivery:
        raise RefundRefused(Fault.REFUND_EMPTY, attr="lines")
    return write_refund(order, request, moment=moment, at=at, at_recorded=at_recorded)


def write_refund(
    order: Order, request: RefundRequest, *, moment: datetime, at: datetime, at_recorded: datetime
) -> Refunded:
    """The refund of a locked order. Raises RefundRefused."""
    known = {line.ordinal: line for line in order.lines.order_by("ordinal")}
    lines = _named_lines(known, request)
    _take_units(lines, request)
    booking = Booking(order.store, at, at_recorded, order)
    touched = touch(order, lines, booking)
    parts = [
        _part_of(line, asked.quantity, touched, booking)
        for line, asked in zip(lines, request.lines, strict=True)
    ]
    by_balance = order.delivery_balance_amount if request.delivery else 0
    delivery = order.delivery - order.delivery_discount - by_balance if request.delivery else 0
    due = sum(part.money for part in parts)
    kept_back = keep_back(order, list(known.values()), due=due, delivery=delivery + by_balance)
    money = Part(due + delivery, sum(part.balance for part in parts) + by_balance)
    wanted = _row(order, request, money, kept_back=kept_back, at=moment)
    wanted.delivery, wanted.delivery_balance_amount = delivery, by_balance
    wanted.withdrawn = sum(part.withdrawn for part in parts)
    refund = _insert_once(wanted)
    _add_up(order, refund)
    points = reverse_points(order, key=f"refund:{refund.pk}", at=at, at_recorded=at_recorded)
    back: dict[int | None, int] = {line.pk: part.balance for line, part in zip(lines, parts, strict=True)}
    give_back_to_balances(refund, back | {None: by_balance}, touched, booking)
    rows = RefundLine.objects.bulk_create(_rows(refund, lines, parts, request, points))
    if lines and _nothing_is_kept(known.values()):
        withdraw_rewards(order, at=at)
    _record(order, refund, points)
    return Refunded(order, refund, rows, points.owed, created=True)


def _row(order: Order, request: RefundRequest, whole: "Part", *, kept_back: int, at: datetime) -> Refund:
    return Refund(
        store=order.store,
        ref=request.ref,
        order=order,
        customer=order.customer,
        amount=whole.money - kept_back,
        balance_amount=whole.balance,
        kept_back=kept_back,
        source=Order.Source.API if request.at is None else Order.Source.LATE,
        at=at,
    )


def _insert_once(wanted: Refund) -> Refund:
    """A twin of the same order waits for the order's lock; one of another order may have taken the reference."""
    Refund.objects.bulk_create([wanted], ignore_conflicts=True)
    stored = Refund.objects.get(store=wanted.store, ref=wanted.ref)
    if stored.order_id != wanted.order_id:
        raise RefundRefused(Fault.REFUND_CONFLICT, attr="ref")
    stored.order, stored.customer = wanted.order, wanted.customer
    return stored


def owed_for(refund: Refund) -> int:
    """The points that the refund could not take back, repaid since or not."""
    debt = Debt.objects.filter(store_id=refund.store_id, key=f"refund:{refund.pk}").first()
    return debt.amount if debt else 0


def _repeated(order: Order, refund: Refund, request: RefundRequest) -> Refunded:
    rows = list(refund.lines.select_related("order_line").order_by("ordinal"))
    named = [(row.order_line.ordinal if row.order_line else 0, row.quantity) for row in rows]
    same_lines = named == [(asked.line, asked.quantity) for asked in request.lines]
    # A fee of nothing leaves no trace; whether it was named makes no difference then.
    fee = order.delivery - order.delivery_discount
    same_delivery = not fee or (refund.delivery + refund.delivery_balance_amount > 0) == request.delivery
    if refund.order_id != order.pk or not same_lines or not same_delivery:
        raise RefundRefused(Fault.REFUND_CONFLICT, attr="ref")
    return Refunded(order, refund, rows, owed_for(refund), created=False)


def _nothing_is_kept(bought: Iterable[OrderLine]) -> bool:
    """Gifts, which the customer may keep, do not count."""
    return all(line.is_gift or line.refunded_quantity == line.quantity for line in bought)


def _named_lines(known: Mapping[int, OrderLine], request: RefundRequest) -> list[OrderLine]:
    """The order's lines, known by their number, in the order of the request; locked by the order's lock."""
    named: list[OrderLine] = []
    for place, asked in enumerate(request.lines):
        line = known.get(asked.line)
        if line is None:
            raise RefundRefused(Fault.LINE_UNKNOWN, attr=f"lines.{place}.line")
        if line in named:
            raise RefundRefused(Fault.LINE_TWICE, attr=f"lines.{place}.line")
        named.append(line)
    return named


TAKE_UNITS = """
UPDATE shop_orderline SET refunded_quantity = refunded_quantity + asked.quantity
FROM unnest(%(lines)s::bigint[], %(quantities)s::int[]) AS asked (line_id, quantity)
WHERE shop_orderline.id = asked.line_id AND refunded_quantity + asked.quantity <= shop_orderline.quantity
RETURNING shop_orderline.id, refunded_quantity
"""


def _take_units(lines: Sequence[OrderLine], request: RefundRequest) -> None:
    """The limit stands in the WHERE: a line that has fewer units left is not among those returned."""
    if not lines:
        return
    asked = {
        "lines": [line.pk for line in lines],
        "quantities": [asked.quantity for asked in request.lines],
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_UNITS, asked)
        refunded = dict(cursor.fetchall())
    for place, line in enumerate(lines):
        if line.pk not in refunded:
            raise RefundRefused(Fault.REFUNDED_MORE_THAN_BOUGHT, attr=f"lines.{place}.quantity")
        line.refunded_quantity = refunded[line.pk]


@dataclass(frozen=True, slots=True)
class Part:
    """What comes back for the units of one line: money, and to gift balances; what was withdrawn from those that the
    units had become."""

    money: int
    balance: int
    withdrawn: int = 0


def _part_of(line: OrderLine, quantity: int, touched: Touched, booking: Booking) -> Part:
    if line.gift_value is None:
        return Part(_money_of(line, quantity), balance_part(line, quantity))
    money, withdrawn = withdraw_bought(line, quantity, touched, booking)
    return Part(money, 0, withdrawn)


def _money_of(line: OrderLine, quantity: int) -> int:
    """What these last units cost in money: the difference that they make."""
    paid = line.total - line.points_amount - line.balance_amount
    before = line.refunded_quantity - quantity
    return part_of(paid, refunded=line.refunded_quantity, quantity=line.quantity) - part_of(
        paid, refunded=before, quantity=line.quantity
    )


def _add_up(order: Order, refund: Refund) -> None:
    """On the order; the fee of its delivery goes back once."""
    fee = F("delivery") - F("delivery_discount")
    fits = Order.objects.filter(pk=order.pk, payable__gte=F("refunded") + refund.amount)
    fits = fits.filter(balance_amount__gte=F("balance_refunded") + refund.balance_amount)
    of_fee = refund.delivery + refund.delivery_balance_amount
    within = fits.alias(fee=fee).filter(fee__gte=F("delivery_refunded") + of_fee)
    if not within.update(
        refunded=F("refunded") + refund.amount,
        balance_refunded=F("balance_refunded") + refund.balance_amount,
        delivery_refunded=F("delivery_refunded") + of_fee,
    ):
        raise RefundRefused(Fault.REFUNDED_MORE_THAN_BOUGHT, attr="delivery")
    order.refunded += refund.amount
    order.balance_refunded += refund.balance_amount
    order.delivery_refunded += of_fee


def _rows(
    refund: Refund,
    lines: Sequence[OrderLine],
    parts: Sequence[Part],
    request: RefundRequest,
    points: Reversed,
) -> list[RefundLine]:
    return [
        RefundLine(
            refund=refund,
            ordinal=ordinal,
            order_line=line,
            sku=line.sku,
            name=line.name,
            quantity=asked.quantity,
            amount=part.money,
            balance_amount=part.balance,
            points_returned=points.returned.get(line.pk, 0),
            points_taken_back=points.taken_back.get(line.pk, 0),
        )
        for ordinal, (line, part, asked) in enumerate(zip(lines, parts, request.lines, strict=True), start=1)
    ]


def _record(order: Order, refund: Refund, points: Reversed) -> None:
    record(
        "order.refunded",
        store=order.store,
        at=refund.at,
        customer=order.customer,
        subject=f"order:{order.ref}",
        subject_id=order.pk,
        data={
            "amount": refund.amount,
            "balance_amount": refund.balance_amount,
            "kept_back": refund.kept_back,
            "points_returned": sum(points.returned.values()),
            "points_taken_back": sum(points.taken_back.values()),
        },
    )
