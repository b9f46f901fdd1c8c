"""Coupons for an offer that only coupons open: a campaign, whose codes are issued on its own page."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coupons.models import CouponCampaign
from loyalty.models import Offer
from panel.guard import PanelRequest
from panel.offers.find import get_offer
from panel.playbooks.free_code import free_code
from shop.clock import store_moment
from shop.record import record

VALID_DAYS = 30


@require_POST
def open_campaign(request: PanelRequest, code: str) -> HttpResponse:
    """Named or gift coupons, as `kind` says, good for thirty days from their issue."""
    store, at = request.store, store_moment(request.store, timezone.now())
    found = get_offer(store, code, at=at)
    needs_code = (found.document.get("audience") or {}).get("kind") == "coupon"
    if not needs_code or found.offer.status == Offer.Status.ARCHIVED:
        return HttpResponseRedirect(reverse("panel:offer", args=[code]))
    is_named = request.POST.get("kind") == CouponCampaign.Kind.NAMED
    with transaction.atomic():
        campaign = CouponCampaign.objects.create(
            store=store,
            code=free_code(found.offer.code, among=CouponCampaign.objects.filter(store=store)),
            name=found.offer.name,
            kind=CouponCampaign.Kind.NAMED if is_named else CouponCampaign.Kind.GIFT,
            offer=found.offer,
            valid_days=VALID_DAYS,
        )
        record(
            "campaign.started",
            store=store,
            at=at,
            subject=f"campaign:{campaign.code}",
            data={"by": request.user.pk, "kind": campaign.kind},
        )
    messages.success(request, _("The campaign is there. Now issue the codes."))
    return HttpResponseRedirect(reverse("panel:campaign_codes", args=[campaign.code]))
