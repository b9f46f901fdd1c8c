"""What customers hold codes for: coupons of an offer, and gift balances in money."""

from coupons.models.coupon import Coupon, CouponCampaign, Handover, Redemption, Revocation
from coupons.models.gift_balance import GiftBalance, GiftLimit, GiftProduct, GiftWithdrawal

__all__ = [
    "Coupon",
    "CouponCampaign",
    "GiftBalance",
    "GiftLimit",
    "GiftProduct",
    "GiftWithdrawal",
    "Handover",
    "Redemption",
    "Revocation",
]
