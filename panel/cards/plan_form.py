"""A card plan in plain words: what a shop's owner decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from clubcards.errors import CardFault
from clubcards.keep_plan import SETTINGS
from clubcards.models import CardPlan
from shop.models import ProductGroup, Store
from shop.money_field import MoneyField
from shop.percent_field import PercentField

GROUPS_MAX = 500
# What the verb refuses, in words; the form itself stops the rest.
SAID = {
    CardFault.OFFER_CODE_TAKEN: _(
        "An offer bears the name that this plan needs for its own. Choose another code."
    ),
    CardFault.UNKNOWN_GROUP: _("This product group is no longer there. Choose another one."),
}


class PlanForm(forms.Form):
    """Cleaned data becomes the settings of `keep_plan`."""

    name = forms.CharField(
        label=_("Name of the card"),
        max_length=80,
        help_text=_("As members read it, for example VIP club."),
        widget=UnfoldAdminTextInputWidget(),
    )
    code = forms.RegexField(
        r"^[a-z0-9_-]+$",
        label=_("Code"),
        max_length=40,
        help_text=_("Small letters, digits and hyphens, for example vip. It stays for good."),
        widget=UnfoldAdminTextInputWidget(),
        error_messages={"invalid": _("Only small letters, digits and hyphens, for example vip.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=CardPlan.Kind.choices,
        help_text=_("VIP and Premium are what most shops have; any other card is your own."),
        widget=UnfoldAdminSelectWidget(),
    )
    discount_bp = PercentField(
        label=_("Percent off"),
        required=False,
        help_text=_("Members pay this much less, for example 10. Empty: no discount."),
    )
    group = forms.ChoiceField(
        label=_("On these goods"),
        required=False,
        help_text=_("The product group that the discount is for. Make groups under Product groups."),
        widget=UnfoldAdminSelectWidget(),
    )
    line_limit_bp = PercentField(
        label=_("At most, percent off a line"),
        required=False,
        help_text=_(
            "The card, coupons and promotions together take no more than this off one line, for example 30. "
            "A card never makes an order dearer: where it would, it is left out. Empty: no limit."
        ),
    )
    free_delivery_from = MoneyField(
        label=_("Free delivery from"),
        required=False,
        help_text=_("Goods worth this much, for example 20.00; 0 for always. Empty: members pay delivery."),
    )
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        help_text=_(
            "Switched off, its cards give nothing and no new one is given. Members keep their cards."
        ),
        widget=UnfoldBooleanSwitchWidget(attrs={"style": "width: 2rem"}),
    )

    def __init__(self, *args: Any, store: Store, plan: CardPlan | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free_delivery, group = self.fields["free_delivery_from"], self.fields["group"]
        assert isinstance(free_delivery, MoneyField)
        assert isinstance(group, forms.ChoiceField)
        free_delivery.set_currency(store.currency)
        group.choices = _choices(store, plan)
        if plan is not None:
            del self.fields["code"]

    def clean_discount_bp(self) -> int:
        return self.cleaned_data["discount_bp"] or 0

    def settings(self) -> dict[str, Any]:
        """Only after `is_valid()`."""
        return {name: self.cleaned_data[name] for name in SETTINGS}

    def refuse(self, fault: CardFault, *, attr: str | None) -> None:
        """Say what the verb found, at the field that is at fault."""
        place = attr if attr in self.fields else None
        self.add_error(place, str(SAID.get(fault, fault.value)))


def values_of(plan: CardPlan | None) -> dict[str, Any]:
    """What the form begins with; a rate of 0 is an empty field."""
    if plan is None:
        return {"kind": CardPlan.Kind.CUSTOM, "is_active": True, "discount_bp": 1000}
    return {name: getattr(plan, name) for name in SETTINGS} | {"discount_bp": plan.discount_bp or None}


def _choices(store: Store, plan: CardPlan | None) -> list[tuple[str, Any]]:
    """A group that is gone stays in the list of its plan, so that looking does not change anything."""
    groups = ProductGroup.objects.filter(store=store).order_by("name").values_list("code", "name")
    found: list[tuple[str, Any]] = [("", _("all goods")), *groups[:GROUPS_MAX]]
    if plan is not None and plan.group not in dict(found):
        found.append((plan.group, plan.group))
    return found
