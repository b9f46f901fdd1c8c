"""Why an offer did not apply. Codes only: the sentences belong to templates and translations."""

from enum import StrEnum
from typing import NamedTuple

from pricing.build_many import new_tuple


class Refusal(StrEnum):
    """One code per offer that was considered and gave nothing."""

    UNKNOWN_CODE = "unknown_code"  # the shopper brought a code that no offer carries
    CODE_REQUIRED = "code_required"  # the offer is only for who brings its code
    WRONG_CUSTOMER = "wrong_customer"  # a named coupon in somebody else's hands
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    REVOKED = "revoked"  # taken back by the shop, or handed on and so worth nothing any more
    USED_UP = "used_up"
    USED_UP_TODAY = "used_up_today"
    BUDGET_SPENT = "budget_spent"
    NOT_REGISTERED = "not_registered"
    NOT_IN_SEGMENT = "not_in_segment"
    NOT_IN_TIER = "not_in_tier"
    NO_CARD = "no_card"
    NOT_NEW = "not_new"  # the buyer has ordered before
    NOT_PARTNER_TRAFFIC = "not_partner_traffic"
    NOT_THIS_ORDER = "not_this_order"  # `missing` is the number of orders to go, None once it is past
    NO_ORDER_YET = "no_order_yet"
    LAST_ORDER_TOO_RECENT = "last_order_too_recent"  # `missing` is a number of days
    LAST_ORDER_TOO_OLD = "last_order_too_old"
    NOT_NEAR_BIRTHDAY = "not_near_birthday"
    NOT_BY_LINK = "not_by_link"
    NOT_SUBSCRIBED = "not_subscribed"
    WRONG_VISIT = "wrong_visit"
    WRONG_DELIVERY_METHOD = "wrong_delivery_method"
    WRONG_PAYMENT_METHOD = "wrong_payment_method"
    NOT_NOW = "not_now"  # another weekday or hour
    NOT_IN_WINDOW = "not_in_window"  # between two windows of a recurring offer, or out of the personal one
    ORDERED_TOO_LATE = "ordered_too_late"
    STOCK_NOT_OLD = "stock_not_old"  # no product in the cart has lain long enough
    NOT_PREORDER = "not_preorder"  # something in the cart is no pre-order
    BELOW_MINIMUM = "below_minimum"  # `missing` is money, in minor units
    BELOW_QUANTITY = "below_quantity"  # `missing` is a number of units
    NOT_IN_CART = "not_in_cart"  # a product that the offer asks for is absent
    NO_TARGET = "no_target"  # nothing in the cart that the offer may act on
    GIFT_NOT_AVAILABLE = "gift_not_available"  # none of the gifts can be had
    NOTHING_LEFT = "nothing_left"  # the target is there, but nothing more can be taken off it
    OTHER_OFFER_BETTER = "other_offer_better"  # `better` names the one that won the same goods, or its card
    CARD_LEFT_OUT = "card_left_out"  # without the card's discount and limit this order is cheaper
    NOT_COMBINABLE = "not_combinable"  # an exclusive offer stands alone
    CAPPED_TO_ZERO = "capped_to_zero"  # `capped_by` names the cap
    NO_LANE = "no_lane"  # the store has no lane of the offer's name
    PAUSED = "paused"  # the store or the offer takes no codes for now


class Cap(StrEnum):
    """What cut a discount down."""

    CARD_LIMIT = "card_limit"
    LINE_LIMIT = "line_limit"
    MARGIN_FLOOR = "margin_floor"


class PointsLimit(StrEnum):
    """Why fewer points are spent than were asked for."""

    NOT_REGISTERED = "not_registered"  # a guest, or somebody whom nobody has told us of
    POINTS_NOT_TAKEN = "points_not_taken"  # in this store points pay for nothing
    PAUSED = "paused"  # the store takes no points for now
    NOT_ENOUGH_POINTS = "not_enough_points"
    ABOVE_SHARE = "above_share"  # the programme's share of the goods
    BELOW_MARGIN_FLOOR = "below_margin_floor"
    WHOLE_STEPS = "whole_steps"  # points are spent in steps


class Reason(NamedTuple):
    """A refusal with its numbers: `missing` in minor units or units, as the code says."""

    refusal: Refusal
    missing: int | None = None
    better: str | None = None
    capped_by: Cap | None = None


def lacking(refusal: Refusal, missing: int) -> Reason:
    """Half the time of calling `Reason`: of a store's offers most miss their minimum."""
    return new_tuple(Reason, (refusal, missing, None, None))
