"""Plan what a month is to sell."""

from datetime import date, datetime

from django.db import transaction

from loyalty.models import SalesPlan
from shop.models import Store, User
from shop.record import record


def plan_sales(
    store: Store, month: date, *, revenue: int, margin: int | None, by: User, at: datetime
) -> SalesPlan:
    """Keep the plan of the month that begins on that day, whether there was one or not. Minor units; `margin` is net
    of tax, None where none is planned. What it was before is written down."""
    with transaction.atomic():
        before = SalesPlan.objects.select_for_update().filter(store=store, month=month).first()
        plan, _ = SalesPlan.objects.update_or_create(
            store=store, month=month, defaults={"revenue": revenue, "margin": margin}
        )
        now = {"month": month.isoformat(), "revenue": revenue, "margin": margin, "by": by.pk}
        record("sales.planned", store=store, at=at, data={**now, "revenue_before": before and before.revenue})
    return plan


def plan_of(store: Store, month: date) -> SalesPlan | None:
    """The plan of the month that begins on that day."""
    return SalesPlan.objects.filter(store=store, month=month).first()
