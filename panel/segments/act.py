"""Put a segment away, and set the limits of the life cycle."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextInputWidget

from loyalty.models import LifeCycleLimits, Segment
from loyalty.segments.keep import SegmentFault, SegmentRefused, archive_segment
from loyalty.segments.limits import keep_limits
from panel.guard import PanelRequest
from panel.page import show_page
from panel.segments.say_refused import say_refused
from panel.segments.triggers_with import triggers_with
from shop.clock import store_moment
from triggers.models import Trigger

DAYS_MAX = 3_660


@require_POST
def put_away_segment(request: PanelRequest, code: str) -> HttpResponse:
    """Refused while a running offer or trigger needs it."""
    segment = get_object_or_404(Segment, store=request.store, code=code)
    try:
        with transaction.atomic():
            running = [one.name for one in triggers_with(segment) if one.status == Trigger.Status.RUNNING]
            if running:
                raise SegmentRefused(SegmentFault.IN_USE, users=running)
            archive_segment(segment, by=request.user, at=store_moment(request.store, timezone.now()))
    except SegmentRefused as refused:
        messages.error(request, say_refused(refused))
        return HttpResponseRedirect(reverse("panel:segment", args=[code]))
    messages.success(request, _("Archived. Nobody is in it any more; what happened stays."))
    return HttpResponseRedirect(reverse("panel:segments"))


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    class Meta:
        model = LifeCycleLimits
        fields = ("active_days", "passive_days", "lost_days")
        widgets = {  # noqa: RUF012  (as Django asks)
            name: UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}) for name in fields
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        days: list[Any] = [said.get(name) for name in self.Meta.fields]
        if all(days) and not 1 <= days[0] <= days[1] < days[2] <= DAYS_MAX:
            self.add_error("lost_days", _("The three grow: for example 30, 60 and 365."))
        return said


def edit_limits(request: PanelRequest) -> HttpResponse:
    found = LifeCycleLimits.objects.filter(store=request.store).first()
    form = LimitsForm(request.POST or None, instance=found or LifeCycleLimits(store=request.store))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            keep_limits(
                request.store,
                active_days=form.cleaned_data["active_days"],
                passive_days=form.cleaned_data["passive_days"],
                lost_days=form.cleaned_data["lost_days"],
                by=request.user,
                at=store_moment(request.store, timezone.now()),
            )
        messages.success(request, _("Saved. Segments of the life cycle are being looked at anew."))
        return HttpResponseRedirect(reverse("panel:segments"))
    return show_page(
        request,
        "panel/segments/limits.html",
        title=_("When is a buyer active, passive, lost?"),
        form=form,
        status=400 if form.errors else 200,
    )
