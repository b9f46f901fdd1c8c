"""Earning: what members get points for, as sentences; what an order would earn; and when points end."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clubcards.models import CardPlan
from loyalty.keep_rule import RuleFault, RulePlan, RuleRefused, end_rule, keep_rule, rules_of
from loyalty.models import EarningRule, Tier
from loyalty.points_end import points_end
from loyalty.say_earning import say_earning
from panel.earning.form import RuleForm
from panel.earning.sample import would_earn
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import local_date, store_moment
from shop.models import ProductGroup, Store
from shop.store_admin import is_allowed

SAID = {
    RuleFault.ENDED: gettext_lazy("This rule has ended. Make a new one."),
    RuleFault.TOO_MANY: gettext_lazy("There are too many rules. End one that you do not need any more."),
    RuleFault.WINDOW: gettext_lazy("The last day is over already. Choose a later one, or none."),
}
EXPIRY_FIELDS = ("points_expiry", "points_grace_days", "points_slide_days")


@dataclass(frozen=True, slots=True)
class Shown:
    """One rule as a sentence. `begins`: it has not begun yet."""

    rule: EarningRule
    sentence: str
    begins: bool


def show_earning(request: PanelRequest) -> HttpResponse:
    """The rules in force and to come, a sample order, and the choice of when points end."""
    store, language = request.store, get_language() or "en"
    at = store_moment(store, timezone.now())
    names = _names(store)
    shown = [
        Shown(rule, say_earning(rule, store, language=language, names=names), begins=rule.starts_at > at)
        for rule in rules_of(store, at=at)
    ]
    # A multiplier gives no points of its own.
    example = next((one.rule for one in shown if one.rule.kind != EarningRule.Kind.MULTIPLIER), None)
    return show_page(
        request,
        "panel/earning/list.html",
        title=_("What members get points for"),
        store=store,
        rules=shown,
        sample=would_earn(store, at=at, language=language) if shown else None,
        expiry=store.get_points_expiry_display(),
        example=example,
        ends_on=_example(store, example, at=at) if example else None,
        may_edit=is_allowed(request.role, "panel:earning_new", writing=True),
    )


def new_rule(request: PanelRequest) -> HttpResponse:
    return _edit(request, None)


def edit_rule(request: PanelRequest, code: str) -> HttpResponse:
    at = store_moment(request.store, timezone.now())
    rule = rules_of(request.store, at=at).filter(code=code).order_by("-number").first()
    if rule is None:
        raise Http404
    return _edit(request, rule)


@require_POST
def stop_rule(request: PanelRequest, code: str) -> HttpResponse:
    """Nothing earns by it from now on; what was earned stays."""
    store = request.store
    try:
        with transaction.atomic():
            end_rule(store, code, by=request.user, at=store_moment(store, timezone.now()))
    except RuleRefused as refused:
        messages.error(request, str(SAID[refused.code]))
    else:
        messages.success(request, _("The rule has ended. Points that were earned by it stay."))
    return HttpResponseRedirect(reverse("panel:earning"))


class ExpiryForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    class Meta:
        model = Store
        fields = EXPIRY_FIELDS


def edit_expiry(request: PanelRequest) -> HttpResponse:
    """When points end: for points that are earned from now on."""
    store = Store.objects.get(pk=request.store.pk)
    form = ExpiryForm(request.POST if request.method == "POST" else None, instance=store)
    if request.method == "POST" and form.is_valid():
        Store.objects.filter(pk=store.pk).update(**{name: form.cleaned_data[name] for name in EXPIRY_FIELDS})
        messages.success(request, _("Saved. Points that customers have already keep their end."))
        return HttpResponseRedirect(reverse("panel:earning"))
    return show_page(
        request,
        "panel/earning/expiry.html",
        title=_("When points end"),
        form=form,
        status=400 if form.errors else 200,
    )


def _edit(request: PanelRequest, rule: EarningRule | None) -> HttpResponse:
    store = request.store
    if request.method != "POST":
        return _ask(request, RuleForm(store=store, initial=_values(store, rule)), rule)
    form = RuleForm(request.POST, store=store)
    if form.is_valid() and _keep(request, form, rule):
        messages.success(
            request, _("Saved. It holds for every order from now on; earlier ones keep their rule.")
        )
        return HttpResponseRedirect(reverse("panel:earning"))
    return _ask(request, form, rule)


def _keep(request: PanelRequest, form: RuleForm, rule: EarningRule | None) -> bool:
    store = request.store
    at = store_moment(store, timezone.now())
    try:
        with transaction.atomic():
            keep_rule(store, form.plan(), code=rule.code if rule else None, by=request.user, at=at)
    except RuleRefused as refused:
        form.add_error("ends_on" if refused.code is RuleFault.WINDOW else None, str(SAID[refused.code]))
        return False
    return True


def _ask(request: PanelRequest, form: RuleForm, rule: EarningRule | None) -> HttpResponse:
    return show_page(
        request,
        "panel/earning/edit.html",
        title=_("Change “%(name)s”") % {"name": rule.name} if rule else _("Give points for something"),
        rule=rule,
        form=form,
        status=400 if form.errors else 200,
    )


def _values(store: Store, rule: EarningRule | None) -> dict[str, object]:
    if rule is None:
        return {"kind": EarningRule.Kind.AMOUNT, "points": 1, "per_amount": 100, "life_days": 365}
    values: dict[str, object] = {field.name: getattr(rule, field.name) for field in fields(RulePlan)}
    if rule.ends_at is not None:
        # The last moment of the last day, so to speak.
        values["ends_on"] = local_date(store, rule.ends_at - timedelta(microseconds=1))
    return values


def _names(store: Store) -> dict[str, str]:
    """Of groups, tiers and plans, by code. Three small queries."""
    rows: dict[str, str] = {}
    rows.update(ProductGroup.objects.filter(store=store).values_list("code", "name"))
    rows.update(Tier.objects.filter(store=store).values_list("code", "name"))
    rows.update(CardPlan.objects.filter(store=store).values_list("code", "name"))
    return rows


def _example(store: Store, rule: EarningRule, *, at: datetime) -> date:
    """The last day of points of this rule that become spendable today."""
    ends_at = points_end(store, active_at=at, life_days=rule.life_days)
    return local_date(store, ends_at - timedelta(microseconds=1))
