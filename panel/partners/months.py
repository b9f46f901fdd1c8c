"""Months: closed once they are over, and the file that pays them."""

import csv
from datetime import date

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from checkout.transaction import atomic_with_retry
from loyalty.models import Commission, Payout
from loyalty.partners.close_month import MonthRefused, close_month, last_month_over, next_month, payouts_of
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import start_of_day, store_moment
from shop.record import record
from shop.show_day import show_whole_month
from shop.spreadsheet import unharmed

MONTHS_SHOWN = 24


def close(request: PanelRequest) -> HttpResponse:
    """GET says what closing would pay and lists the months before; POST closes the newest one that is over."""
    store, now = request.store, timezone.now()
    at = store_moment(store, now)
    month = last_month_over(store, at=at)
    if request.method == "POST":
        try:
            atomic_with_retry(lambda: close_month(store, month, by=request.user, at=at))
        except MonthRefused:
            messages.error(request, _("A later month is closed already."))
        else:
            messages.success(request, _("Closed. Take the file, and pay."))
        return HttpResponseRedirect(reverse("panel:partner_month"))
    months = (
        Payout.objects.filter(store=store).values("month").annotate(payable=Sum("payable")).order_by("-month")
    )
    is_closed = Payout.objects.filter(store=store, month=month).exists()
    ends_at = start_of_day(store, next_month(month))
    due = Commission.objects.filter(store=store, payout=None, due_at__lt=ends_at)
    return show_page(
        request,
        "panel/partners/months.html",
        title=_("Close %(month)s")
        % {"month": show_whole_month(month, language=get_language() or store.language)},
        store=store,
        month=month,
        is_closed=is_closed,
        due=due.aggregate(amount=Sum("amount", default=0))["amount"],
        partners=due.values("partner").distinct().count(),
        months=months[:MONTHS_SHOWN],
    )


@require_GET
def download_payouts(request: PanelRequest, month: str) -> HttpResponse:
    """One row per partner, then the total; money in the currency's smallest unit, so that no spreadsheet rounds it."""
    store = request.store
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    payouts = list(payouts_of(store, first))
    if not payouts:
        raise Http404
    record_export(request, first)
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="payouts-{month}.csv"',
            "Cache-Control": "no-store",
        },
    )
    writer = csv.writer(answer)
    unit = _("smallest unit of %(currency)s") % {"currency": store.currency}
    money = [_("brought forward"), _("earned"), _("taken back"), _("carried over"), _("to pay")]
    head = [_("partner"), _("name"), _("month"), _("orders")]
    writer.writerow([*head, *(f"{name} ({unit})" for name in money)])
    for each in payouts:
        words = [unharmed(each.partner.code), unharmed(each.partner.name), month]
        writer.writerow([*words, each.orders, *_amounts(each)])
    sums = [sum(column) for column in zip(*(_amounts(each) for each in payouts), strict=True)]
    writer.writerow([_("total"), "", month, sum(each.orders for each in payouts), *sums])
    return answer


def _amounts(payout: Payout) -> list[int]:
    return [payout.carried_in, payout.earned, payout.taken_back, payout.carried_out, payout.payable]


def record_export(request: PanelRequest, month: date) -> None:
    """Whoever takes the figures out is written down."""
    at = store_moment(request.store, timezone.now())
    said = {"month": month.isoformat(), "by": request.user.pk}
    atomic_with_retry(lambda: record("payouts.exported", store=request.store, at=at, data=said))
