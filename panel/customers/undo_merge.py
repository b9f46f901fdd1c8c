"""Undo a merge, after a look at what goes back."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.merge import MergeRefused
from checkout.models import Merge
from checkout.transaction import atomic_with_retry
from checkout.unmerge import returns, undo_merge
from panel.customers.merge import SAID
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment


def undo_merge_of(request: PanelRequest, pk: int) -> HttpResponse:
    """`pk` is the merge's."""
    merge = get_object_or_404(
        Merge.objects.select_related("kept__store", "merged", "store"),
        store=request.store,
        pk=pk,
        undone_at=None,
    )
    if request.method == "POST" and _undo(request, merge):
        return HttpResponseRedirect(reverse("panel:customer", args=[merge.merged_id]))
    return show_page(
        request,
        "panel/customers/undo_merge.html",
        title=_("Undo the merge of customer %(ref)s") % {"ref": merge.merged.ref},
        merge=merge,
        returns=returns(merge, at=store_moment(request.store, timezone.now())),
    )


def _undo(request: PanelRequest, merge: Merge) -> bool:
    now = timezone.now()
    at = store_moment(request.store, now)
    try:
        done = atomic_with_retry(lambda: undo_merge(merge, by=request.user, at=at, at_recorded=now))
    except MergeRefused as refused:
        messages.error(request, str(SAID[refused.code]))
        return False
    messages.success(
        request, _("The merge is undone: %(points)s points went back.") % {"points": done.points_returned}
    )
    return True
