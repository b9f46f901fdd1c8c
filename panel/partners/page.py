"""Partners: the list, one of them with its weeks and links, and the form that sets one up."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty.models import Commission, Partner
from loyalty.partners.keep_partner import PartnerRefused, keep_partner
from loyalty.partners.statement import close_link, renew_link, statement_link, statement_of
from loyalty.referrals.links import address_of
from panel.bar_chart import BarChart, Point, bar_chart
from panel.guard import PanelRequest
from panel.page import show_page
from panel.partners.partner_form import PartnerForm, values_of
from shop.clock import local_date, start_of_day, store_moment
from shop.record import record
from shop.show_day import show_short_day
from shop.show_money import show_money
from shop.store_admin import is_allowed

PARTNERS_SHOWN = 200
WEEKS = 12


def show_partners(request: PanelRequest) -> HttpResponse:
    """All partners with what is open: waiting for the return window, and due."""
    store = request.store
    at = store_moment(store, timezone.now())
    open_rows = Q(commissions__payout=None)
    partners = Partner.objects.filter(store=store).annotate(
        waiting=Sum(
            "commissions__amount",
            filter=open_rows & (Q(commissions__due_at=None) | Q(commissions__due_at__gt=at)),
            default=0,
        ),
        due=Sum("commissions__amount", filter=open_rows & Q(commissions__due_at__lte=at), default=0),
    )
    return show_page(
        request,
        "panel/partners/list.html",
        title=_("Partners who send you buyers"),
        store=store,
        partners=partners.order_by("-is_active", "name")[:PARTNERS_SHOWN],
        may_edit=is_allowed(request.role, "panel:partner_new", writing=True),
        may_pay=is_allowed(request.role, "panel:partner_payouts"),
    )


def show_partner(request: PanelRequest, code: str) -> HttpResponse:
    """One partner: the last weeks, what is open, its links, the statement's address, the payouts."""
    store = request.store
    partner = get_object_or_404(Partner.objects.select_related("contact"), store=store, code=code)
    partner.store = store
    at = store_moment(store, timezone.now())
    may_share = is_allowed(request.role, "panel:partner_statement", writing=True)
    return show_page(
        request,
        "panel/partners/page.html",
        title=partner.name,
        store=store,
        partner=partner,
        statement=statement_of(partner, at=at),
        chart=_weeks(partner, request, at=at),
        links=[(link, address_of(store, link.code)) for link in partner.links.order_by("code")],
        rates=partner.rates.order_by("group"),
        products=partner.products.select_related("product").order_by("product__sku"),
        may_share=may_share,
        shared=statement_link(partner) if may_share else None,
        may_edit=is_allowed(request.role, "panel:partner_edit", writing=True),
        now=at,
    )


def new_partner(request: PanelRequest) -> HttpResponse:
    return _edit(request, None)


def edit_partner(request: PanelRequest, code: str) -> HttpResponse:
    found = Partner.objects.select_related("contact")
    return _edit(request, get_object_or_404(found, store=request.store, code=code))


@require_POST
def share_statement(request: PanelRequest, code: str) -> HttpResponse:
    """A new private address for the statement, or none at all; the old one leads nowhere either way."""
    partner = get_object_or_404(Partner, store=request.store, code=code)
    is_closing = request.POST.get("act") == "close"
    with transaction.atomic():
        if is_closing:
            close_link(partner)
        else:
            renew_link(partner)
        record(
            "partner.statement_closed" if is_closing else "partner.statement_shared",
            store=request.store,
            at=store_moment(request.store, timezone.now()),
            subject=f"partner:{partner.code}",
            data={"by": request.user.pk},
        )
    said = (
        _("The link leads nowhere any more.")
        if is_closing
        else _("A new link is made. Old ones lead nowhere.")
    )
    messages.success(request, said)
    return HttpResponseRedirect(reverse("panel:partner", args=[partner.code]))


def _edit(request: PanelRequest, partner: Partner | None) -> HttpResponse:
    store = request.store
    if request.method != "POST":
        return _ask(request, PartnerForm(store=store, partner=partner, initial=values_of(partner)), partner)
    form = PartnerForm(request.POST, store=store, partner=partner)
    if form.is_valid():
        code = partner.code if partner else form.cleaned_data["code"]
        try:
            with transaction.atomic():
                at = store_moment(store, timezone.now())
                keep_partner(store, code, form.terms(), by=request.user, at=at)
        except PartnerRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved. It holds for orders placed from now on."))
            return HttpResponseRedirect(reverse("panel:partner", args=[code]))
    return _ask(request, form, partner)


def _ask(request: PanelRequest, form: PartnerForm, partner: Partner | None) -> HttpResponse:
    return show_page(
        request,
        "panel/partners/edit.html",
        title=_("What does “%(name)s” get?") % {"name": partner.name} if partner else _("Set up a partner"),
        partner=partner,
        form=form,
        status=400 if form.errors else 200,
    )


def _weeks(partner: Partner, request: PanelRequest, *, at: Any) -> BarChart:
    """Commission by the week in which the order was placed, less what came back of those orders."""
    store, language = partner.store, get_language() or "en"
    today = local_date(store, at)
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=WEEKS - 1 - place) for place in range(WEEKS)]
    since = start_of_day(store, starts[0])
    rows = Commission.objects.filter(partner=partner, order__placed_at__gte=since)
    sums = dict.fromkeys(starts, 0)
    for placed_at, amount in rows.values_list("order__placed_at", "amount"):
        day = local_date(store, placed_at)
        sums[min(day - timedelta(days=day.weekday()), monday)] += amount
    points = [
        Point(
            show_short_day(start, language=language),
            amount,
            show_money(amount, store.currency, language=language),
        )
        for start, amount in sums.items()
    ]
    total = show_money(sum(sums.values()), store.currency, language=language)
    summary = _("%(total)s in %(weeks)d weeks, less returns.") % {"total": total, "weeks": WEEKS}
    return bar_chart(points, title=_("Commission by week"), summary=summary, strong_last=True)
