"""In which step of the price calculation an offer belongs, if nobody says otherwise."""

from collections.abc import Mapping
from typing import Any

DELIVERY = frozenset({"delivery_percent_off", "delivery_fixed_price"})
BESIDE_MONEY = frozenset({"points_multiplier", "extra_points", "next_coupon"})


def lane_for(document: Mapping[str, Any]) -> str:
    """By what it gives: delivery where the delivery is priced, gifts where gifts are given, and so on."""
    benefits = document.get("benefits") or ()
    kinds = {str(part["kind"]) for part in benefits}
    if benefits and all(_is_on_delivery(part) for part in benefits):
        return "delivery"
    if (document.get("audience") or {}).get("kind") == "coupon":
        return "coupon"
    if "gift_item" in kinds:
        return "gifts"
    if kinds and kinds <= BESIDE_MONEY:
        return "order"
    conditions = {str(part["kind"]) for part in document.get("conditions") or ()}
    is_card = "holds_card" in conditions and conditions <= {"holds_card", "registered"}
    return "card" if is_card else "sale"


def _is_on_delivery(part: Mapping[str, Any]) -> bool:
    return part["kind"] in DELIVERY or (part.get("target") or {}).get("kind") == "delivery"
