"""Tiers: the ladder with the customers on it, and the form that changes it."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty.models import TierChange, TierRules
from loyalty.tiers.find_standing import people_by_tier
from loyalty.tiers.keep_ladder import LadderPlan, LadderRefused, keep_ladder, refuse_unfit
from loyalty.tiers.recompute_store import KIND
from panel.guard import PanelRequest
from panel.page import show_page
from panel.playbooks.start_mails import start_mails
from panel.tiers.example import example_ladder
from panel.tiers.ladder_form import LadderForm, StepForm, read_plan, refuse, step_forms, values_of
from panel.tiers.mails import TIER_MAILS, mails_of
from panel.tiers.picture import say_rules, stairs
from panel.tiers.preview import expect
from shop.clock import store_moment
from shop.models import Customer, Job, Store
from shop.store_admin import is_allowed

CHANGES_MAX = 10


def show_tiers(request: PanelRequest) -> HttpResponse:
    store = request.store
    rules = _rules(store)
    language = get_language() or store.language
    people = people_by_tier(store)
    steps = stairs(store, rules, people=people, language=language) if rules else []
    members = Customer.objects.filter(store=store, joined_at__isnull=False, erased_at__isnull=True).count()
    return show_page(
        request,
        "panel/tiers/page.html",
        title=_("A ladder that customers climb"),
        store=store,
        rules=rules,
        said=say_rules(rules) if rules else "",
        steps=steps,
        on_none=max(members - sum(step.people for step in steps), 0),
        job=Job.objects.filter(store=store, kind=KIND, status__in=["queued", "running"]).first(),
        changes=TierChange.objects.filter(store=store)
        .select_related("customer", "tier", "before")
        .order_by("-at", "-id")[:CHANGES_MAX],
        mails=(mails := mails_of(store)),
        mails_missing=any(mail.trigger is None for mail in mails),
        may_edit=is_allowed(request.role, "panel:tiers_edit", writing=True),
    )


@require_POST
def open_example(request: PanelRequest) -> HttpResponse:
    """Silver and Gold, where there is no ladder yet."""
    if _rules(request.store) is None:
        _save(request, example_ladder())
        messages.success(request, _("Silver and Gold are there. Customers are being placed on them now."))
    return HttpResponseRedirect(reverse("panel:tiers"))


def edit_tiers(request: PanelRequest) -> HttpResponse:
    """“See who would stand where” shows the numbers; “Save” saves."""
    store, rules = request.store, _rules(request.store)
    data = request.POST if request.method == "POST" else None
    form, steps = LadderForm(data, initial=values_of(rules)), step_forms(data, rules, store=store)
    if data is None:
        return _ask(request, form, steps, rules)
    plan = read_plan(form, steps, store=store)
    if plan is None or not _fits(plan, steps):
        return _ask(request, form, steps, rules, status=400)
    if "look" in data:
        return _ask(request, form, steps, rules, plan=plan)
    _save(request, plan)
    messages.success(request, _("Saved. Customers are being placed on the ladder now; it takes a moment."))
    return HttpResponseRedirect(reverse("panel:tiers"))


@require_POST
def tell_customers(request: PanelRequest) -> HttpResponse:
    """Start the mails that are not there yet, with words that fit."""
    with transaction.atomic():
        start_mails(request.store, TIER_MAILS, by=request.user, at=_now(request.store))
    messages.success(
        request, _("From now on customers are told. Change the words under Triggers whenever you like.")
    )
    return HttpResponseRedirect(reverse("panel:tiers"))


@require_POST
def end_tiers(request: PanelRequest) -> HttpResponse:
    """A ladder without steps: nobody has a tier any more."""
    rules = _rules(request.store)
    if rules is not None:
        _save(request, LadderPlan(rules.measure, rules.period, rules.months, rules.grace_days, ()))
        messages.success(request, _("The ladder has ended. Nobody has a tier any more."))
    return HttpResponseRedirect(reverse("panel:tiers"))


def _rules(store: Store) -> TierRules | None:
    """The present version; None where there is no ladder, or it has ended."""
    rules = TierRules.objects.filter(store=store).order_by("number").last()
    return rules if rules is not None and rules.steps.exists() else None


def _fits(plan: LadderPlan, steps: list[StepForm]) -> bool:
    try:
        refuse_unfit(plan)
    except LadderRefused as refused:
        refuse(steps, refused)
        return False
    return True


def _save(request: PanelRequest, plan: LadderPlan) -> None:
    now = timezone.now()
    with transaction.atomic():
        keep_ladder(
            request.store, plan, by=request.user, at=store_moment(request.store, now), at_recorded=now
        )


def _ask(
    request: PanelRequest,
    form: LadderForm,
    steps: list[StepForm],
    rules: TierRules | None,
    *,
    plan: LadderPlan | None = None,
    status: int = 200,
) -> HttpResponse:
    return show_page(
        request,
        "panel/tiers/edit.html",
        title=_("Who stands where, and what it takes"),
        store=request.store,
        form=form,
        steps=steps[: _shown(steps)],
        more=steps[_shown(steps) :],
        rules=rules,
        expected=None if plan is None else expect(request.store, plan, at=_now(request.store)),
        status=status,
    )


def _shown(steps: list[StepForm]) -> int:
    """Those with a name, and one that is empty: the others wait behind a line."""
    named = [place for place, step in enumerate(steps, start=1) if step["name"].value()]
    return max(named, default=0) + 1


def _now(store: Store) -> datetime:
    return store_moment(store, timezone.now())
