"""The reminder of left carts in plain words, with defaults that work."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanSwitchWidget

from panel.playbooks.cart_reminder import CartReminder
from panel.playbooks.fields import PlaybookForm, body, name_of_campaign, subject, whole_number
from panel.playbooks.open_campaign import Saying
from panel.playbooks.propose import in_currency
from shop.models import Store
from shop.money_field import MoneyField
from shop.percent_field import PercentField
from triggers import placeholders

STEPS = (1, 2, 3)
HOUR = 3600
HOURS_MAX = 24 * 14
NAMES = ("name", "shop")
HOURS_HELP = _("Hours after the cart was last changed, for example 24. Empty: this mail is not sent.")
SUBJECT_HELP = _("Under 50 characters reads best. You may use {name} and {shop}.")
BODY_HELP = _(
    "You may use {name} and {shop}. The cart and the word about delivery stand below by themselves."
)


class CartReminderForm(PlaybookForm):
    """Cleaned data becomes a `CartReminder`."""

    speaks_of_delivery = forms.BooleanField(
        label=_("Offer free delivery where it pays for itself"),
        required=False,
        help_text=_(
            "A cart over the sum gets free delivery outright, a smaller one is told what is missing, with goods "
            "that would do."
        ),
        widget=UnfoldBooleanSwitchWidget(attrs={"style": "width: 2rem"}),
    )
    delivery_cost = MoneyField(
        label=_("What a delivery costs you"),
        required=False,
        help_text=_("Without tax, for example 3.00."),
    )
    margin_bp = PercentField(
        label=_("Your margin, %"),
        required=False,
        help_text=_("What is left of a sale without tax once the goods are paid, for example 30."),
    )
    tax_bp = PercentField(
        label=_("Tax in your prices, %"), required=False, help_text=_("For example 20. Empty: none.")
    )
    valid_days = whole_number(
        _("Free delivery is valid, days"),
        _("From the first mail to the end of the last day, for example 7."),
        least=1,
        most=90,
    )
    hours_1 = whole_number(
        _("First mail, hours later"),
        _("Hours after the cart was last changed, for example 1."),
        least=1,
        most=HOURS_MAX,
    )
    subject_1 = subject(_("Subject of the first mail"), SUBJECT_HELP)
    body_1 = body(_("Text of the first mail"), BODY_HELP)
    hours_2 = whole_number(_("Second mail, hours later"), HOURS_HELP, least=2, most=HOURS_MAX, required=False)
    subject_2 = subject(_("Subject of the second mail"), SUBJECT_HELP, required=False)
    body_2 = body(_("Text of the second mail"), BODY_HELP, required=False)
    hours_3 = whole_number(_("Third mail, hours later"), HOURS_HELP, least=3, most=HOURS_MAX, required=False)
    subject_3 = subject(_("Subject of the third mail"), SUBJECT_HELP, required=False)
    body_3 = body(_("Text of the third mail"), BODY_HELP, required=False)
    name = name_of_campaign(_("You find it by this name in the list, for example Left carts."))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("speaks_of_delivery"):
            for field in ("delivery_cost", "margin_bp"):
                if field not in self.errors and not given.get(field):
                    self.add_error(
                        field, _("The sum is reckoned from this. Fill it in, for example 3.00 or 30.")
                    )
        earlier = 0
        for number in STEPS:
            self._check_step(number, given, earlier=earlier)
            earlier = given.get(f"hours_{number}") or earlier
        return given

    def _check_step(self, number: int, given: dict[str, Any], *, earlier: int) -> None:
        hours = given.get(f"hours_{number}")
        if not hours:
            return
        if hours <= earlier:
            self.add_error(f"hours_{number}", _("Each mail comes later than the one before it."))
        for field in (f"subject_{number}", f"body_{number}"):
            self._check_text(field, str(given.get(field) or ""))

    def _check_text(self, field: str, text: str) -> None:
        if field in self.errors:
            return
        if not text:
            self.add_error(field, _("This mail needs words, or leave its hours empty."))
            return
        try:
            placeholders.check(text, allowed=NAMES, one_line=field.startswith("subject"))
        except ValidationError as error:
            self.add_error(field, error)

    def plan(self) -> CartReminder:
        """Only after `is_valid()`."""
        given = self.cleaned_data
        says = tuple(
            Saying(given[f"subject_{number}"], given[f"body_{number}"], given[f"hours_{number}"] * HOUR)
            for number in STEPS
            if given[f"hours_{number}"]
        )
        plan = CartReminder(name=given["name"], says=says, valid_days=given["valid_days"])
        if not given["speaks_of_delivery"]:
            return plan
        return CartReminder(
            name=plan.name,
            says=says,
            valid_days=plan.valid_days,
            delivery_cost=given["delivery_cost"],
            margin_bp=given["margin_bp"],
            tax_bp=given["tax_bp"] or 0,
        )


def default_plan(store: Store) -> dict[str, Any]:
    """Form values to start from, in the language that is active."""
    return {
        "speaks_of_delivery": True,
        "delivery_cost": in_currency(store, 3),
        "margin_bp": 3000,
        "tax_bp": 2000,
        "valid_days": 7,
        "hours_1": 1,
        "subject_1": _("Your cart is still here, {name}"),
        "body_1": _(
            "Hello {name},\n\nyou left something in your cart at {shop}. We have kept it, so you can go on "
            "where you were."
        ),
        "hours_2": 24,
        "subject_2": _("Still thinking it over?"),
        "body_2": _(
            "Hello {name},\n\nyour cart at {shop} is waiting. If there is a question about size, colour or "
            "delivery, reply to this mail: a person reads it."
        ),
        "hours_3": 72,
        "subject_3": _("A last word about your cart"),
        "body_3": _(
            "Hello {name},\n\nthis is the last time we write about your cart at {shop}. Here it is once more, "
            "in case you still want it."
        ),
        "name": _("Left carts"),
    }
