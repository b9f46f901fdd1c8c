"""The moments that triggers wait for. A new one is a file here and a line below."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from triggers.facts import Facts
from triggers.models import Message, Trigger
from triggers.occasions.birthday import Birthday
from triggers.occasions.cart_abandoned import CartAbandoned
from triggers.occasions.gift_balance_expiring import GiftBalanceExpiring
from triggers.occasions.gift_balance_issued import GiftBalanceIssued
from triggers.occasions.points_expiring import PointsExpiring
from triggers.occasions.referral_joined import ReferralJoined
from triggers.occasions.referral_rewarded import ReferralRewarded
from triggers.occasions.reward_near import RewardNear
from triggers.occasions.silent import Silent
from triggers.occasions.stamp_card_full import StampCardFull
from triggers.occasions.tier_changed import TierChanged
from triggers.reasons import Objection


class Occasion(Protocol):
    """`code` is what a trigger names in its `occasion`. `keeps_hours`: whether the usual quiet hours and cap hold for
    its marketing where the store has set none."""

    code: str
    keeps_hours: bool

    def check(self, params: Mapping[str, Any]) -> None:
        """Raise ValidationError unless a trigger may have these settings."""

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        """Insert the messages of up to `limit` customers, each at most once; returns how many were inserted."""

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        """None while the occasion still holds for the message's customer."""

    def facts(self, message: Message, *, at: datetime) -> Facts:
        """What the message tells besides its text, as it is at this moment."""


OCCASIONS: Mapping[str, Occasion] = {
    occasion.code: occasion
    for occasion in (
        Silent(),
        CartAbandoned(),
        PointsExpiring(),
        Birthday(),
        TierChanged(),
        RewardNear(),
        StampCardFull(),
        GiftBalanceIssued(),
        GiftBalanceExpiring(),
        ReferralJoined(),
        ReferralRewarded(),
    )
}
