"""Commissions of one order, line by line: written once, due when the return window ends, taken back for returns.

Everything is worked out from stored rows, in whatever order the facts came: what a line's returned units take back is
counted up to the number returned by now, so any split of refunds ends like one whole refund.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q

from loyalty.models import Acquisition, Commission, Partner, PartnerProduct
from loyalty.paid_goods import goods_of, is_paid, paid_for, window_ends_at
from loyalty.partners.rates import Terms, owed_for
from loyalty.reverse import part_of
from loyalty.snapshot import snapshot
from pricing.allocate import share
from shop.models import Order, OrderLine


def promise_commissions(order: Order, acquisition: Acquisition | None) -> int:
    """Write down what each line owes, by the terms in force when we hear of the order; returns how many lines owe.

    Without a due moment until the order is paid. The caller holds the order's lock.
    """
    assert connection.in_atomic_block, "a commission belongs to the transaction of what owes it"
    lines = goods_of(order)
    suppliers = _suppliers(lines)
    sender = _sender(acquisition)
    if sender is None and not suppliers:
        return 0
    groups = snapshot(order.store_id, order.store.offers_version).groups
    rows = []
    for line in lines:
        category = line.product.category if line.product else ""
        owed = owed_for(
            groups.of(line.sku, category, line.unit_price),
            sender=sender,
            supplier=suppliers.get(line.product_id or 0),
        )
        amount = share(paid_for(line), owed.rate_bp) if owed else 0
        if owed and amount:
            basis = Commission.Basis.PRODUCT if owed.is_supplier else Commission.Basis.TRAFFIC
            rows.append(
                Commission(
                    store=order.store,
                    partner_id=owed.partner,
                    order=order,
                    line=line,
                    kind=Commission.Kind.EARNED,
                    basis=basis,
                    key=f"line:{line.pk}",
                    paid=paid_for(line),
                    rate_bp=owed.rate_bp,
                    amount=amount,
                    at=order.placed_at,
                )
            )
    Commission.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def settle_commissions(order: Order, *, at: datetime) -> None:
    """Bring them to where the order's facts want them. The caller holds the order's lock."""
    assert connection.in_atomic_block, "a commission belongs to the transaction of what changed it"
    rows = list(Commission.objects.filter(order=order).select_related("line").order_by("id"))
    earned = [row for row in rows if row.kind == Commission.Kind.EARNED]
    if not earned:
        return
    back: dict[int, int] = {}
    for row in rows:
        if row.kind == Commission.Kind.CLAWBACK:
            back[row.line_id] = back.get(row.line_id, 0) - row.amount
    due_at = window_ends_at(order) if is_paid(order) else None
    _take_back(order, earned, back, at=at)
    _set_due(order, due_at, at=at)


def _take_back(order: Order, earned: Iterable[Commission], back: Mapping[int, int], *, at: datetime) -> None:
    fresh = []
    for row in earned:
        line = row.line
        whole = part_of(row.amount, refunded=line.refunded_quantity, quantity=line.quantity)
        if more := whole - back.get(row.line_id, 0):
            fresh.append(
                Commission(
                    store=order.store,
                    partner_id=row.partner_id,
                    order=order,
                    line=line,
                    kind=Commission.Kind.CLAWBACK,
                    basis=row.basis,
                    key=f"line:{row.line_id}:back:{line.refunded_quantity}",
                    paid=row.paid,
                    rate_bp=row.rate_bp,
                    amount=-more,
                    at=at,
                )
            )
    Commission.objects.bulk_create(fresh, ignore_conflicts=True)


def _set_due(order: Order, due_at: datetime | None, *, at: datetime) -> None:
    """What is due already stays due, and what a month has paid is not touched. A return counts with its line, or from
    when it came."""
    if due_at is None:
        return
    unpaid = Commission.objects.filter(order=order, payout=None)
    unpaid.filter(kind=Commission.Kind.CLAWBACK, due_at=None).update(due_at=max(due_at, at))
    unpaid.filter(Q(due_at=None) | Q(due_at__gt=at)).exclude(due_at=due_at).update(due_at=due_at)


def _suppliers(lines: Sequence[OrderLine]) -> dict[int, tuple[int, int]]:
    """Product -> (partner, share)."""
    products = [line.product_id for line in lines if line.product_id is not None]
    terms = PartnerProduct.objects.filter(product_id__in=products, partner__is_active=True)
    return {each.product_id: (each.partner_id, each.rate_bp) for each in terms}


def _sender(acquisition: Acquisition | None) -> Terms | None:
    if acquisition is None or acquisition.partner_id is None:
        return None
    partner = Partner.objects.prefetch_related("rates").get(pk=acquisition.partner_id)
    return Terms(partner.pk, partner.default_bp, {rate.group: rate.rate_bp for rate in partner.rates.all()})
