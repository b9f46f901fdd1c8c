"""One order: what was bought, what was taken off by which offer, and what it did to coupons and points."""

from dataclasses import dataclass

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from coupons.models import Redemption
from loyalty.models import BalancePayment, Discount, Reward
from panel.customers.mask import show_person
from panel.guard import PanelRequest
from panel.orders.points import points_of_order
from panel.page import show_page
from shop.models import Order, OrderLine, Refund
from shop.store_admin import sees_people

LINES_MAX = 1000


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with what each offer took off it."""

    line: OrderLine
    discounts: list[Discount]


def show_order(request: PanelRequest, pk: int) -> HttpResponse:
    """A fixed number of queries, however long the order."""
    orders = Order.objects.select_related("customer__person", "cart")
    order = get_object_or_404(orders, store=request.store, pk=pk)
    discounts = list(Discount.objects.filter(order=order).select_related("version__offer").order_by("id"))
    lines = list(order.lines.order_by("ordinal")[:LINES_MAX])
    person = getattr(order.customer, "person", None) if order.customer else None
    return show_page(
        request,
        "panel/orders/page.html",
        title=_("Order %(ref)s") % {"ref": order.ref},
        store=request.store,
        order=order,
        person=show_person(person, is_open=sees_people(request)),
        lines=[ShownLine(line, [one for one in discounts if one.line_id == line.pk]) for line in lines],
        delivery_discounts=[one for one in discounts if one.line_id is None],
        redemptions=Redemption.objects.filter(order=order)
        .select_related("coupon", "campaign")
        .order_by("id"),
        points=points_of_order(order),
        balances=_balances(order),
        promised=Reward.objects.filter(order=order, kind=Reward.Kind.COUPON)
        .select_related("version__offer")
        .order_by("id"),
        refunds=Refund.objects.filter(order=order).prefetch_related("lines").order_by("at", "id"),
    )


def _balances(order: Order) -> list[tuple[str, int, int]]:
    """Ending, number and amount of each gift balance that paid. No query where none did."""
    if not order.balance_amount:
        return []
    paid = BalancePayment.objects.filter(order=order).values_list(
        "account__gift_balance__ending", "account__gift_balance__id"
    )
    return list(paid.annotate(paid=Sum("amount")).order_by("account__gift_balance__id"))
