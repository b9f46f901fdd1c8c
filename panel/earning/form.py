"""An earning rule in plain words: what a shop's owner decides."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from clubcards.models import CardPlan
from loyalty.keep_rule import RulePlan
from loyalty.models import EarningRule, Tier
from loyalty.say_earning import show_factor
from shop.clock import end_of_day
from shop.models import ProductGroup, Store
from shop.money_field import MoneyField

CHOICES_MAX = 500
POINTS_MAX = 1_000_000
DAYS_MAX = 3_660
FACTOR = re.compile(r"^(\d{1,2})(?:[.,](\d{1,2}))?$")
Kind = EarningRule.Kind
# Which questions belong to which kind; what does not belong is left out of the rule.
BELONGS: dict[str, frozenset[str]] = {
    Kind.AMOUNT: frozenset({"points", "per_amount", "group", "tiers", "plans", "cap_points", "cap_period"}),
    Kind.ORDER: frozenset({"points", "group", "tiers", "plans", "cap_points", "cap_period"}),
    Kind.EVENT: frozenset({"points", "event", "cap_points", "cap_period", "cooldown_days"}),
    Kind.MULTIPLIER: frozenset({"factor_bp", "group", "tiers", "plans"}),
}
NEEDS = {
    Kind.AMOUNT: ("points", "per_amount"),
    Kind.ORDER: ("points",),
    Kind.EVENT: ("points", "event"),
    Kind.MULTIPLIER: ("factor_bp",),
}


class FactorField(forms.Field):
    """ "2.5" becomes 25 000 basis points; above 1; no float on the way."""

    def prepare_value(self, value: Any) -> Any:
        return show_factor(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        found = FACTOR.match(str(value).strip())
        factor_bp = int(found[1]) * 10_000 + int((found[2] or "").ljust(2, "0")) * 100 if found else 0
        if factor_bp <= 10_000:
            raise ValidationError(_("Type a number above 1, for example 2 or 1.5."), code="invalid")
        return factor_bp


def _number(label: Any, help_text: Any, *, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=1,
        max_value=most,
        widget=UnfoldAdminIntegerFieldWidget(),
    )


class RuleForm(forms.Form):
    """Cleaned data becomes a RulePlan."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("For yourself, for example Double points for Gold."),
        widget=UnfoldAdminTextInputWidget(),
    )
    kind = forms.ChoiceField(
        label=_("Gives points"),
        choices=Kind.choices,
        help_text=_("The questions that do not belong to it may stay empty."),
        widget=UnfoldAdminSelectWidget(),
    )
    points = _number(_("Points"), _("How many are given, for example 1."), most=POINTS_MAX)
    per_amount = MoneyField(
        label=_("For every"),
        required=False,
        help_text=_("The amount paid for goods that earns them, for example 1.00."),
    )
    factor_bp = FactorField(
        label=_("Times"),
        required=False,
        help_text=_("Of a multiplier: for example 2 for double points. Multipliers add up: 2 and 3 make 4."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )
    event = forms.ChoiceField(
        label=_("When a member"),
        required=False,
        choices=[("", _("none")), *EarningRule.Event.choices],
        help_text=_("Reviews and likes are reported by your storefront; the rest is known here."),
        widget=UnfoldAdminSelectWidget(),
    )
    group = forms.ChoiceField(
        label=_("On these goods"),
        required=False,
        help_text=_("A group has a rate of its own, on top of the rule for all goods."),
        widget=UnfoldAdminSelectWidget(),
    )
    tiers = forms.MultipleChoiceField(
        label=_("Only for these tiers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    plans = forms.MultipleChoiceField(
        label=_("Only for holders of these cards"),
        required=False,
        help_text=_("Whoever has one of the tiers or cards that are ticked. Nothing ticked: everybody."),
        widget=forms.CheckboxSelectMultiple,
    )
    cap_points = _number(
        _("At most, points"),
        _(
            "This rule gives one customer no more than this in the period below, for example 500. Empty: no limit."
        ),
        most=POINTS_MAX,
    )
    cap_period = forms.ChoiceField(
        label=_("In a"),
        required=False,
        choices=[("", _("none")), *EarningRule.Period.choices],
        help_text=_("By the store's calendar: a month begins on the 1st."),
        widget=UnfoldAdminSelectWidget(),
    )
    cooldown_days = _number(
        _("Not again for, days"),
        _("After an event has given points, for example 30. Empty: each event counts."),
        most=DAYS_MAX,
    )
    life_days = forms.IntegerField(
        label=_("Points live, days"),
        min_value=1,
        max_value=DAYS_MAX,
        help_text=_(
            "From the day they become spendable, where the store's points do not end with the calendar."
        ),
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_(
            "The rule gives points to the end of this day, for example 31 December. Empty: without end."
        ),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store
        amount = self.fields["per_amount"]
        assert isinstance(amount, MoneyField)
        amount.set_currency(store.currency)
        groups = ProductGroup.objects.filter(store=store).order_by("name").values_list("code", "name")
        self._offer("group", [("", str(_("all goods"))), *groups[:CHOICES_MAX]])
        tiers = Tier.objects.filter(store=store).order_by("id").values_list("code", "name")
        self._offer("tiers", list(tiers[:CHOICES_MAX]))
        plans = CardPlan.objects.filter(store=store).order_by("name").values_list("code", "name")
        self._offer("plans", list(plans[:CHOICES_MAX]))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        kind = said.get("kind", "")
        for name in NEEDS.get(kind, ()):
            if name not in self.errors and not said.get(name):
                self.add_error(name, _("This kind of rule needs an answer here."))
        if bool(said.get("cap_points")) != bool(said.get("cap_period")) and kind != Kind.MULTIPLIER:
            self.add_error("cap_period", _("Fill in both, how many points and in which period, or neither."))
        return said

    def plan(self) -> RulePlan:
        """Only after `is_valid()`."""
        said, kind = self.cleaned_data, self.cleaned_data["kind"]
        mine = {name: said[name] for name in BELONGS[kind] if name in said}
        for name in ("tiers", "plans"):
            if name in mine:
                mine[name] = tuple(mine[name])
        if mine.get("cap_period") == "":
            mine["cap_points"] = None
        ends_on = said["ends_on"]
        return RulePlan(
            name=said["name"],
            kind=kind,
            life_days=said["life_days"],
            ends_at=None if ends_on is None else end_of_day(self.store, ends_on),
            **mine,
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if not choices:
            del self.fields[name]
