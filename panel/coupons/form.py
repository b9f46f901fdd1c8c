"""A coupon campaign in plain words: what is given, to whom, from when until when, how often."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from coupons.codes import FORM, read_code
from panel.coupons.set_up import CouponPlan, Way
from shop.clock import local_date
from shop.models import ProductGroup, Store
from shop.money_field import MoneyField
from shop.percent_field import PercentField

WAYS = (
    (Way.PUBLIC, _("One code for everybody, like SPRING")),
    (Way.GIFT, _("Many codes; whoever brings one may use it, once")),
    (Way.NAMED, _("A code for each customer, for nobody else")),
)


def _number(**attrs: Any) -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"type": "number", "inputmode": "numeric", **attrs})


def _day() -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"type": "date"})


class CouponForm(forms.Form):
    """Cleaned data becomes a `CouponPlan`."""

    way = forms.ChoiceField(
        label=_("Which codes"),
        choices=WAYS,
        help_text=_("One public code is printed or told; codes of their own can be counted one by one."),
        widget=UnfoldAdminSelectWidget(),
    )
    public_code = forms.CharField(
        label=_("The public code"),
        max_length=40,
        required=False,
        help_text=_("3 to 40 letters A to Z, digits and hyphens, for example SPRING-2026."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    percent_bp = PercentField(
        label=_("Percent off"),
        required=False,
        help_text=_("For example 10. Leave it empty for an amount."),
    )
    amount = MoneyField(
        label=_("Or an amount off"), required=False, help_text=_("Once per order, for example 5.00.")
    )
    group = forms.ChoiceField(
        label=_("On which products"),
        required=False,
        help_text=_("All, or those of one product group. Groups are made under Shop."),
        widget=UnfoldAdminSelectWidget(),
    )
    minimum = MoneyField(
        label=_("From an order of"),
        required=False,
        help_text=_("The coupon works from this total on, for example 20.00. Empty: from the first item."),
    )
    starts_on = forms.DateField(
        label=_("First day"),
        required=False,
        help_text=_("The whole day in the store's time. Empty: at once."),
        widget=_day(),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("The whole day counts. A promised end is never moved later. Empty: without an end."),
        widget=_day(),
    )
    valid_days = forms.IntegerField(
        label=_("Each code is valid, days"),
        min_value=1,
        max_value=3650,
        initial=30,
        help_text=_("From the day it is issued to the end of the last day, for example 30."),
        widget=_number(min=1),
    )
    uses_max = forms.IntegerField(
        label=_("Uses in all"),
        min_value=1,
        max_value=1_000_000_000,
        required=False,
        help_text=_("For example 500: the 501st order does not get it. Empty: without a limit."),
        widget=_number(min=1),
    )
    uses_per_customer = forms.IntegerField(
        label=_("Uses by one customer"),
        min_value=1,
        max_value=1000,
        required=False,
        help_text=_("For example 1. Guests cannot be told apart, so it is then for customers you know."),
        widget=_number(min=1),
    )
    budget_max = MoneyField(
        label=_("It may cost at most"),
        required=False,
        help_text=_("All its discounts together, for example 1000.00. Empty: without a limit."),
    )
    name = forms.CharField(
        label=_("Name of the offer"),
        max_length=100,
        help_text=_("Customers read it too, for example Spring discount."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.set_currency(store.currency)
        groups = ProductGroup.objects.filter(store=store).order_by("name")[:500]
        group = self.fields["group"]
        assert isinstance(group, forms.ChoiceField)
        group.choices = [("", _("Everything in the cart")), *[(one.code, one.name) for one in groups]]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        gives = [name for name in ("percent_bp", "amount") if said.get(name) is not None]
        if len(gives) != 1 and not {"percent_bp", "amount"} & set(self.errors):
            self.add_error("percent_bp", _("Give a percentage or an amount, one of the two."))
        self._clean_code(said)
        starts_on, ends_on = said.get("starts_on"), said.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day is before the first one."))
        return said

    def clean_amount(self) -> int | None:
        return self._some("amount")

    def clean_minimum(self) -> int | None:
        return self._some("minimum")

    def clean_budget_max(self) -> int | None:
        return self._some("budget_max")

    def refuse_past(self, at: Any) -> bool:
        """Whether the last day is over already; says so beside the field."""
        ends_on = self.cleaned_data.get("ends_on")
        is_past = ends_on is not None and ends_on < local_date(self.store, at)
        if is_past:
            self.add_error("ends_on", _("This day is over. Choose today or a later one."))
        return is_past

    def plan(self) -> CouponPlan:
        """Only after `is_valid()`."""
        return CouponPlan(**{**self.cleaned_data, "way": Way(self.cleaned_data["way"])})

    def _some(self, name: str) -> int | None:
        """Nought is no amount: an empty field says the same."""
        return self.cleaned_data[name] or None

    def _clean_code(self, said: dict[str, Any]) -> None:
        code = read_code(said.get("public_code") or "")
        if said.get("way") != Way.PUBLIC:
            said["public_code"] = ""
        elif not FORM.match(code):
            self.add_error("public_code", _("Type a code of 3 to 40 letters A to Z, digits and hyphens."))
        else:
            said["public_code"] = code
