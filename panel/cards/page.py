"""Club cards: the plans, what each gives and how many hold it; and the form that sets one up."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clubcards.errors import CardRefused
from clubcards.keep_plan import keep_plan
from clubcards.models import CardPlan
from clubcards.open_plans import READY, open_plans
from clubcards.queries import plans_of
from panel.cards.plan_form import PlanForm, values_of
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment
from shop.store_admin import is_allowed

PLANS_MAX = 50


def show_plans(request: PanelRequest) -> HttpResponse:
    """All plans with their members now."""
    store = request.store
    plans = list(plans_of(store, at=store_moment(store, timezone.now()))[:PLANS_MAX])
    there = {plan.code for plan in plans}
    return show_page(
        request,
        "panel/cards/list.html",
        title=_("Cards that your best customers carry"),
        store=store,
        plans=plans,
        lacks_ready=not there.issuperset(READY),
        may_edit=is_allowed(request.role, "panel:card_plan", writing=True),
    )


@require_POST
def open_ready_plans(request: PanelRequest) -> HttpResponse:
    """VIP and Premium, where they are not there yet."""
    store = request.store
    try:
        with transaction.atomic():
            open_plans(store, by=request.user, at=store_moment(store, timezone.now()))
    except CardRefused:
        messages.error(
            request, _("An offer bears the name that one of these plans needs. Make the plan by hand.")
        )
    else:
        messages.success(
            request, _("VIP and Premium are there. Look at what they give, then give the first card.")
        )
    return HttpResponseRedirect(reverse("panel:cards"))


def new_plan(request: PanelRequest) -> HttpResponse:
    return _edit(request, None)


def edit_plan(request: PanelRequest, code: str) -> HttpResponse:
    return _edit(request, get_object_or_404(CardPlan, store=request.store, code=code))


def _edit(request: PanelRequest, plan: CardPlan | None) -> HttpResponse:
    store = request.store
    if request.method != "POST":
        return _ask(request, PlanForm(store=store, plan=plan, initial=values_of(plan)), plan)
    form = PlanForm(request.POST, store=store, plan=plan)
    if form.is_valid() and _keep(request, form, plan):
        messages.success(request, _("Saved. It holds for every cart priced from now on."))
        return HttpResponseRedirect(reverse("panel:cards"))
    return _ask(request, form, plan)


def _keep(request: PanelRequest, form: PlanForm, plan: CardPlan | None) -> bool:
    store = request.store
    code = plan.code if plan else form.cleaned_data["code"]
    if plan is None and CardPlan.objects.filter(store=store, code=code).exists():
        form.add_error("code", _("There is a plan of this code already."))
        return False
    try:
        with transaction.atomic():
            at = store_moment(store, timezone.now())
            keep_plan(store, code, form.settings(), by=request.user, at=at)
    except CardRefused as refused:
        form.refuse(refused.code, attr=refused.attr)
        return False
    return True


def _ask(request: PanelRequest, form: PlanForm, plan: CardPlan | None) -> HttpResponse:
    return show_page(
        request,
        "panel/cards/plan.html",
        title=_("What does “%(name)s” give?") % {"name": plan.name}
        if plan
        else _("Set up a card of your own"),
        plan=plan,
        form=form,
        status=400 if form.errors else 200,
    )
