"""Set up coupons: answer, look at the rule as one reads it aloud, start."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coupons.issue import IssueFault, IssueRefused
from loyalty.offer_document import OfferDocumentInvalid, parse
from loyalty.say_rule import say_rule
from panel.coupons.form import CouponForm
from panel.coupons.set_up import CouponPlan, Way, set_up, terms
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment

# What is wrong with the answers, and beside which field that is said.
FAULTS: dict[IssueFault, tuple[str | None, str | Promise]] = {
    IssueFault.CODE_TAKEN: ("public_code", gettext_lazy("Another coupon has this code. Choose another one.")),
    IssueFault.OFFER_ENDED: ("ends_on", gettext_lazy("This day is over. Choose today or a later one.")),
}


def new_coupons(request: PanelRequest) -> HttpResponse:
    """Questions, then the rule with what will happen (`look`), then the start (`start`)."""
    store = request.store
    at = store_moment(store, timezone.now())
    if request.method != "POST":
        return _ask(request, CouponForm(store=store))
    form = CouponForm(request.POST, store=store)
    if not form.is_valid() or form.refuse_past(at) or "change" in request.POST:
        return _ask(request, form)
    try:
        parse(terms(form.plan(), store))
        return _start(request, form.plan(), at=at) if "start" in request.POST else _look(request, form)
    except OfferDocumentInvalid as error:
        form.add_error(None, error.detail)
    except IssueRefused as refused:
        field, said = FAULTS.get(refused.code, (None, refused.code.value))
        form.add_error(field, str(said))
    return _ask(request, form)


def _ask(request: PanelRequest, form: CouponForm) -> HttpResponse:
    return show_page(
        request,
        "panel/coupons/new.html",
        title=_("Give out coupons"),
        store=request.store,
        form=form,
        status=400 if form.errors else 200,
    )


def _look(request: PanelRequest, form: CouponForm) -> HttpResponse:
    plan = form.plan()
    return show_page(
        request,
        "panel/coupons/look.html",
        title=_("Look at it once more, then start"),
        store=request.store,
        plan=plan,
        is_public=plan.way is Way.PUBLIC,
        is_named=plan.way is Way.NAMED,
        answers=[(name, request.POST.get(name, "")) for name in form.fields],
        rule=say_rule(terms(plan, request.store), request.store, language=request.LANGUAGE_CODE),
    )


def _start(request: PanelRequest, plan: CouponPlan, *, at: datetime) -> HttpResponse:
    campaign = set_up(request.store, plan, by=request.user, at=at)
    if plan.way is Way.PUBLIC:
        messages.success(request, _("Running. The code works from the next cart on."))
        return HttpResponseRedirect(reverse("panel:campaign", args=[campaign.code]))
    messages.success(request, _("Running. Now issue the codes."))
    return HttpResponseRedirect(reverse("panel:campaign_codes", args=[campaign.code]))
