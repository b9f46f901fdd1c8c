"""The warning of points that end, in plain words, with defaults that work."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from panel.playbooks.fields import PlaybookForm, body, name_of_campaign, subject, whole_number
from panel.playbooks.points_warning import PointsWarning
from shop.models import Store
from triggers import placeholders
from triggers.occasions.find_ending import DAYS_MAX, DAYS_USUAL


class PointsWarningForm(PlaybookForm):
    """Cleaned data becomes a `PointsWarning`."""

    days = whole_number(
        _("Days before the last day"),
        _("How long before their last day customers are told, for example 14. In their morning, at ten."),
        least=1,
        most=DAYS_MAX,
    )
    subject = subject(
        _("Subject of the mail"),
        _("Under 50 characters reads best. You may use {name}, {points} and {shop}."),
    )
    body = body(
        _("Text of the mail"),
        _("You may use {name}, {points}, {until} and {shop}. The points are counted when it is sent."),
    )
    name = name_of_campaign(_("For colleagues, for example Points that end."))

    def clean_subject(self) -> str:
        text = str(self.cleaned_data["subject"])
        placeholders.check(text, allowed=placeholders.NAMES_OF_POINTS, one_line=True)
        return text

    def clean_body(self) -> str:
        text = str(self.cleaned_data["body"])
        placeholders.check(text, allowed=placeholders.NAMES_OF_POINTS)
        return text

    def plan(self) -> PointsWarning:
        """Only after `is_valid()`."""
        return PointsWarning(**self.cleaned_data)


def default_plan(store: Store) -> dict[str, Any]:
    """Form values to start from, in the language that is active."""
    return {
        "days": DAYS_USUAL,
        "subject": _("{points} to use before they end"),
        "body": _(
            "Hello {name},\n\nyou have {points} at {shop} that are good until the end of {until}.\n\nUse them on "
            "your next order: they count like money. After that day they are gone, and we would rather see them "
            "spent.\n\nYour {shop}"
        ),
        "name": _("Points that end"),
    }
