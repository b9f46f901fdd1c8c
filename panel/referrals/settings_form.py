"""The referral programme in plain words: what a shop's owner decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from coupons.models import CouponCampaign
from loyalty.models import ReferralProgramme
from loyalty.models.referral import LEVELS
from shop.models import Store
from shop.percent_field import PercentField

LEVEL_MAX = 1_000_000
DAYS_MAX = 3650
WHOLE_BP = 10_000


class LevelField(forms.CharField):
    """A percentage, or a whole number of points: the form knows which, and counts it in basis points or in points."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            max_length=10, widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}), **given
        )


def _level(label: Any, help_text: Any = "") -> LevelField:
    return LevelField(label=label, required=False, help_text=help_text)


class ReferralForm(forms.Form):
    """Cleaned data becomes the columns of ReferralProgramme."""

    is_on = forms.BooleanField(
        label=_("Reward friends"),
        required=False,
        help_text=_("Switched off, links still lead to your shop, but nobody is tied and nothing is earned."),
        widget=UnfoldBooleanSwitchWidget(attrs={"style": "width: 2rem"}),
    )
    unit = forms.ChoiceField(
        label=_("A level earns"),
        choices=ReferralProgramme.Unit.choices,
        help_text=_(
            "A share: 5 means 5 percent of what the friend paid for goods. A number: 300 is 300 points."
        ),
        widget=UnfoldAdminSelectWidget(),
    )
    level_1 = _level(_("Who brought the friend"), _("For example 5."))
    level_2 = _level(_("Who brought them"), _("For example 2. Empty: only one level."))
    level_3 = _level(_("Third level"), _("Empty: nothing."))
    level_4 = _level(_("Fourth level"), _("Empty: nothing."))
    level_5 = _level(_("Fifth level"), _("Empty: nothing."))
    cap = LevelField(
        label=_("All levels together, at most"),
        help_text=_("The levels above may not come to more than this, for example 10."),
    )
    gives = forms.ChoiceField(
        label=_("As"),
        choices=ReferralProgramme.Gives.choices,
        help_text=_("With a coupon every level that is not empty gets one, when the return window is over."),
        widget=UnfoldAdminSelectWidget(),
    )
    reward_campaign = forms.ChoiceField(
        label=_("Coupon for the customer who recommends"),
        required=False,
        help_text=_("From this coupon campaign; only where you give a coupon."),
        widget=UnfoldAdminSelectWidget(),
    )
    friend_campaign = forms.ChoiceField(
        label=_("Coupon for the friend"),
        required=False,
        help_text=_("Given at once when a friend joins. Friends who get something come more often."),
        widget=UnfoldAdminSelectWidget(),
    )
    first_order_only = forms.BooleanField(
        label=_("Only the friend's first order counts"),
        required=False,
        help_text=_("Unticked: every order within the days below."),
        widget=UnfoldBooleanSwitchWidget(attrs={"style": "width: 2rem"}),
    )
    window_days = forms.IntegerField(
        label=_("Orders count for, days"),
        min_value=1,
        max_value=DAYS_MAX,
        help_text=_("From the day the friend joined, for example 365."),
        widget=UnfoldAdminTextInputWidget(),
    )
    life_days = forms.IntegerField(
        label=_("Points live, days"),
        min_value=1,
        max_value=DAYS_MAX,
        help_text=_("From the day they can be spent, for example 365."),
        widget=UnfoldAdminTextInputWidget(),
    )
    joins_an_hour_max = forms.IntegerField(
        label=_("Friends an hour that look usual"),
        min_value=1,
        max_value=1000,
        help_text=_(
            "When more join by one customer within an hour, the rewards wait for you, for example 5."
        ),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = CouponCampaign.objects.filter(store=store).order_by("name").values_list("code", "name")
        for name in ("reward_campaign", "friend_campaign"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("no coupon")), *campaigns[:500]]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        is_share = found["unit"] == ReferralProgramme.Unit.SHARE
        for name in (*LEVELS, "cap"):
            found[name] = self._counted(name, found[name], is_share=is_share)
        if not self.errors and sum(found[name] for name in LEVELS) > found["cap"]:
            self.add_error("cap", _("The levels come to more than this. Raise it, or lower a level."))
        if not self.errors and is_share and found["cap"] > WHOLE_BP:
            self.add_error("cap", _("More than all that was paid cannot be given."))
        is_coupon = found["gives"] == ReferralProgramme.Gives.COUPON
        if is_coupon and not found["reward_campaign"]:
            self.add_error("reward_campaign", _("Choose the campaign that the coupon comes from."))
        if not is_coupon:
            found["reward_campaign"] = ""
        return found

    def _counted(self, name: str, typed: str, *, is_share: bool) -> int:
        """Basis points of a percentage, or points; 0 where nothing was typed."""
        if not typed.strip():
            return 0
        if not is_share:
            if typed.strip().isdecimal() and int(typed) <= LEVEL_MAX:
                return int(typed)
            self.add_error(name, _("Points are whole, for example 300."))
            return 0
        try:
            return PercentField(zero_allowed=True).clean(typed) or 0
        except forms.ValidationError as error:
            self.add_error(name, error)
            return 0


def values_of(programme: ReferralProgramme) -> dict[str, Any]:
    """What the form begins with: a level of 0 is an empty field."""
    is_share = programme.unit == ReferralProgramme.Unit.SHARE
    found = {name: getattr(programme, name) for name in ReferralForm.base_fields}
    for name in (*LEVELS, "cap"):
        shown = PercentField().prepare_value(found[name]) if is_share else str(found[name])
        found[name] = shown if found[name] else ""
    return found
