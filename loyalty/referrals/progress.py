"""How far somebody has come with bringing friends."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Sum

from loyalty.models import Lot, Referral, ReferralLink, ReferralProgramme, ReferralReward
from shop.models import Customer

Status = ReferralReward.Status


@dataclass(frozen=True, slots=True)
class Progress:
    """`friends` have joined by the customer; points of all levels: `pending` wait for payment, return window or a
    person, `earned` came to stay. `coupons` were promised."""

    is_on: bool
    code: str | None
    brought_by: bool
    friends: int
    pending: int
    earned: int
    coupons: int


def progress_of(customer: Customer, *, at: datetime) -> Progress:
    """As of `at`; five queries, however many friends."""
    programme = ReferralProgramme.objects.filter(store_id=customer.store_id).first()
    link = ReferralLink.objects.filter(customer=customer).first()
    rewards = ReferralReward.objects.filter(customer=customer)
    waiting = rewards.filter(status__in=[Status.WAITING, Status.REVIEW])
    given = rewards.filter(status=Status.GRANTED)
    kept = given.aggregate(points=Sum(F("points") - F("taken_back"), default=0))["points"]
    in_window = Lot.objects.filter(transfer__referral_reward__in=given, active_at__gt=at)
    in_window_points = in_window.aggregate(points=Sum("left", default=0))["points"]
    expected = waiting.aggregate(points=Sum("points", default=0))["points"]
    ties = Referral.objects.filter(Q(referrer=customer) | Q(customer=customer)).values_list(
        "referrer_id", flat=True
    )
    brought = list(ties)
    return Progress(
        is_on=programme is not None and programme.is_on,
        code=link.code if link else None,
        brought_by=any(each != customer.pk for each in brought),
        friends=sum(each == customer.pk for each in brought),
        pending=in_window_points + expected,
        earned=kept - in_window_points,
        coupons=given.exclude(campaign="").count(),
    )
