"""Let a campaign rest, and let it go on."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coupons.models import Coupon, CouponCampaign
from loyalty.publish import pause, start
from panel.campaigns.page import get_campaign
from panel.guard import PanelRequest
from panel.page import show_page
from shop.record import record
from triggers.models import Message, Trigger


def pause_campaign(request: PanelRequest, code: str) -> HttpResponse:
    """GET says what will happen, with numbers; POST does it."""
    campaign = get_campaign(request.store, code)
    if request.method != "POST":
        return _ask(request, campaign, is_pausing=True)
    with transaction.atomic():
        pause(campaign.offer, at=timezone.now())
        _set_triggers(campaign, Trigger.Status.RUNNING, Trigger.Status.PAUSED)
        _note(request, campaign, "campaign.paused")
    messages.success(request, _("Paused. No new mail goes out, and its coupons are refused for now."))
    return _back(campaign)


def resume_campaign(request: PanelRequest, code: str) -> HttpResponse:
    """GET says what will happen, with numbers; POST does it."""
    campaign = get_campaign(request.store, code)
    if request.method != "POST":
        return _ask(request, campaign, is_pausing=False)
    with transaction.atomic():
        start(campaign.offer, at=timezone.now())
        _set_triggers(campaign, Trigger.Status.PAUSED, Trigger.Status.RUNNING)
        _note(request, campaign, "campaign.resumed")
    messages.success(request, _("Running again. Coupons work, and customers who are due get their mail."))
    return _back(campaign)


def _ask(request: PanelRequest, campaign: CouponCampaign, *, is_pausing: bool) -> HttpResponse:
    now = timezone.now()
    waiting = Message.objects.filter(trigger__campaign=campaign, status=Message.Status.DUE).count()
    unused = Coupon.objects.filter(campaign=campaign, used=0, ends_at__gt=now).count()
    title = _("Pause “%(name)s”?") if is_pausing else _("Resume “%(name)s”?")
    return show_page(
        request,
        "panel/campaigns/ask.html",
        title=title % {"name": campaign.name},
        campaign=campaign,
        is_pausing=is_pausing,
        waiting=waiting,
        unused=unused,
    )


def _set_triggers(campaign: CouponCampaign, before: str, after: str) -> None:
    Trigger.objects.filter(campaign=campaign, status=before).update(status=after)


def _note(request: PanelRequest, campaign: CouponCampaign, kind: str) -> None:
    record(
        kind,
        store=request.store,
        at=timezone.now(),
        subject=f"campaign:{campaign.code}",
        data={"by": request.user.pk},
    )


def _back(campaign: CouponCampaign) -> HttpResponse:
    return HttpResponseRedirect(reverse("panel:campaign", args=[campaign.code]))
