"""The programme: offers and what they took off, points and where they went."""

from loyalty.models.beside_money import PersonalWindow, Reward
from loyalty.models.offer import (
    CustomerUse,
    Discount,
    Offer,
    OfferBudget,
    OfferDayUse,
    OfferUse,
    OfferVersion,
    OrderDayUse,
)
from loyalty.models.points import Account, EarningRule, Lot, Transfer
from loyalty.models.reversal import Debt, LineEarning, LotUse

__all__ = [
    "Account",
    "CustomerUse",
    "Debt",
    "Discount",
    "EarningRule",
    "LineEarning",
    "Lot",
    "LotUse",
    "Offer",
    "OfferBudget",
    "OfferDayUse",
    "OfferUse",
    "OfferVersion",
    "OrderDayUse",
    "PersonalWindow",
    "Reward",
    "Transfer",
]
