"""A condition of an offer in words, by its kind: what has to be in the cart, who buys, on which days.

Adding a condition is adding its entry here, one in the panel's builder, and one row in the docs; a test counts them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.say_names import Tongue, hours, weekdays

Part = Mapping[str, Any]
Say = Callable[[Part, Tongue], str]


class Place(StrEnum):
    """Where in the sentence it stands."""

    WHEN = "when"  # "When the cart has 2 items, …"
    TIME = "time"  # "…, on Fridays, …"
    WHO = "who"  # "…, for holders of VIP"


@dataclass(frozen=True, slots=True)
class Words:
    place: Place
    say: Say


def _subtotal(part: Part, tongue: Tongue) -> str:
    amount = tongue.money(part["amount"])
    if groups := part.get("groups"):
        values = {"amount": amount, "groups": tongue.listed("groups", groups)}
        said = _("%(groups)s in the cart come to at least %(amount)s") % values
    else:
        said = _("the order comes to at least %(amount)s") % {"amount": amount}
    return _("%(what)s before discounts") % {"what": said} if part.get("before_discounts") else said


def _quantity(part: Part, tongue: Tongue) -> str:
    values = {"count": tongue.count(part["quantity"])}
    if groups := part.get("groups"):
        words = ngettext(
            "the cart has at least %(count)s item of %(groups)s",
            "the cart has at least %(count)s items of %(groups)s",
            part["quantity"],
        )
        return words % {**values, "groups": tongue.listed("groups", groups)}
    words = ngettext(
        "the cart has at least %(count)s item", "the cart has at least %(count)s items", part["quantity"]
    )
    return words % values


def _contains(part: Part, tongue: Tongue) -> str:
    named = [tongue.listed(family, part[family]) for family in ("groups", "skus") if part.get(family)]
    return _("the cart contains something of: %(names)s") % {"names": ", ".join(named)}


def _old_stock(part: Part, tongue: Tongue) -> str:
    words = ngettext(
        "a product in the cart has lain in stock for more than %(count)s day",
        "a product in the cart has lain in stock for more than %(count)s days",
        part["days"],
    )
    said = words % {"count": tongue.count(part["days"])}
    if groups := part.get("groups"):
        values = {"what": said, "groups": tongue.listed("groups", groups)}
        return _("%(what)s (%(groups)s)") % values
    return said


def _weekday_hours(part: Part, tongue: Tongue) -> str:
    days, span = part.get("weekdays") or (), hours(part)
    if days and span:
        return _("on %(days)s, %(hours)s") % {"days": weekdays(days), "hours": span}
    if days:
        return _("on %(days)s") % {"days": weekdays(days)}
    return _("every day, %(hours)s") % {"hours": span} if span else _("every day")


def _nth_order(part: Part, tongue: Tongue) -> str:
    number = {"number": tongue.count(part["n"])}
    if part.get("every"):
        return _("for every order whose number divides by %(number)s") % number
    return _("for a customer's order no. %(number)s") % number


def _since_last(part: Part, tongue: Tongue) -> str:
    least, most = part.get("days_min"), part.get("days_max")
    if least is not None and most is not None:
        values = {"least": tongue.count(least), "most": tongue.count(most)}
        return _("for customers whose last order was %(least)s to %(most)s days ago") % values
    if most is not None:
        words = ngettext(
            "for customers whose last order was at most %(count)s day ago",
            "for customers whose last order was at most %(count)s days ago",
            most,
        )
        return words % {"count": tongue.count(most)}
    if least is None:
        return _("for customers who have ordered before")
    words = ngettext(
        "for customers whose last order was at least %(count)s day ago",
        "for customers whose last order was at least %(count)s days ago",
        least,
    )
    return words % {"count": tongue.count(least)}


def _birthday(part: Part, tongue: Tongue) -> str:
    before, after = part.get("days_before") or 0, part.get("days_after") or 0
    if not before and not after:
        return _("on the customer's birthday")
    values = {"before": before, "after": after}
    return _("around the customer's birthday (days before: %(before)s, after: %(after)s)") % values


def _partner(part: Part, tongue: Tongue) -> str:
    if not part.get("partners"):
        return _("for visitors whom a partner brought")
    return _("for visitors brought by %(names)s") % {"names": tongue.listed("partners", part["partners"])}


def say_visits(part: Part, tongue: Tongue) -> str:
    """Which visits, by `number_min` and `number_max`."""
    least, most = part.get("number_min") or 1, part.get("number_max")
    if most is None:
        return _("from a visitor's visit no. %(number)s on") % {"number": tongue.count(least)}
    if most == least:
        return _("on a visitor's visit no. %(number)s") % {"number": tongue.count(least)}
    values = {"least": tongue.count(least), "most": tongue.count(most)}
    return _("on a visitor's visits no. %(least)s to %(most)s") % values


CONDITIONS: Mapping[str, Words] = {
    "subtotal_at_least": Words(Place.WHEN, _subtotal),
    "quantity_at_least": Words(Place.WHEN, _quantity),
    "cart_contains": Words(Place.WHEN, _contains),
    "stock_older_than": Words(Place.WHEN, _old_stock),
    "preorder_only": Words(Place.WHEN, lambda part, tongue: _("the cart holds nothing but pre-orders")),
    "delivery_method": Words(
        Place.WHEN,
        lambda part, tongue: (
            _("the delivery is by %(names)s") % {"names": tongue.listed("methods", part["methods"])}
        ),
    ),
    "payment_method": Words(
        Place.WHEN,
        lambda part, tongue: (
            _("the payment is by %(names)s") % {"names": tongue.listed("methods", part["methods"])}
        ),
    ),
    "weekday_hours": Words(Place.TIME, _weekday_hours),
    "ordered_before": Words(
        Place.TIME,
        lambda part, tongue: _("if ordered before %(moment)s") % {"moment": tongue.moment(part["at"])},
    ),
    "registered": Words(Place.WHO, lambda part, tongue: _("for customers you know")),
    "new_customer": Words(Place.WHO, lambda part, tongue: _("for a customer's first order")),
    "in_segment": Words(
        Place.WHO,
        lambda part, tongue: (
            _("for the segment %(names)s") % {"names": tongue.listed("segments", part["segments"])}
        ),
    ),
    "in_tier": Words(
        Place.WHO,
        lambda part, tongue: _("for %(names)s members") % {"names": tongue.listed("tiers", part["tiers"])},
    ),
    "holds_card": Words(
        Place.WHO,
        lambda part, tongue: _("for holders of %(names)s") % {"names": tongue.listed("plans", part["plans"])},
    ),
    "partner_traffic": Words(Place.WHO, _partner),
    "nth_order": Words(Place.WHO, _nth_order),
    "days_since_last_order": Words(Place.WHO, _since_last),
    "near_birthday": Words(Place.TIME, _birthday),
    "came_by_link": Words(
        Place.WHO,
        lambda part, tongue: (
            _("for visitors who came by %(names)s") % {"names": tongue.listed("links", part["links"])}
        ),
    ),
    "subscribed": Words(
        Place.WHO,
        lambda part, tongue: (
            _("for subscribers of %(names)s") % {"names": tongue.listed("lists", part["lists"])}
        ),
    ),
    "visit": Words(Place.WHO, say_visits),
}
