"""Let an offer rest, go on, or end for good; copy it; give it other days. Each says first what will happen."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coupons.models import Coupon
from loyalty.models import Offer
from loyalty.publish import PublishFault, PublishRefused, archive, pause, start
from panel.guard import PanelRequest
from panel.offers.find import Found, get_offer, given_by
from panel.offers.frame import FrameForm
from panel.offers.judge import ends_later
from panel.offers.save import duplicate, save_offer
from panel.offers.say_fault import PUBLISH
from panel.offers.states import State
from panel.page import show_page
from shop.clock import store_moment

DAYS = ("starts_on", "starts_time", "ends_on", "ends_time")


def pause_offer(request: PanelRequest, code: str) -> HttpResponse:
    """GET says what will happen, with numbers; POST does it."""
    return _act(request, code, "pause", pause, _("Paused. From the next cart on it gives nothing."))


def resume_offer(request: PanelRequest, code: str) -> HttpResponse:
    """GET says what will happen, with numbers; POST does it."""
    return _act(request, code, "resume", start, _("Running again, from the next cart on."))


def archive_offer(request: PanelRequest, code: str) -> HttpResponse:
    """GET says what will happen, with numbers; POST does it."""
    return _act(request, code, "archive", archive, _("Archived. What it gave stays with the orders."))


def duplicate_offer(request: PanelRequest, code: str) -> HttpResponse:
    """POST makes a draft with the same terms and opens it."""
    found = get_offer(request.store, code, at=_now(request))
    if request.method != "POST" or not found.document:
        return _back(code)
    name = _("%(name)s (copy)") % {"name": found.offer.name[:90]}
    copy = duplicate(found.offer, found.document, name=name, by=request.user, at=_now(request))
    messages.success(
        request, _("This is the copy, a draft. Its days are empty: an announced end belongs to the other.")
    )
    return HttpResponseRedirect(reverse("panel:offer_edit", args=[copy.code]))


def schedule_offer(request: PanelRequest, code: str) -> HttpResponse:
    """Other days for the same terms. GET asks, POST makes a version with them."""
    found = get_offer(request.store, code, at=_now(request))
    if found.state is State.ARCHIVED or not found.document:
        return _back(code)
    values = {**found.document, "name": found.offer.name}
    data = request.POST if request.method == "POST" else None
    form = FrameForm(data, store=request.store, values=values, initial={"name": found.offer.name})
    for name in set(form.fields) - set(DAYS):
        del form.fields[name]
    if data is not None and form.is_valid() and _keep_days(request, found, form):
        messages.success(request, _("These are its days now."))
        return _back(code)
    return show_page(
        request,
        "panel/offers/schedule.html",
        title=_("On which days does “%(name)s” run?") % {"name": found.offer.name},
        found=found,
        form=form,
        is_draft=found.state is State.DRAFT,
        status=400 if form.errors else 200,
    )


def _keep_days(request: PanelRequest, found: Found, form: FrameForm) -> bool:
    starts, ends = form.moments()
    days = {
        "starts_at": starts.isoformat() if starts else None,
        "ends_at": ends.isoformat() if ends else None,
    }
    document: dict[str, Any] = {
        **found.document,
        "schedule": {**(found.document.get("schedule") or {}), **days},
    }
    if found.offer.status != Offer.Status.DRAFT and ends_later(found.document, document):
        form.add_error("ends_on", str(PUBLISH[PublishFault.END_MOVED_LATER][1]))
        return False
    save_offer(request.store, found.offer, document, name=found.offer.name, by=request.user, at=_now(request))
    return True


def _act(request: PanelRequest, code: str, act: str, verb: Any, done: str) -> HttpResponse:
    found = get_offer(request.store, code, at=_now(request))
    if request.method != "POST":
        return _ask(request, found, act)
    try:
        with transaction.atomic():
            verb(found.offer, at=_now(request))
    except PublishRefused as refused:
        messages.error(request, str(PUBLISH[refused.code][1]))
    else:
        messages.success(request, done)
    return _back(code)


def _ask(request: PanelRequest, found: Found, act: str) -> HttpResponse:
    titles = {
        "pause": _("Pause “%(name)s”?"),
        "resume": _("Let “%(name)s” go on?"),
        "archive": _("Archive “%(name)s” for good?"),
    }
    now = _now(request)
    unused = Coupon.objects.filter(campaign__offer=found.offer, used=0, ends_at__gt=now)
    return show_page(
        request,
        "panel/offers/ask.html",
        title=titles[act] % {"name": found.offer.name},
        store=request.store,
        found=found,
        act=act,
        given=given_by(request.store, [found.offer]).get(found.offer.pk),
        unused=unused.exclude(revocation__isnull=False).count(),
        status=200,
    )


def _back(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("panel:offer", args=[code]))


def _now(request: PanelRequest) -> datetime:
    return store_moment(request.store, timezone.now())
