"""Rules of a segment: what the builder asks for each kind. Its SQL and its sentence stand in loyalty/segments.

A field begins with what the document means where it says nothing, so that a stored rule is shown as it is.
"""

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from loyalty.segments.document import COUNT_MAX
from loyalty.segments.say import STAGES, WAYS
from panel.offers.known import Known
from panel.offers.language import fields as ask
from panel.offers.language.kind import Ask, Kind, by_kind
from shop.models import Consent

BUYING, PERSON, PROGRAMME = _("What they bought"), _("Who they are"), _("What they have in the programme")
FIFTHS = tuple((number, str(number)) for number in range(1, 6))


def _days() -> Ask:
    return ask.whole("days", _("within days"), most=3_660, is_required=False)


def _count(name: str, label: Any, *, initial: Any = None, least: int = 0, is_required: bool = False) -> Ask:
    return ask.whole(name, label, least=least, most=COUNT_MAX, is_required=is_required, initial=initial)


def _fifth(name: str, label: Any, *, initial: int) -> Ask:
    def make(known: Known) -> forms.Field:
        select = forms.Select(attrs={"class": "r-select is-inline"}, choices=FIFTHS)
        return forms.TypedChoiceField(label=label, choices=FIFTHS, coerce=int, widget=select)

    return Ask(name, make, initial)


KINDS = (
    Kind(
        "life_cycle",
        _("Where they are in their life as a customer"),
        _("they are {stages}"),
        _(
            "Active: buys often enough, and lately. Slowing, passive and lost follow, by days that you can set under "
            "Segments. One of the ticked is enough."
        ),
        (ask.ticks("stages", _("stages"), STAGES.items()),),
        topic=BUYING,
        icon="timeline",
    ),
    Kind(
        "last_order",
        _("How long ago the last order was"),
        _("their last order was at least {days_min} and at most {days_max} days ago"),
        _("For example 60 and nothing: silent for two months or longer. Whoever never ordered is not in it."),
        ask.days_ago(),
        topic=BUYING,
        icon="history",
    ),
    Kind(
        "orders",
        _("How often they have ordered"),
        _("they have ordered at least {at_least} and at most {at_most} times in the last {days} days"),
        _("For example 3 and nothing, with no days: three orders or more in all. At most 0: never."),
        (_count("at_least", _("times at least")), _count("at_most", _("times at most")), _days()),
        topic=BUYING,
        icon="receipt_long",
    ),
    Kind(
        "spend",
        _("How much they have paid"),
        _("they have paid at least {amount_min} and at most {amount_max} in the last {days} days"),
        _(
            "All orders together, with delivery, less what was given back. One of the amounts may stay empty; no days: "
            "in all."
        ),
        (
            ask.money("amount_min", _("amount at least"), is_required=False),
            ask.money("amount_max", _("amount at most"), is_required=False),
            _days(),
        ),
        topic=BUYING,
        icon="payments",
    ),
    Kind(
        "rfm",
        _("Among the best or the weakest buyers"),
        _(
            "of five equal parts of your buyers they are, by how lately they bought, in part {recency_min} to "
            "{recency_max}; by how often, {frequency_min} to {frequency_max}; by how much, {monetary_min} to "
            "{monetary_max}"
        ),
        _("5 is the best fifth. For example 4 to 5 three times: your champions. Counted anew each night."),
        (
            _fifth("recency_min", _("lately, from"), initial=1),
            _fifth("recency_max", _("lately, to"), initial=5),
            _fifth("frequency_min", _("often, from"), initial=1),
            _fifth("frequency_max", _("often, to"), initial=5),
            _fifth("monetary_min", _("paid, from"), initial=1),
            _fifth("monetary_max", _("paid, to"), initial=5),
        ),
        topic=BUYING,
        icon="leaderboard",
    ),
    Kind(
        "bought",
        _("Certain products"),
        _("they have bought {skus} or something of {groups} in the last {days} days"),
        _(
            "One of them is enough; what was given back whole does not count. For “never bought” put it under “None of "
            "these”."
        ),
        (
            ask.skus("skus", _("article numbers"), is_required=False),
            ask.codes("groups", _("product groups"), empty=_("no group"), missing=_("none yet")),
            _days(),
        ),
        topic=BUYING,
        icon="shopping_basket",
    ),
    Kind(
        "used_offer",
        _("They have used an offer"),
        _("they have used the offer {offers} in the last {days} days"),
        _("An order got something off by it, with or without a code. One of the ticked is enough."),
        (ask.codes("offers", _("offers"), missing=_("none yet")), _days()),
        topic=BUYING,
        icon="sell",
    ),
    Kind(
        "first_order_by",
        _("How the first order was won"),
        _("their first order was won {ways}"),
        _("Whoever came by a discount often waits for the next one. A friend's recommendation goes first."),
        (ask.ticks("ways", _("ways"), WAYS.items()),),
        topic=BUYING,
        icon="flag",
    ),
    Kind(
        "language",
        _("The language they read"),
        _("they read {languages}"),
        _("Whose language you have not told is taken to read the store's."),
        (ask.codes("languages", _("languages"), missing=_("none yet")),),
        topic=PERSON,
        icon="translate",
    ),
    Kind(
        "birthday_month",
        _("The month of their birthday"),
        _("their birthday is in {months}"),
        _("None ticked: in the present month. Whose birthday you do not know is not in it."),
        (ask.ticks("months", _("months"), MONTHS.items(), empty=_("this month"), coerce=int),),
        topic=PERSON,
        icon="cake",
    ),
    Kind(
        "consented",
        _("What they have agreed to"),
        _("they have agreed to {purposes} by {channels}"),
        _("By their newest answer. For those who have not agreed put it under “None of these”."),
        (
            ask.ticks("purposes", _("purposes"), Consent.Purpose.choices),
            ask.ticks("channels", _("ways"), Consent.Channel.choices, empty=_("any way")),
        ),
        topic=PERSON,
        icon="mark_email_read",
    ),
    Kind(
        "came_by_partner",
        _("A partner brought them"),
        _("they were brought by {partners}"),
        _("One of their orders is booked to the partner."),
        (ask.codes("partners", _("partners"), empty=_("any partner"), missing=_("none yet")),),
        topic=PERSON,
        icon="handshake",
    ),
    Kind(
        "brought_by_friend",
        _("A friend brought them"),
        _("they were brought by a friend"),
        _("By a customer's link or code, see Referrals."),
        topic=PERSON,
        icon="group_add",
    ),
    Kind(
        "listed",
        _("A list of your own"),
        _("they are named on this segment's list"),
        _("Save the segment, then upload a file with customer numbers or e-mail addresses on its page."),
        topic=PERSON,
        icon="list_alt",
    ),
    Kind(
        "in_tier",
        _("Their tier"),
        _("they have reached the tier {tiers}"),
        _("One of the ticked is enough."),
        (ask.codes("tiers", _("tiers"), empty=_("any tier"), missing=_("none yet")),),
        topic=PROGRAMME,
        icon="military_tech",
    ),
    Kind(
        "holds_card",
        _("Their club card"),
        _("they hold the card {plans}"),
        _("One of the ticked is enough, for example VIP."),
        (ask.codes("plans", _("cards"), empty=_("any card"), missing=_("none yet")),),
        topic=PROGRAMME,
        icon="id_card",
    ),
    Kind(
        "points",
        _("Points they can spend"),
        _("they can spend at least {at_least} and at most {at_most} points"),
        _("For example 500 and nothing. Pending points do not count."),
        (_count("at_least", _("points at least")), _count("at_most", _("points at most"))),
        topic=PROGRAMME,
        icon="toll",
    ),
    Kind(
        "stamps",
        _("Stamps on a card"),
        _("they have at least {at_least} stamps of {cards}"),
        _("Stamps on full cards count as well."),
        (
            _count("at_least", _("stamps at least"), initial=1, least=1, is_required=True),
            ask.codes("cards", _("stamp cards"), missing=_("none yet")),
        ),
        topic=PROGRAMME,
        icon="approval",
    ),
)
RULES = by_kind(KINDS)
