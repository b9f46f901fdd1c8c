"""Read coupons by their codes."""

from collections.abc import Iterable

from coupons.codes import read_code
from coupons.models import Coupon
from shop.models import Store


def usable_codes(store: Store, codes: Iterable[str]) -> dict[str, Coupon]:
    """The store's coupons behind `codes` (as typed), with campaign, offer and holder. One query, none without codes.

    Whether a coupon may be used here and now is for pricing to say; this only finds it.
    """
    wanted = {read_code(code) for code in codes}
    if not wanted:
        return {}
    found = Coupon.objects.filter(store=store, code__in=wanted)
    return {coupon.code: coupon for coupon in found.select_related("campaign__offer", "customer")}
