"""What an offer would have done to last year's orders: asked for here, watched here, read here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.models import Offer, OfferVersion
from loyalty.say_rule import say_rule
from panel.bar_chart import BarChart, Point, bar_chart
from panel.guard import PanelRequest
from panel.offers.known import read_known
from panel.offers.say_forecast import say_break_even, say_forecast, say_missed, say_notes
from panel.page import show_page
from reports.forecast.figures import Forecast
from reports.forecast.run_forecast import latest_forecast, read_forecast, start_forecast
from shop.clock import store_moment
from shop.models import Job, Store
from shop.show_day import show_month
from shop.show_money import show_money

OPEN = (Job.Status.QUEUED, Job.Status.RUNNING)


def show_forecast(request: PanelRequest, code: str) -> HttpResponse:
    """GET shows the newest one (the page renews itself while it is worked out); POST asks for one."""
    offer = get_object_or_404(Offer, store=request.store, code=code)
    version = offer.versions.order_by("-number").first()
    if version is None:
        messages.warning(request, _("Say first what the offer gives, then see what it would have cost."))
        return HttpResponseRedirect(reverse("panel:offers"))
    if request.method == "POST":
        ask_for_forecast(request, version)
        return HttpResponseRedirect(reverse("panel:offer_forecast", args=[offer.code]))
    at = store_moment(request.store, timezone.now())
    names = read_known(request.store, at=at).names(version.document)
    return show_page(
        request,
        "panel/offers/forecast.html",
        title=_("Forecast of “%(name)s”") % {"name": offer.name},
        offer=offer,
        rule=say_rule(version.document, request.store, language=get_language() or "en", names=names),
        **forecast_context(request.store, version),
    )


def ask_for_forecast(request: PanelRequest, version: OfferVersion) -> Job:
    """The one that waits or runs already, or a new one."""
    job = latest_forecast(version)
    if job is not None and job.status in OPEN:
        return job
    return start_forecast(version, by=request.user, at=store_moment(request.store, timezone.now()))


def forecast_context(store: Store, version: OfferVersion) -> dict[str, Any]:
    """What `panel/offers/forecast_figures.html` shows, wherever it is included."""
    version.offer.store = store
    job = latest_forecast(version)
    found = None if job is None else read_forecast(job)
    context: dict[str, Any] = {"store": store, "job": job, "forecast": found, "is_working": False}
    if job is not None and job.status in OPEN:
        percent = job.done_count * 100 // job.total_count if job.total_count else 0
        context |= {"is_working": True, "percent": percent}
    if found is None:
        return context
    language = get_language() or "en"
    return context | {
        "said": say_forecast(found, store, language=language),
        "break_even": say_break_even(found, language=language),
        "missed": say_missed(found.missed, store, language=language),
        "notes": say_notes(found, language=language),
        "chart": _chart(found, store, language=language),
    }


def _chart(found: Forecast, store: Store, *, language: str) -> BarChart:
    points = [
        Point(
            label=show_month(month.starts_on, language=language),
            value=month.cost,
            text=show_money(month.cost, store.currency, language=language, is_rounded=True),
        )
        for month in found.months
    ]
    best = max(points, key=lambda point: point.value, default=None)
    summary = ""
    if best is not None:
        summary = _("The dearest month would have been %(month)s with %(cost)s.") % {
            "month": best.label,
            "cost": best.text,
        }
    return bar_chart(points, title=_("What it would have cost, by month"), summary=summary)
