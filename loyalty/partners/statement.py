"""A partner's statement: what its orders brought, month by month, without anything about who bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core import signing
from django.db.models import Count, F, Min, Q, Sum

from loyalty.models import Commission, LinkClick, Partner, Payout
from shop.models import Order

SALT = "loyalty.partner_statement"
TOKEN_MAX = 200
ORDERS_SHOWN = 100


class StatementUnknown(LookupError):
    """Not a link of ours, or one that leads nowhere any more."""


@dataclass(frozen=True, slots=True)
class StatementOrder:
    """`amount` is what is left of the commission after returns; `due_at` empty: the order is not paid for yet."""

    number: int
    placed_at: datetime
    paid: int
    amount: int
    due_at: datetime | None
    month: date | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Minor units. `waiting` is not due yet, `due` is due and in no payout yet, `carried` goes on from the last one."""

    partner: Partner
    clicks: int
    waiting: int
    due: int
    carried: int
    orders: Sequence[StatementOrder]
    payouts: Sequence[Payout]


def statement_link(partner: Partner) -> str | None:
    """The address of the page, which needs no log-in; None while the partner has none."""
    if not partner.statement_is_open:
        return None
    token = signing.Signer(salt=SALT, sep="~").sign(f"{partner.pk}.{partner.statement_number}")
    return f"{settings.PUBLIC_URL.rstrip('/')}/statement/{token}/"


def renew_link(partner: Partner) -> Partner:
    """A new address; the one before leads nowhere from now on."""
    mine = Partner.objects.filter(pk=partner.pk)
    mine.update(statement_number=F("statement_number") + 1, statement_is_open=True)
    partner.refresh_from_db(fields=["statement_number", "statement_is_open"])
    return partner


def close_link(partner: Partner) -> None:
    """No address leads to the statement any more, until there is a new one."""
    Partner.objects.filter(pk=partner.pk).update(statement_is_open=False)
    partner.statement_is_open = False


def partner_of(token: str) -> Partner:
    """Whose statement the address shows. Raises StatementUnknown."""
    if len(token) > TOKEN_MAX:
        raise StatementUnknown
    try:
        said = signing.Signer(salt=SALT, sep="~").unsign(token)
        pk, number = (int(part) for part in said.split("."))
    except (signing.BadSignature, ValueError):
        raise StatementUnknown from None
    mine = Partner.objects.filter(pk=pk, statement_number=number, statement_is_open=True)
    found = mine.select_related("store").first()
    if found is None:
        raise StatementUnknown
    return found


def statement_of(partner: Partner, *, at: datetime) -> Statement:
    """The newest orders and all payouts; four queries, however many orders."""
    rows = Commission.objects.filter(partner=partner)
    sums = rows.filter(payout=None).aggregate(
        waiting=Sum("amount", filter=Q(due_at=None) | Q(due_at__gt=at), default=0),
        due=Sum("amount", filter=Q(due_at__lte=at), default=0),
    )
    payouts = list(Payout.objects.filter(partner=partner).order_by("-month"))
    return Statement(
        partner=partner,
        clicks=LinkClick.objects.filter(partner_link__partner=partner).count(),
        waiting=sums["waiting"],
        due=sums["due"],
        carried=payouts[0].carried_out if payouts else 0,
        orders=_orders(partner),
        payouts=payouts,
    )


def _orders(partner: Partner) -> list[StatementOrder]:
    """Numbered by when they came: the shop's own order numbers are not the partner's to know."""
    mine = Order.objects.filter(commissions__partner=partner)
    grouped = mine.annotate(
        amount=Sum("commissions__amount"),
        paid_for=Sum("commissions__paid", filter=Q(commissions__kind=Commission.Kind.EARNED)),
        due=Min("commissions__due_at", filter=Q(commissions__kind=Commission.Kind.EARNED)),
        month=Min("commissions__payout__month", filter=Q(commissions__kind=Commission.Kind.EARNED)),
    )
    in_all = mine.aggregate(orders=Count("pk", distinct=True))["orders"]
    rows = grouped.order_by("-placed_at", "-pk").values_list(
        "placed_at", "paid_for", "amount", "due", "month"
    )
    return [
        StatementOrder(in_all - place, placed_at, paid or 0, amount or 0, due, month)
        for place, (placed_at, paid, amount, due, month) in enumerate(rows[:ORDERS_SHOWN])
    ]
