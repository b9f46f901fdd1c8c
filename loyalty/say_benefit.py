"""What an offer gives and on which goods, in words, by kind."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.say_names import Tongue, show_times
from pricing.values import WHOLE_BP

Part = Mapping[str, Any]
Say = Callable[[Part, Tongue], str]

WHOLE = "whole_order"


def say_target(target: Part | None, tongue: Tongue) -> str:
    """ "the whole order", "Candles", "delivery". Without one the whole order is meant."""
    kind = str((target or {}).get("kind", WHOLE))
    say = TARGETS.get(kind)
    return say(target or {}, tongue) if say else kind.replace("_", " ")


def _with_goods(said: str, target: Part | None, tongue: Tongue) -> str:
    """The goods in brackets; nothing where all goods are meant."""
    if (target or {}).get("kind", WHOLE) == WHOLE:
        return said
    return _("%(what)s (%(groups)s)") % {"what": said, "groups": say_target(target, tongue)}


def _in_groups(target: Part, tongue: Tongue) -> str:
    return tongue.listed("groups", target["groups"])


def _price_band(target: Part, tongue: Tongue) -> str:
    least, most = target.get("price_min") or 0, target.get("price_max")
    if most is None:
        return _("goods that cost %(least)s or more") % {"least": tongue.money(least)}
    if not least:
        return _("goods that cost up to %(most)s") % {"most": tongue.money(most)}
    values = {"least": tongue.money(least), "most": tongue.money(most)}
    return _("goods that cost %(least)s to %(most)s") % values


def _some_units(target: Part, tongue: Tongue) -> str:
    number = target["count"]
    if target["give"] == "dearest":
        words = ngettext("the dearest item", "the %(count)d dearest items", number)
    else:
        words = ngettext("the cheapest item", "the %(count)d cheapest items", number)
    said = words % {"count": number} if "%(count)d" in words else words
    per = target.get("per", "order")
    if per == "line":
        said = _("%(what)s of each product") % {"what": said}
    elif per == "group":
        said = _("%(what)s out of every %(count)s") % {"what": said, "count": target.get("group_of")}
    if groups := target.get("groups"):
        values = {"what": said, "groups": tongue.listed("groups", groups)}
        return _("%(what)s (%(groups)s)") % values
    return said


def _old_stock(target: Part, tongue: Tongue) -> str:
    words = ngettext(
        "goods in stock for more than %(count)s day",
        "goods in stock for more than %(count)s days",
        target["days"],
    )
    said = words % {"count": tongue.count(target["days"])}
    if groups := target.get("groups"):
        values = {"what": said, "groups": tongue.listed("groups", groups)}
        return _("%(what)s (%(groups)s)") % values
    return said


TARGETS: Mapping[str, Say] = {
    "whole_order": lambda target, tongue: _("the whole order"),
    "in_groups": _in_groups,
    "of_skus": lambda target, tongue: tongue.listed("skus", target["skus"]),
    "price_band": _price_band,
    "some_units": _some_units,
    "old_stock": _old_stock,
    "delivery": lambda target, tongue: _("delivery"),
}


def _percent_off(part: Part, tongue: Tongue) -> str:
    values = {"share": tongue.share(part["rate_bp"]), "target": say_target(part.get("target"), tongue)}
    if part.get("of_original"):
        return _("take %(share)s of the original price off %(target)s") % values
    return _("take %(share)s off %(target)s") % values


def _amount_off(part: Part, tongue: Tongue) -> str:
    values = {"amount": tongue.money(part["amount"]), "target": say_target(part.get("target"), tongue)}
    return _("take %(amount)s off %(target)s") % values


def _amount_off_each(part: Part, tongue: Tongue) -> str:
    said = _("take %(amount)s off each item") % {"amount": tongue.money(part["amount"])}
    return _with_goods(said, part.get("target"), tongue)


def _fixed_unit_price(part: Part, tongue: Tongue) -> str:
    said = _("sell each item for %(amount)s") % {"amount": tongue.money(part["price"])}
    return _with_goods(said, part.get("target"), tongue)


def _n_for_price(part: Part, tongue: Tongue) -> str:
    words = ngettext(
        "sell %(count)s item for %(amount)s", "sell %(count)s items for %(amount)s", part["quantity"]
    )
    said = words % {"count": tongue.count(part["quantity"]), "amount": tongue.money(part["price"])}
    return _at_most(_with_goods(said, part.get("target"), tongue), part, tongue)


def _buy_x_get_y(part: Part, tongue: Tongue) -> str:
    values = {"buy": tongue.count(part["buy"]), "get": tongue.count(part["get"])}
    rate_bp = part.get("rate_bp", WHOLE_BP)
    if rate_bp == WHOLE_BP:
        said = _("for every %(buy)s bought give %(get)s more free") % values
    else:
        values["share"] = tongue.share(rate_bp)
        said = _("for every %(buy)s bought take %(share)s off %(get)s more") % values
    if part.get("give") == "dearest":
        said = _("%(what)s, the dearest") % {"what": said}
    buy, get = part.get("buy_target"), part.get("get_target")
    if get is None:
        return _at_most(_with_goods(said, buy, tongue), part, tongue)
    values = {"what": said, "bought": say_target(buy, tongue), "given": say_target(get, tongue)}
    return _at_most(_("%(what)s (bought: %(bought)s; given: %(given)s)") % values, part, tongue)


def _at_most(said: str, part: Part, tongue: Tongue) -> str:
    if not (times := part.get("times_max")):
        return said
    words = ngettext(
        "%(what)s, at most %(count)s time per order", "%(what)s, at most %(count)s times per order", times
    )
    return words % {"what": said, "count": tongue.count(times)}


def _cheapest_free(part: Part, tongue: Tongue) -> str:
    said = (
        _("give the dearest item free") if part.get("give") == "dearest" else _("give the cheapest item free")
    )
    return _with_goods(said, part.get("target"), tongue)


def _by_threshold(part: Part, tongue: Tongue) -> str:
    by_money = part.get("by", "subtotal") == "subtotal"
    steps = []
    for step in part["steps"]:
        least = tongue.money(step["at_least"]) if by_money else _items(step["at_least"], tongue)
        steps.append(_("%(share)s from %(least)s") % {"share": tongue.share(step["rate_bp"]), "least": least})
    values = {"steps": ", ".join(steps), "target": say_target(part.get("target"), tongue)}
    return _("the more is bought, the more to take off %(target)s: %(steps)s") % values


def _items(number: int, tongue: Tongue) -> str:
    return ngettext("%(count)s item", "%(count)s items", number) % {"count": tongue.count(number)}


def _delivery_percent(part: Part, tongue: Tongue) -> str:
    return _("take %(share)s off delivery") % {"share": tongue.share(part["rate_bp"])}


def _delivery_price(part: Part, tongue: Tongue) -> str:
    if not part.get("price"):
        return _("deliver for free")
    return _("deliver for %(amount)s") % {"amount": tongue.money(part["price"])}


def _gift(part: Part, tongue: Tongue) -> str:
    values = {"names": tongue.listed("skus", part["skus"]), "count": tongue.count(part.get("quantity", 1))}
    if part.get("how") == "from_cart":
        return _("give free of charge from the cart, %(count)s of: %(names)s") % values
    return _("add a gift, %(count)s of: %(names)s") % values


def _multiplier(part: Part, tongue: Tongue) -> str:
    times = show_times(part["factor_bp"])
    said = _("give %(times)s times the points") % {"times": times}
    if groups := part.get("groups"):
        return _("%(what)s (%(groups)s)") % {"what": said, "groups": tongue.listed("groups", groups)}
    return said


def _extra_points(part: Part, tongue: Tongue) -> str:
    words = ngettext("give %(count)s extra point", "give %(count)s extra points", part["points"])
    return words % {"count": tongue.count(part["points"])}


def _next_coupon(part: Part, tongue: Tongue) -> str:
    values = {"name": tongue.name("campaign", part["campaign"])}
    return _("give a coupon for the next order (%(name)s)") % values


BENEFITS: Mapping[str, Say] = {
    "percent_off": _percent_off,
    "amount_off": _amount_off,
    "amount_off_each": _amount_off_each,
    "fixed_unit_price": _fixed_unit_price,
    "n_for_price": _n_for_price,
    "buy_x_get_y": _buy_x_get_y,
    "cheapest_free": _cheapest_free,
    "percent_by_threshold": _by_threshold,
    "delivery_percent_off": _delivery_percent,
    "delivery_fixed_price": _delivery_price,
    "gift_item": _gift,
    "points_multiplier": _multiplier,
    "extra_points": _extra_points,
    "next_coupon": _next_coupon,
}
