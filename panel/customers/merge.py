"""Merge another customer into this one: look for them, see both, and say yes."""

from django.contrib import messages
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout.merge import MergeFault, MergeRefused, merge_customers
from checkout.transaction import atomic_with_retry
from panel.customers.mask import Shown, show_person
from panel.customers.merges import show_side
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment
from shop.models import Customer
from shop.store_admin import sees_people

FOUND_MAX = 8
SEARCH_MIN = 2
TOKEN_LENGTH = 22
TEXT_MAX = 64
SAID = {
    MergeFault.ONESELF: gettext_lazy("This is the same customer. Choose another one."),
    MergeFault.OTHER_STORE: gettext_lazy("There is no such customer in this store."),
    MergeFault.ERASED: gettext_lazy("The personal data of one of the two was erased; they stay apart."),
    MergeFault.MERGED_ALREADY: gettext_lazy("One of the two has been merged meanwhile. Look at both pages."),
    MergeFault.KEY_TAKEN: gettext_lazy("This form was sent before for another customer. Begin again."),
    MergeFault.UNDONE_ALREADY: gettext_lazy("This merge was undone before."),
    MergeFault.MERGED_ON: gettext_lazy("The kept customer was merged since. Undo that merge first."),
}


def merge_customer(request: PanelRequest, pk: int) -> HttpResponse:
    """Without `with` a search, with it both customers side by side; a POST merges them."""
    kept = get_object_or_404(
        Customer.objects.select_related("person"),
        store=request.store,
        pk=pk,
        merged_into=None,
        erased_at=None,
    )
    kept.store = request.store
    is_open, at = sees_people(request), store_moment(request.store, timezone.now())
    others = _others(kept)
    named = request.POST.get("with") or request.GET.get("with", "")
    merged = others.filter(ref=named[:TEXT_MAX]).first() if named else None
    if request.method == "POST" and merged is not None and _merge(request, kept, merged):
        return HttpResponseRedirect(reverse("panel:customer", args=[kept.pk]))
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    return show_page(
        request,
        "panel/customers/merge.html",
        title=_("Merge with customer %(ref)s") % {"ref": kept.ref},
        store=request.store,
        customer=kept,
        text=text,
        found=[(one, _person(one, is_open=is_open)) for one in _found(others, text, is_open=is_open)],
        sides=[show_side(one, is_open=is_open, at=at) for one in (kept, merged)] if merged else [],
        token=request.POST.get("token") or get_random_string(TOKEN_LENGTH),
    )


def _others(kept: Customer) -> QuerySet[Customer]:
    """Those who can be merged away."""
    rows = Customer.objects.filter(store=kept.store, merged_into=None, erased_at=None).exclude(pk=kept.pk)
    return rows.select_related("person")


def _found(others: QuerySet[Customer], text: str, *, is_open: bool) -> QuerySet[Customer]:
    if len(text) < SEARCH_MIN:
        return others.none()
    wanted = Q(ref__istartswith=text)
    if is_open:
        wanted |= Q(person__name__icontains=text) | Q(person__email__istartswith=text)
    exact_first = Case(When(ref=text, then=Value(0)), default=Value(1))
    return others.filter(wanted).order_by(exact_first, "ref")[:FOUND_MAX]


def _person(customer: Customer, *, is_open: bool) -> Shown:
    return show_person(getattr(customer, "person", None), is_open=is_open)


def _merge(request: PanelRequest, kept: Customer, merged: Customer) -> bool:
    key = f"panel:{request.POST.get('token', '')[:TOKEN_LENGTH]}"
    now = timezone.now()
    at = store_moment(request.store, now)
    try:
        done = atomic_with_retry(
            lambda: merge_customers(kept, merged, key=key, by=request.user, at=at, at_recorded=now)
        )
    except MergeRefused as refused:
        messages.error(request, str(SAID[refused.code]))
        return False
    messages.success(
        request,
        _("Customer %(ref)s is merged: %(points)s points moved.")
        % {"ref": merged.ref, "points": done.points},
    )
    return True
