"""A stamp card in plain words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from coupons.models import CouponCampaign
from loyalty.models import StampCard
from shop.models import ProductGroup, Store

CHOICES_MAX = 500
FIELDS = (
    "name",
    "by",
    "group",
    "per_unit",
    "needed",
    "reward",
    "points",
    "campaign",
    "day_max",
    "life_days",
    "is_active",
)


def _number(label: Any, help_text: Any, *, most: int, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=1,
        max_value=most,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )


class CardForm(forms.Form):
    """Cleaned data becomes the fields of a `StampCard`."""

    name = forms.CharField(
        label=gettext_lazy("Name of the card"),
        max_length=80,
        help_text=gettext_lazy("As customers read it, for example Coffee card."),
        widget=UnfoldAdminTextInputWidget(),
    )
    by = forms.ChoiceField(
        label=gettext_lazy("A stamp for"),
        choices=StampCard.By.choices,
        help_text=gettext_lazy(
            "Orders and products are stamped once the order is paid; a return takes stamps back."
        ),
        widget=UnfoldAdminSelectWidget(),
    )
    group = forms.ChoiceField(
        label=gettext_lazy("Which products"),
        required=False,
        help_text=gettext_lazy("Only for products bought. Make groups under Product groups."),
        widget=UnfoldAdminSelectWidget(),
    )
    per_unit = forms.BooleanField(
        label=gettext_lazy("A stamp for each unit"),
        required=False,
        help_text=gettext_lazy(
            "Only for products bought. Switched off: one stamp for each order that has some."
        ),
        widget=UnfoldBooleanSwitchWidget(attrs={"style": "width: 2rem"}),
    )
    needed = _number(
        gettext_lazy("Stamps on a full card"),
        gettext_lazy("For example 6: six coffees, and the seventh is free."),
        most=100,
        required=True,
    )
    reward = forms.ChoiceField(
        label=gettext_lazy("A full card gives"),
        choices=StampCard.RewardKind.choices,
        help_text=gettext_lazy("Once for each full card; then the next card begins."),
        widget=UnfoldAdminSelectWidget(),
    )
    points = _number(
        gettext_lazy("How many points"),
        gettext_lazy("Where it gives points, for example 100."),
        most=1_000_000,
    )
    campaign = forms.ChoiceField(
        label=gettext_lazy("Which coupon"),
        required=False,
        help_text=gettext_lazy("Where it gives a coupon: the campaign that it is issued from."),
        widget=UnfoldAdminSelectWidget(),
    )
    day_max = _number(
        gettext_lazy("Stamps a day, at most"), gettext_lazy("For example 1. Empty: no limit."), most=100
    )
    life_days = _number(
        gettext_lazy("A stamp counts for, days"),
        gettext_lazy("For example 180. Empty: for ever. Stamps on full cards do not end."),
        most=3650,
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        help_text=gettext_lazy("Switched off, nobody gets a stamp. Customers keep those they have."),
        widget=UnfoldBooleanSwitchWidget(attrs={"style": "width: 2rem"}),
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group, campaign = self.fields["group"], self.fields["campaign"]
        assert isinstance(group, forms.ChoiceField)
        assert isinstance(campaign, forms.ChoiceField)
        groups = ProductGroup.objects.filter(store=store).order_by("name").values_list("code", "name")
        group.choices = [("", _("all goods")), *groups[:CHOICES_MAX]]
        campaigns = CouponCampaign.objects.filter(store=store).order_by("name").values_list("code", "name")
        campaign.choices = [("", _("none")), *campaigns[:CHOICES_MAX]]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        gives_points = cleaned.get("reward") == StampCard.RewardKind.POINTS
        wanted = "points" if gives_points else "campaign"
        if not cleaned.get(wanted) and wanted not in self.errors:
            said = (
                _("Say how many points.") if gives_points else _("Choose the coupon that a full card gives.")
            )
            self.add_error(wanted, ValidationError(said))
        return cleaned

    def settings(self) -> dict[str, Any]:
        """Only after `is_valid()`. What does not belong to the choices made is left out."""
        found = {name: self.cleaned_data[name] for name in FIELDS}
        gives_points = found["reward"] == StampCard.RewardKind.POINTS
        found["points"] = found["points"] if gives_points else None
        found["campaign"] = "" if gives_points else found["campaign"]
        if found["by"] != StampCard.By.PRODUCT:
            found |= {"group": "", "per_unit": True}
        return found


def values_of(card: StampCard | None) -> dict[str, Any]:
    """What the form begins with."""
    if card is None:
        return {"by": "order", "needed": 6, "reward": "points", "points": 100, "day_max": 1} | {
            "per_unit": True,
            "is_active": True,
        }
    return {name: getattr(card, name) for name in FIELDS}
