"""The ladder in plain words: what is counted, over which time, and what each tier asks for."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from loyalty.models import TierRules
from loyalty.tiers.keep_ladder import (
    GRACE_DAYS_MAX,
    MONTHS_MAX,
    LadderFault,
    LadderPlan,
    LadderRefused,
    StepPlan,
)
from panel.tiers.example import example_ladder
from shop.models import Store
from shop.money_field import MoneyField

STEPS_MAX = 6
SAID = {
    LadderFault.THRESHOLD_TWICE: gettext_lazy("Two tiers ask for the same. Give each its own."),
    LadderFault.CODE_TWICE: gettext_lazy("Two tiers bear the same name. Give each its own."),
    LadderFault.THRESHOLD_TOO_LOW: gettext_lazy("Ask for more than nothing."),
}


class LadderForm(forms.Form):
    """Cleaned data becomes the plan of `keep_ladder`."""

    measure = forms.ChoiceField(
        label=gettext_lazy("What is counted"),
        choices=TierRules.Measure.choices,
        help_text=gettext_lazy(
            "Money and orders count from the moment an order is placed, less what comes back. Points count though they "
            "are still pending, and spending them takes nothing away."
        ),
        widget=UnfoldAdminSelectWidget(),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("Over which time"),
        choices=TierRules.Period.choices,
        help_text=gettext_lazy(
            "The last months: a tier is kept for twelve months from the day it was reached. A calendar period: to its "
            "end, when counting begins anew."
        ),
        widget=UnfoldAdminSelectWidget(),
    )
    months = forms.IntegerField(
        label=gettext_lazy("How many months"),
        required=False,
        min_value=1,
        max_value=MONTHS_MAX,
        help_text=gettext_lazy("Only for the last months, for example 12."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
    grace_days = forms.IntegerField(
        label=gettext_lazy("Days of grace"),
        min_value=0,
        max_value=GRACE_DAYS_MAX,
        help_text=gettext_lazy(
            "Whoever has not earned the tier again keeps it this much longer, for example 30. 0: no longer."
        ),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )

    def clean_months(self) -> int | None:
        is_rolling = self.data.get("period") == TierRules.Period.ROLLING
        months: int | None = self.cleaned_data["months"]
        if is_rolling and months is None:
            raise ValidationError(_("Say how many months count, for example 12."))
        return months if is_rolling else None


class StepForm(forms.Form):
    """One tier. A row without a name is none."""

    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    name = forms.CharField(
        label=gettext_lazy("Name of the tier"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As customers read it, for example Gold. Empty: no such tier."),
        widget=UnfoldAdminTextInputWidget(),
    )
    threshold = forms.CharField(
        label=gettext_lazy("Reached from"),
        required=False,
        max_length=16,
        help_text=gettext_lazy(
            "An amount like 500.00, or a number of points or orders. Exactly this is enough."
        ),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )
    benefits = forms.CharField(
        label=gettext_lazy("What it gives, in your words"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("For example A contact person of your own. Offers name the tier themselves."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    @property
    def is_meant(self) -> bool:
        return bool(self.cleaned_data.get("name"))

    def read(self, *, measure: str, currency: str, place: int) -> StepPlan | None:
        """None, with the error at its field, where the threshold cannot be read. Only after `is_valid()`."""
        typed = self.cleaned_data["threshold"]
        try:
            threshold = read_threshold(typed, measure=measure, currency=currency)
        except ValidationError as error:
            self.add_error("threshold", error)
            return None
        name = self.cleaned_data["name"]
        code = self.cleaned_data["code"] or slugify(name)[:40] or f"tier-{place + 1}"
        return StepPlan(code=code, name=name, threshold=threshold, benefits=self.cleaned_data["benefits"])


def read_threshold(typed: str, *, measure: str, currency: str) -> int:
    """Minor units of money, points or orders. Raises ValidationError."""
    field: forms.Field = (
        MoneyField(currency=currency)
        if measure == TierRules.Measure.SPEND
        else forms.IntegerField(min_value=1)
    )
    value = field.clean(typed)
    assert isinstance(value, int), "a required field has a value"
    return value


def read_plan(form: LadderForm, steps: Iterable[StepForm], *, store: Store) -> LadderPlan | None:
    """None where something is at fault, and then the forms say what."""
    if not form.is_valid() or not all(step.is_valid() for step in steps):
        return None
    measure = form.cleaned_data["measure"]
    meant = [step for step in steps if step.is_meant]
    read = [
        step.read(measure=measure, currency=store.currency, place=place) for place, step in enumerate(meant)
    ]
    plans = [plan for plan in read if plan is not None]
    if len(plans) < len(read):
        return None
    if not plans:
        form.add_error(None, _("Name at least one tier."))
        return None
    return LadderPlan(
        measure=measure,
        period=form.cleaned_data["period"],
        months=form.cleaned_data["months"],
        grace_days=form.cleaned_data["grace_days"],
        steps=tuple(plans),
    )


def refuse(steps: Iterable[StepForm], refused: LadderRefused) -> None:
    """Say what the verb found, at the tier that is at fault."""
    meant = [step for step in steps if step.is_meant]
    field = "name" if refused.code is LadderFault.CODE_TWICE else "threshold"
    meant[refused.place or 0].add_error(field, str(SAID.get(refused.code, refused.code.value)))


def values_of(rules: TierRules | None) -> dict[str, Any]:
    """What the form begins with: the ladder as it is, or the example."""
    begins_with = example_ladder() if rules is None else rules
    return {name: getattr(begins_with, name) for name in ("measure", "period", "months", "grace_days")}


def step_forms(data: Any, rules: TierRules | None, *, store: Store) -> list[StepForm]:
    """A row for each tier there is, the lowest first, and empty ones behind them."""
    rows = _rows_of_example() if rules is None else _rows_of(rules, store)
    rows += [{}] * (STEPS_MAX - len(rows))
    return [StepForm(data, prefix=f"step{place}", initial=row) for place, row in enumerate(rows)]


def _rows_of_example() -> list[dict[str, Any]]:
    names = ("code", "name", "threshold", "benefits")
    return [{name: getattr(step, name) for name in names} for step in example_ladder().steps]


def _rows_of(rules: TierRules, store: Store) -> list[dict[str, Any]]:
    money = MoneyField(currency=store.currency)
    is_money = rules.measure == TierRules.Measure.SPEND
    return [
        {
            "code": step.tier.code,
            "name": step.tier.name,
            "threshold": money.prepare_value(step.threshold) if is_money else step.threshold,
            "benefits": step.tier.benefits,
        }
        for step in rules.steps.select_related("tier").order_by("threshold")
    ]
