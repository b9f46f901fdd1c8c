"""The sales plan of a month beside what was sold, where it is heading, and what offers are expected to bring."""

import re
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty.plan_sales import plan_of, plan_sales
from panel.guard import PanelRequest
from panel.page import show_page
from panel.plan.form import PlanForm, values_of
from panel.plan.say_outlook import bars, say_heading, say_offers, say_sold
from reports.queries.sales_outlook import next_month, sales_outlook
from shop.clock import local_date, store_moment
from shop.models import Store
from shop.show_day import show_whole_month
from shop.store_admin import is_allowed

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@require_GET
def show_plan(request: PanelRequest) -> HttpResponse:
    """`?month=2026-05`; without it the month that the shop is in."""
    store = request.store
    at = store_moment(store, timezone.now())
    month = _asked(request, at=at)
    plan, outlook = plan_of(store, month), sales_outlook(store, month, at=at)
    language = _language(store)
    return show_page(
        request,
        "panel/plan/page.html",
        title=_("The plan for %(month)s") % {"month": show_whole_month(month, language=language)},
        store=store,
        month=month,
        before=(month - timedelta(days=1)).replace(day=1),
        after=next_month(month),
        plan=plan,
        outlook=outlook,
        said=say_sold(outlook, plan, store=store, language=language),
        heading=say_heading(outlook, plan, store=store, language=language),
        bars=bars(outlook, plan, store=store, language=language),
        on_offers=say_offers(outlook, store=store, language=language),
        missing=sum(one.expected is None for one in outlook.offers),
        may_edit=is_allowed(request.role, "panel:sales_plan_edit", writing=True),
    )


def edit_plan(request: PanelRequest) -> HttpResponse:
    """Of the month that `?month=` names."""
    store = request.store
    at = store_moment(store, timezone.now())
    month = _asked(request, at=at)
    back = f"{reverse('panel:sales_plan')}?month={month:%Y-%m}"
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data, store=store, initial=values_of(plan_of(store, month)))
    if data is not None and form.is_valid():
        plan_sales(store, month, **form.cleaned_data, by=request.user, at=at)
        messages.success(request, _("Saved. The page shows from now on how far the month has come."))
        return HttpResponseRedirect(back)
    return show_page(
        request,
        "panel/plan/edit.html",
        title=_("What is %(month)s to bring?")
        % {"month": show_whole_month(month, language=_language(store))},
        form=form,
        back=back,
        guide=_guide(store, month, at=at),
        store=store,
        status=400 if form.errors else 200,
    )


def _asked(request: PanelRequest, *, at: datetime) -> date:
    """Raises Http404 for what is no month of this century."""
    asked = request.GET.get("month", "")
    if not asked:
        return local_date(request.store, at).replace(day=1)
    if not MONTH.fullmatch(asked):
        raise Http404
    return date.fromisoformat(f"{asked}-01")


def _language(store: Store) -> str:
    return get_language() or store.language


def _guide(store: Store, month: date, *, at: datetime) -> int | None:
    """What the month comes to at the ordinary pace, or came to."""
    return sales_outlook(store, month, at=at).projected
