"""Coupons of the demo that no mail brings: thanks to the best customers, and presents that go from hand to hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from coupons.hand_over import claim, hand_over
from coupons.issue import issue_gift, issue_named
from coupons.models import Coupon
from panel.demo.start_campaigns import Campaigns
from shop.models import Customer

THANKED, GIVERS, CLAIMED, PAPER = 24, 6, 3, 20
CLAIMED_AFTER = timedelta(days=2)


@transaction.atomic
def give_coupons(campaigns: Campaigns, best: Sequence[Customer], *, at: datetime) -> None:
    """Thanks and presents at `at`; friends claim the first presents later. Done once, all or nothing."""
    if campaigns.thanks.coupons.exists():
        return
    for customer in best[:THANKED]:
        issue_named(campaigns.thanks, customer, issue_key=f"best:{customer.ref}", at=at)
    for number in range(PAPER):
        issue_gift(campaigns.gifts, issue_key=f"paper:{number}", at=at)
    presents = [
        issue_gift(campaigns.gifts, giver, issue_key=f"present:{giver.ref}", at=at)
        for giver in best[-GIVERS:]
    ]
    for present in presents[:CLAIMED]:
        hand_over(present, giver=present.customer, at=at)
        claim(present, claim_secret="", at=at + CLAIMED_AFTER)


def claimed_presents(campaigns: Campaigns) -> list[Coupon]:
    """What friends hold now."""
    return list(Coupon.objects.filter(campaign=campaigns.gifts, handed_over__isnull=False).order_by("id"))


@transaction.atomic
def offer_present(campaigns: Campaigns, *, at: datetime) -> str | None:
    """The path of a claim page that nobody has opened yet; None where there is no present left to give."""
    held = Coupon.objects.filter(
        campaign=campaigns.gifts, customer__isnull=False, revocation__isnull=True, used=0
    )
    present = held.select_related("campaign", "store", "customer").order_by("id").first()
    return urlsplit(hand_over(present, giver=present.customer, at=at)).path if present else None
