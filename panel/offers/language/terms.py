"""For whom an offer is, and on which of its days it runs."""

from django.utils.translation import gettext_lazy as _

from panel.offers.language import fields as ask
from panel.offers.language.kind import Kind, by_kind

AUDIENCE_KINDS = (
    Kind("everyone", _("everybody"), "", _("It applies by itself, to guests as well.")),
    Kind(
        "customers",
        _("customers you know"),
        "",
        _("It applies by itself to everybody with a customer number."),
    ),
    Kind(
        "coupon",
        _("whoever brings a coupon"),
        "",
        _("Only with a code. When the offer is saved, its page makes the coupons."),
    ),
    Kind(
        "visitors",
        _("visitors, by their visit"),
        _("from visit no. {number_min} up to no. {number_max}"),
        _("For example 2 and 2: the second visit alone. Empty: every later one as well."),
        (
            ask.whole("number_min", _("from visit"), most=1_000_000_000, initial=1),
            ask.whole("number_max", _("to visit"), most=1_000_000_000, is_required=False),
        ),
    ),
)
RECURRING_KINDS = (
    Kind("", _("on every day"), "", _("All the time between its first and its last day.")),
    Kind(
        "weekly",
        _("on days of the week"),
        _("{weekdays} from {from_minute} until {to_minute}"),
        _("By the store's clock, for example Friday, 0:00 until 24:00."),
        (
            ask.days_of_week("weekdays", is_required=True),
            ask.minute("from_minute", _("from"), initial=0),
            ask.minute("to_minute", _("until"), initial=ask.DAY_MINUTES),
        ),
    ),
    Kind(
        "last_weekend",
        _("on the last weekend of the month"),
        "",
        _("The last Saturday of the month and the Sunday after it."),
    ),
    Kind("paydays", _("on paydays"), "", _("The days of the month that are set under Set-up, Store.")),
    Kind(
        "holidays",
        _("around public holidays"),
        _("{names}: {days_before} days before until {days_after} days after"),
        _("Public holidays of the store's country. None chosen: every one. 0 and 0: the day itself."),
        (
            ask.codes("names", _("holidays"), empty=_("every holiday")),
            ask.whole("days_before", _("days before"), least=0, most=60, initial=0),
            ask.whole("days_after", _("days after"), least=0, most=60, initial=0),
        ),
    ),
)
AUDIENCES = by_kind(AUDIENCE_KINDS)
RECURRING = by_kind(RECURRING_KINDS)
