"""A segment's rule as one reads it aloud: "Customers who are lost and who have paid at least £100.00 in all".

Adding a rule is adding its words here, its SQL, and its entry in the panel's builder; a test counts them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from loyalty.say_names import Tongue, join_and
from shop.models import Consent

Part = Mapping[str, Any]
Say = Callable[[Part, Tongue], str]

STAGES: Mapping[str, str | Promise] = {
    "subscriber": pgettext_lazy("stage of a customer", "subscribers (never filled a cart)"),
    "potential": pgettext_lazy("stage of a customer", "potential buyers (a cart, but no order)"),
    "active": pgettext_lazy("stage of a customer", "active"),
    "slowing": pgettext_lazy("stage of a customer", "slowing down"),
    "passive": pgettext_lazy("stage of a customer", "passive"),
    "lost": pgettext_lazy("stage of a customer", "lost"),
}
WAYS: Mapping[str, str | Promise] = {
    "discount": gettext_lazy("with a discount"),
    "referral": gettext_lazy("by a friend's recommendation"),
    "full_price": gettext_lazy("at the full price"),
}


def say_segment(document: Part, tongue: Tongue) -> str:
    """The whole sentence. Of a document that is not finished, what is there."""
    every = [_said(part, tongue) for part in document.get("all") or ()]
    some = [_said(part, tongue) for part in document.get("any") or ()]
    none = [_said(part, tongue) for part in document.get("none") or ()]
    if len(some) > 1:
        every.append(_("for whom at least one holds: %(rules)s") % {"rules": _or(some)})
    else:
        every += some
    said = _("Customers %(rules)s") % {"rules": join_and(every)} if every else _("All customers")
    if none:
        said = _("%(customers)s, but not those %(rules)s") % {"customers": said, "rules": _or(none)}
    return f"{said}."


def _said(part: Part, tongue: Tongue) -> str:
    return SAID[part["kind"]](part, tongue)


def _or(parts: Iterable[str]) -> str:
    return _(" or ").join(parts)


def _life_cycle(part: Part, tongue: Tongue) -> str:
    return _("who are %(stages)s") % {"stages": _or(str(STAGES[one]) for one in part["stages"])}


def _orders(part: Part, tongue: Tongue) -> str:
    least, most = part.get("at_least"), part.get("at_most")
    if not least and most == 0:
        said = _("who have not ordered")
    elif least is not None and most is not None:
        values = {"least": tongue.count(least), "most": tongue.count(most)}
        said = _("who have ordered %(least)s to %(most)s times") % values
    elif most is not None:
        said = ngettext(
            "who have ordered at most %(count)s time", "who have ordered at most %(count)s times", most
        ) % {"count": tongue.count(most)}
    else:
        said = ngettext(
            "who have ordered at least %(count)s time",
            "who have ordered at least %(count)s times",
            least or 0,
        ) % {"count": tongue.count(least or 0)}
    return _lately(said, part, tongue)


def _spend(part: Part, tongue: Tongue) -> str:
    least, most = part.get("amount_min"), part.get("amount_max")
    if least is not None and most is not None:
        values = {"least": tongue.money(least), "most": tongue.money(most)}
        said = _("who have paid %(least)s to %(most)s in all") % values
    elif most is not None:
        said = _("who have paid at most %(amount)s in all") % {"amount": tongue.money(most)}
    else:
        said = _("who have paid at least %(amount)s in all") % {"amount": tongue.money(least or 0)}
    return _lately(said, part, tongue)


def _last_order(part: Part, tongue: Tongue) -> str:
    least, most = part.get("days_min"), part.get("days_max")
    if least is not None and most is not None:
        values = {"least": tongue.count(least), "most": tongue.count(most)}
        return _("whose last order was %(least)s to %(most)s days ago") % values
    days = least if most is None else most
    words = (
        ngettext(
            "whose last order was at least %(count)s day ago",
            "whose last order was at least %(count)s days ago",
            days or 0,
        )
        if most is None
        else ngettext(
            "whose last order was at most %(count)s day ago",
            "whose last order was at most %(count)s days ago",
            most,
        )
    )
    return words % {"count": tongue.count(days or 0)}


def _first_order(part: Part, tongue: Tongue) -> str:
    return _("whose first order was won %(ways)s") % {"ways": _or(str(WAYS[one]) for one in part["ways"])}


def _bought(part: Part, tongue: Tongue) -> str:
    named = [tongue.listed(family, part[family]) for family in ("groups", "skus") if part.get(family)]
    return _lately(_("who have bought something of: %(names)s") % {"names": ", ".join(named)}, part, tongue)


def _used_offer(part: Part, tongue: Tongue) -> str:
    said = _("who have used the offer %(names)s") % {"names": tongue.listed("offers", part["offers"])}
    return _lately(said, part, tongue)


def _tier(part: Part, tongue: Tongue) -> str:
    if not part.get("tiers"):
        return _("who have reached a tier")
    return _("who are %(names)s members") % {"names": tongue.listed("tiers", part["tiers"])}


def _card(part: Part, tongue: Tongue) -> str:
    if not part.get("plans"):
        return _("who hold a club card")
    return _("who hold the card %(names)s") % {"names": tongue.listed("plans", part["plans"])}


def _stamps(part: Part, tongue: Tongue) -> str:
    least = part.get("at_least", 1)
    words = ngettext(
        "who have at least %(count)s stamp of %(names)s",
        "who have at least %(count)s stamps of %(names)s",
        least,
    )
    return words % {"count": tongue.count(least), "names": tongue.listed("cards", part["cards"])}


def _points(part: Part, tongue: Tongue) -> str:
    least, most = part.get("at_least"), part.get("at_most")
    if least is not None and most is not None:
        values = {"least": tongue.count(least), "most": tongue.count(most)}
        return _("who can spend %(least)s to %(most)s points") % values
    if most is not None:
        words = ngettext(
            "who can spend at most %(count)s point", "who can spend at most %(count)s points", most
        )
        return words % {"count": tongue.count(most)}
    words = ngettext(
        "who can spend at least %(count)s point", "who can spend at least %(count)s points", least or 0
    )
    return words % {"count": tongue.count(least or 0)}


def _consented(part: Part, tongue: Tongue) -> str:
    purposes = _or(str(Consent.Purpose(one).label) for one in part["purposes"])
    if not part.get("channels"):
        return _("who have agreed to: %(purposes)s") % {"purposes": purposes}
    channels = _or(str(Consent.Channel(one).label) for one in part["channels"])
    values = {"purposes": purposes, "channels": channels}
    return _("who have agreed to: %(purposes)s (%(channels)s)") % values


def _language(part: Part, tongue: Tongue) -> str:
    return _("who read %(languages)s") % {"languages": _or(language_name(one) for one in part["languages"])}


def _birthday(part: Part, tongue: Tongue) -> str:
    if not part.get("months"):
        return _("whose birthday is in this month")
    return _("whose birthday is in: %(months)s") % {"months": _or(str(MONTHS[one]) for one in part["months"])}


def _partner(part: Part, tongue: Tongue) -> str:
    if not part.get("partners"):
        return _("whom a partner brought")
    return _("whom the partner %(names)s brought") % {"names": tongue.listed("partners", part["partners"])}


def _rfm(part: Part, tongue: Tongue) -> str:
    measures = (
        ("recency", _("how lately they bought: %(fifths)s")),
        ("frequency", _("how often: %(fifths)s")),
        ("monetary", _("how much they paid: %(fifths)s")),
    )
    said = []
    for name, words in measures:
        least, most = part.get(f"{name}_min", 1), part.get(f"{name}_max", 5)
        if (least, most) != (1, 5):
            said.append(words % {"fifths": str(least) if least == most else f"{least}–{most}"})
    if not said:
        return _("who have ever ordered")
    return _("who are among these fifths of buyers, 5 the best (%(measures)s)") % {
        "measures": "; ".join(said)
    }


def _lately(said: str, part: Part, tongue: Tongue) -> str:
    days = part.get("days")
    if days is None:
        return said
    words = ngettext("%(what)s in the last %(count)s day", "%(what)s in the last %(count)s days", days)
    return words % {"what": said, "count": tongue.count(days)}


def language_name(code: str) -> str:
    """ "English" for en; one that we have no name for is shown by its code."""
    try:
        return str(_(get_language_info(code)["name"]))
    except KeyError:
        return code


SAID: Mapping[str, Say] = {
    "life_cycle": _life_cycle,
    "orders": _orders,
    "spend": _spend,
    "last_order": _last_order,
    "first_order_by": _first_order,
    "bought": _bought,
    "used_offer": _used_offer,
    "in_tier": _tier,
    "holds_card": _card,
    "stamps": _stamps,
    "points": _points,
    "consented": _consented,
    "language": _language,
    "birthday_month": _birthday,
    "came_by_partner": _partner,
    "brought_by_friend": lambda part, tongue: _("whom a friend brought"),
    "rfm": _rfm,
    "listed": lambda part, tongue: _("who are named on its list"),
}
