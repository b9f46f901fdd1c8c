"""The birthday mail in plain words, with defaults that work."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from panel.playbooks.birthday import BirthdayMail
from panel.playbooks.fields import PlaybookForm, body, name_of_campaign, subject, whole_number
from panel.playbooks.propose import propose_minimum
from shop.models import Store
from shop.money_field import MoneyField
from shop.percent_field import PercentField
from triggers import placeholders
from triggers.occasions.birthday import DAYS_BEFORE_MAX

NAMES_IN_SUBJECT = ("name", "shop", "offer")


class BirthdayForm(PlaybookForm):
    """Cleaned data becomes a `BirthdayMail`."""

    days_before = whole_number(
        _("Days before the birthday"),
        _("0 is the day itself, in the customer's morning at ten. 7 leaves time to choose a present."),
        least=0,
        most=DAYS_BEFORE_MAX,
    )
    percent_bp = PercentField(
        label=_("Percent off"), help_text=_("Taken off one whole order, for example 15.")
    )
    minimum = MoneyField(
        label=_("From an order of"),
        required=False,
        help_text=_("The present works from this total on, for example 20.00. Empty: for any order."),
    )
    valid_days = whole_number(
        _("Valid, days"),
        _("From the day it is sent to the end of the last day, for example 30. The mail names the date."),
        least=1,
        most=365,
    )
    subject = subject(
        _("Subject of the mail"), _("Under 50 characters reads best. You may use {name} and {shop}.")
    )
    body = body(
        _("Text of the mail"),
        _("You may use {name}, {code}, {offer}, {until} and {shop}. The code also stands in a box below."),
    )
    name = name_of_campaign(_("You find it by this name in the list, for example Birthdays."))

    def clean_subject(self) -> str:
        text = str(self.cleaned_data["subject"])
        placeholders.check(text, allowed=NAMES_IN_SUBJECT, one_line=True)
        return text

    def clean_body(self) -> str:
        text = str(self.cleaned_data["body"])
        placeholders.check(text)
        return text

    def plan(self) -> BirthdayMail:
        """Only after `is_valid()`."""
        return BirthdayMail(**{**self.cleaned_data, "minimum": self.cleaned_data["minimum"] or 0})


def default_plan(store: Store) -> dict[str, Any]:
    """Form values to start from, in the language that is active."""
    return {
        "days_before": 0,
        "percent_bp": 1500,
        "minimum": propose_minimum(store),
        "valid_days": 30,
        "subject": _("Happy birthday, {name}"),
        "body": _(
            "Dear {name},\n\nall of us at {shop} wish you a very happy birthday.\n\nOur present is {offer}, just "
            "for you. Take your time: it is good until {until}.\n\nYour {shop}"
        ),
        "name": _("Birthdays"),
    }
