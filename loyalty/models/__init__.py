"""The programme: offers and what they took off, points and where they went."""

from loyalty.models.offer import CustomerUse, Discount, Offer, OfferBudget, OfferUse, OfferVersion
from loyalty.models.points import Account, EarningRule, Lot, Transfer

__all__ = [
    "Account",
    "CustomerUse",
    "Discount",
    "EarningRule",
    "Lot",
    "Offer",
    "OfferBudget",
    "OfferUse",
    "OfferVersion",
    "Transfer",
]
