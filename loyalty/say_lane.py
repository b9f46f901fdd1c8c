"""The steps of the price calculation in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANES: Mapping[str, str | Promise] = {
    "sale": _("reduced goods"),
    "card": _("club cards"),
    "coupon": _("coupons"),
    "order": _("the order as a whole"),
    "gifts": _("gifts"),
    "delivery": _("delivery"),
}


def say_lane(code: str) -> str:
    """A step without words yet is shown by its name."""
    return str(LANES.get(code, code))
