"""Rewards that customers took for points: handed over by a person, or given back with their points."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from checkout.grant_rewards import withdraw_granted
from loyalty.catalogue_take import cancel_take, promises_of
from loyalty.models import CatalogueTake, Reward
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment

SHOWN_MAX = 100


@require_safe
def show_takes(request: PanelRequest) -> HttpResponse:
    """The newest first."""
    takes = CatalogueTake.objects.filter(store=request.store).select_related("item", "customer")
    newest = list(takes.order_by("-at", "-id")[:SHOWN_MAX])
    promises = promises_of(request.store, newest)
    return show_page(
        request,
        "panel/earning/takes.html",
        title=_("Rewards that customers took for points"),
        takes=[(take, promises.get(take.pk)) for take in newest],
        gift=Reward.Kind.GIFT,
    )


@require_POST
def give_back_take(request: PanelRequest, pk: int) -> HttpResponse:
    """The points go back to where they came from; a coupon that was not used is taken back."""
    store = request.store
    take = get_object_or_404(
        CatalogueTake.objects.select_related("store", "item", "customer"), store=store, pk=pk
    )
    now = timezone.now()
    at = store_moment(store, now)
    with transaction.atomic():
        promise = cancel_take(take, by=request.user, at=at, at_recorded=now)
        if promise is not None and promise.granted_at is not None:
            withdraw_granted(promise, at=at)
    if promise is not None:
        said = ngettext("%(n)d point went back.", "%(n)d points went back.", take.points)
        messages.success(request, said % {"n": take.points})
    return HttpResponseRedirect(reverse("panel:takes"))


@require_POST
def hand_over_take(request: PanelRequest, pk: int) -> HttpResponse:
    """The gift is with its customer."""
    take = get_object_or_404(CatalogueTake, store=request.store, pk=pk)
    promise = promises_of(request.store, [take]).get(take.pk)
    if promise is not None and promise.kind == Reward.Kind.GIFT:
        open_promise = Reward.objects.filter(pk=promise.pk, granted_at=None, withdrawn_at=None)
        open_promise.update(granted_at=store_moment(request.store, timezone.now()))
    return HttpResponseRedirect(reverse("panel:takes"))
