"""One customer's whole story on one page."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from coupons.models import Coupon, Revocation
from loyalty.stamps.queries import progress_of
from panel.customers.cards import show_cards
from panel.customers.mask import show_person
from panel.customers.merges import show_merges
from panel.customers.points import show_points
from panel.customers.say_activity import say_activity
from panel.customers.tier import show_tier
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment
from shop.find_customer import same_person
from shop.models import Activity, Cart, Consent, Customer, Order, Refund
from shop.store_admin import is_allowed, sees_people
from triggers.models import Message

ROWS_MAX = 20  # of each list; the newest
CONSENTS_MAX = 100


def show_customer(request: PanelRequest, pk: int) -> HttpResponse:
    """Personal data, consents, orders, points, coupons, messages and activity. Masked where the role asks for it."""
    customer = get_object_or_404(Customer.objects.select_related("person"), store=request.store, pk=pk)
    customer.store = request.store
    person = show_person(getattr(customer, "person", None), is_open=sees_people(request))
    return show_page(
        request,
        "panel/customers/page.html",
        title=person.name or _("Customer %(ref)s") % {"ref": customer.ref},
        store=request.store,
        customer=customer,
        person=person,
        may_edit=is_allowed(request.role, "admin:shop_person_change", writing=True),
        may_give_tiers=is_allowed(request.role, "panel:tier_give", writing=True),
        may_correct=is_allowed(request.role, "panel:correct_points", writing=True),
        may_merge=is_allowed(request.role, "panel:merge", writing=True),
        may_erase=is_allowed(request.role, "panel:erase", writing=True),
        merges=show_merges(customer),
        may_give_cards=is_allowed(request.role, "panel:card_give", writing=True),
        **_story(customer, at=store_moment(request.store, timezone.now())),
    )


def _story(customer: Customer, *, at: datetime) -> dict[str, Any]:
    orders = Order.objects.filter(same_person(customer))
    return {
        "totals": _totals(customer),
        "silent_days": (at - customer.last_order_at).days if customer.last_order_at else None,
        "orders": orders.annotate(pieces=Sum("lines__quantity")).order_by("-placed_at", "-id")[:ROWS_MAX],
        "refunds": Refund.objects.filter(same_person(customer))
        .select_related("order")
        .order_by("-at")[:ROWS_MAX],
        "points": show_points(customer, at=at),
        "tier": show_tier(customer, at=at),
        "stamp_cards": progress_of(customer, at=at),
        "cards": show_cards(customer, store=customer.store, at=at),
        "coupons": _coupons(customer, at=at),
        "consents": _newest_consents(customer),
        "mails": customer_messages(customer),
        "carts": Cart.objects.filter(customer=customer, status=Cart.Status.OPEN).order_by("-changed_at")[:3],
        "activity": say_activity(
            Activity.objects.filter(store=customer.store_id, customer=customer).order_by("-at", "-id")[
                :ROWS_MAX
            ]
        ),
    }


def _totals(customer: Customer) -> dict[str, int]:
    """Orders not cancelled: how many, and what was paid for them less refunds, in minor units."""
    standing = Order.objects.filter(same_person(customer)).exclude(status=Order.Status.CANCELLED)
    totals: dict[str, int] = standing.aggregate(
        count=Count("id"), revenue=Coalesce(Sum(F("payable") - F("refunded")), 0)
    )
    average = totals["revenue"] // totals["count"] if totals["count"] else 0
    return {**totals, "average": average}


def _coupons(customer: Customer, *, at: datetime) -> list[dict[str, Any]]:
    coupons = (
        Coupon.objects.filter(same_person(customer))
        .select_related("campaign", "revocation")
        .prefetch_related("redemptions__order")
        .order_by("-issued_at", "-id")[:ROWS_MAX]
    )
    return [{"coupon": coupon, "state": _coupon_state(coupon, at=at)} for coupon in coupons]


def _coupon_state(coupon: Coupon, *, at: datetime) -> str:
    if coupon.used:
        return _("redeemed")
    revocation: Revocation | None = getattr(coupon, "revocation", None)
    if revocation is not None:
        is_handed_on = revocation.reason == Revocation.Reason.HANDED_ON
        return _("handed on") if is_handed_on else _("taken back")
    return _("expired") if coupon.ends_at <= at else _("open")


def _newest_consents(customer: Customer) -> list[Consent]:
    """The answer that counts for each purpose and channel."""
    answers = Consent.objects.filter(same_person(customer)).order_by("-at", "-id")[:CONSENTS_MAX]
    newest: dict[tuple[str, str], Consent] = {}
    for answer in answers:
        newest.setdefault((answer.purpose, answer.channel), answer)
    return list(newest.values())


def customer_messages(customer: Customer) -> list[Message]:
    rows = Message.objects.filter(same_person(customer)).select_related("trigger", "step", "coupon")
    return list(rows.order_by("-id")[:ROWS_MAX])
