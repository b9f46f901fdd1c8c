"""Publish an offer: the sentence, what to know before, the store's limits, the forecast; then one button."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.models import Offer
from loyalty.publish import PublishRefused, start
from loyalty.say_rule import say_rule
from panel.guard import PanelRequest
from panel.offers.find import Found, get_offer, newest_version
from panel.offers.forecast import ask_for_forecast, forecast_context
from panel.offers.known import read_known
from panel.offers.lowest import lowest_of
from panel.offers.say_fault import PUBLISH
from panel.offers.states import State
from panel.offers.warn import guard_rails, warnings
from panel.page import show_page
from reports.queries.discount_share import discount_share
from shop.clock import store_moment


def publish_offer(request: PanelRequest, code: str) -> HttpResponse:
    """GET shows what there is to know; POST works out the forecast, or publishes once there is one."""
    found = get_offer(request.store, code, at=_now(request))
    version = newest_version(found.offer)
    if version is None or found.offer.status != Offer.Status.DRAFT:
        return _back(code)
    version.offer.store = request.store
    forecast = forecast_context(request.store, version)
    if request.method == "POST":
        if "forecast" in request.POST:
            ask_for_forecast(request, version)
            return HttpResponseRedirect(reverse("panel:offer_publish", args=[code]))
        if forecast["forecast"] is not None:
            return _publish(request, found)
        messages.error(request, _("Look at the forecast first: it says what the offer would have cost."))
    known = read_known(request.store, at=_now(request))
    names = known.names(found.document)
    return show_page(
        request,
        "panel/offers/publish.html",
        title=_("Publish “%(name)s”") % {"name": found.offer.name},
        found=found,
        rule=say_rule(found.document, request.store, language=get_language() or "en", names=names),
        warnings=warnings(found.document, known, offer=found.offer, at=_now(request)),
        rails=guard_rails(request.store),
        share=discount_share(request.store, until=_now(request)),
        lowest=lowest_of(request.store, found.document, at=_now(request)),
        **forecast,
    )


def _publish(request: PanelRequest, found: Found) -> HttpResponse:
    try:
        with transaction.atomic():
            start(found.offer, at=_now(request))
    except PublishRefused as refused:
        messages.error(request, str(PUBLISH[refused.code][1]))
        return _back(found.offer.code)
    after = get_offer(request.store, found.offer.code, at=_now(request))
    if after.state is State.SCHEDULED:
        messages.success(request, _("Published. It begins by itself on its first day."))
    else:
        messages.success(request, _("Published. It works from the next cart on."))
    return _back(found.offer.code)


def _back(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("panel:offer", args=[code]))


def _now(request: PanelRequest) -> datetime:
    return store_moment(request.store, timezone.now())
