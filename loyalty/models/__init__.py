"""The programme: offers and what they took off, points and where they went."""

from loyalty.models.acquisition import (
    Acquisition,
    LinkClick,
    ReferralReward,
    ReviewCase,
    ReviewDecision,
)
from loyalty.models.beside_money import PersonalWindow, Reward
from loyalty.models.books import DaySeal, LedgerCheck
from loyalty.models.by_hand import Adjustment, Allowance, PointsLimits, PointsMove
from loyalty.models.catalogue import CatalogueItem, CatalogueTake
from loyalty.models.earning import EarningCount, EarningRule, RuleEarning
from loyalty.models.gift import BalancePayment
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
from loyalty.models.partner import (
    Commission,
    Partner,
    PartnerLink,
    PartnerProduct,
    PartnerRate,
    Payout,
)
from loyalty.models.plan import SalesPlan
from loyalty.models.points import Account, Lot, Transfer
from loyalty.models.prolongation import Prolongation
from loyalty.models.referral import Referral, ReferralLink, ReferralProgramme
from loyalty.models.reversal import Debt, LineEarning, LotUse
from loyalty.models.segment import LifeCycleLimits, Segment, SegmentDay, SegmentListed, SegmentMember
from loyalty.models.stamps import FullCard, Stamp, StampCard, StampHolder
from loyalty.models.tiers import Tier, TierChange, TierGrant, TierRules, TierStatus, TierStep

__all__ = [
    "Account",
    "Acquisition",
    "Adjustment",
    "Allowance",
    "BalancePayment",
    "CatalogueItem",
    "CatalogueTake",
    "Commission",
    "CustomerUse",
    "DaySeal",
    "Debt",
    "Discount",
    "EarningCount",
    "EarningRule",
    "FullCard",
    "LedgerCheck",
    "LifeCycleLimits",
    "LineEarning",
    "LinkClick",
    "Lot",
    "LotUse",
    "Offer",
    "OfferBudget",
    "OfferDayUse",
    "OfferUse",
    "OfferVersion",
    "OrderDayUse",
    "Partner",
    "PartnerLink",
    "PartnerProduct",
    "PartnerRate",
    "Payout",
    "PersonalWindow",
    "PointsLimits",
    "PointsMove",
    "Prolongation",
    "Referral",
    "ReferralLink",
    "ReferralProgramme",
    "ReferralReward",
    "ReviewCase",
    "ReviewDecision",
    "Reward",
    "RuleEarning",
    "SalesPlan",
    "Segment",
    "SegmentDay",
    "SegmentListed",
    "SegmentMember",
    "Stamp",
    "StampCard",
    "StampHolder",
    "Tier",
    "TierChange",
    "TierGrant",
    "TierRules",
    "TierStatus",
    "TierStep",
    "Transfer",
]
