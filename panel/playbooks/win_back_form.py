"""The win-back in plain words: what a shop's owner decides, with defaults that work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from panel.playbooks.propose import propose_minimum
from panel.playbooks.win_back import WinBack
from shop.models import Store
from shop.money_field import MoneyField
from shop.percent_field import PercentField
from triggers import placeholders

NAMES_IN_SUBJECT = ("name", "shop", "offer")


class WinBackForm(forms.Form):
    """Cleaned data becomes a `WinBack`."""

    silent_days = forms.IntegerField(
        label=_("Days without an order"),
        min_value=7,
        max_value=730,
        help_text=_("Whoever has not ordered for this long gets the mail, once. 60 is a usual choice."),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "inputmode": "numeric"}),
    )
    percent_bp = PercentField(
        label=_("Percent off"),
        help_text=_(
            "Taken off the whole next order, for example 10. Another campaign may try another percentage."
        ),
    )
    minimum = MoneyField(
        label=_("From an order of"),
        help_text=_(
            "The coupon works from this total on, for example 20.00. A little over a usual order is good."
        ),
    )
    valid_days = forms.IntegerField(
        label=_("Valid, days"),
        min_value=1,
        max_value=365,
        help_text=_(
            "From the day it is sent to the end of the last day, for example 30. The mail names the date."
        ),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "inputmode": "numeric"}),
    )
    name = forms.CharField(
        label=_("Name of the campaign"),
        max_length=120,
        help_text=_("You find it by this name in the list, for example Win back after 60 days."),
        widget=UnfoldAdminTextInputWidget(),
    )
    subject = forms.CharField(
        label=_("Subject of the mail"),
        max_length=78,
        help_text=_("Under 50 characters reads best. You may use {name} and {shop}."),
        widget=UnfoldAdminTextInputWidget(),
    )
    body = forms.CharField(
        label=_("Text of the mail"),
        max_length=4000,
        help_text=_(
            "You may use {name}, {code}, {offer}, {until} and {shop}. The code also stands in a box below."
        ),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 9}),
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minimum = self.fields["minimum"]
        assert isinstance(minimum, MoneyField)
        minimum.set_currency(store.currency)

    def clean_subject(self) -> str:
        text = str(self.cleaned_data["subject"])
        placeholders.check(text, allowed=NAMES_IN_SUBJECT, one_line=True)
        return text

    def clean_body(self) -> str:
        text = str(self.cleaned_data["body"])
        placeholders.check(text)
        return text

    def plan(self) -> WinBack:
        """Only after `is_valid()`."""
        return WinBack(**self.cleaned_data)


def default_plan(store: Store) -> dict[str, Any]:
    """Form values to start from, in the language that is active."""
    return {
        "silent_days": store.silent_after_days,
        "percent_bp": 1000,
        "minimum": propose_minimum(store),
        "valid_days": 30,
        "name": _("Win back after %(days)d days") % {"days": store.silent_after_days},
        "subject": _("We have missed you, {name}"),
        "body": _(
            "Hello {name},\n\nit has been a while since your last order, and we would love to see you again. "
            "Here is {offer}, just for you.\n\nIt is good until {until}. If something was not right last time, "
            "reply to this mail: a person reads it.\n\nYour {shop}"
        ),
    }
