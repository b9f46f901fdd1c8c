"""Tiers and a stamp card in the demo: running since before the story's weeks, with people on them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.follow_stamps import follow_stamps
from loyalty.models import Offer, StampCard, TierRules
from loyalty.publish import start, write_version
from loyalty.tiers.follow import end_due, follow_facts
from loyalty.tiers.keep_ladder import LadderPlan, StepPlan, keep_ladder
from loyalty.tiers.recompute_store import KIND
from panel.playbooks.start_mails import start_mails
from panel.tiers.mails import TIER_MAILS
from shop.models import Job, Order, Store
from triggers.models import Trigger
from triggers.occasions.tier_changed import TierChanged

SILVER_FROM, GOLD_FROM = 50_000, 150_000  # minor units
CARD = "sixth-order"
STAMPS, CARD_POINTS = 6, 500
# The card is a little older than the weeks that are played, so that some have come far on it. Each order of its time is
# followed one by one, so it is not much older.
CARD_BEFORE = timedelta(days=28)


def start_status(store: Store, *, since: datetime, at: datetime) -> None:
    """Safe to repeat. The ladder is older than the first order, so that customers have climbed it one by one."""
    first = Order.objects.filter(store=store).earliest("placed_at").placed_at
    if not TierRules.objects.filter(store=store).exists():
        _start_ladder(store, at=first - timedelta(days=1), at_recorded=at)
        _thank_gold(store, at=since)
    if not Trigger.objects.filter(store=store, occasion=TierChanged.code).exists():
        with transaction.atomic():
            start_mails(store, TIER_MAILS, by=None, at=at)
    StampCard.objects.get_or_create(
        store=store,
        code=CARD,
        defaults={
            "name": _("Every sixth order"),
            "by": StampCard.By.ORDER,
            "needed": STAMPS,
            "reward": StampCard.RewardKind.POINTS,
            "points": CARD_POINTS,
            "day_max": 1,
            "starts_at": since - CARD_BEFORE,
        },
    )
    follow_status(at=at)


def follow_status(*, at: datetime) -> None:
    """What the two jobs would do, until nothing is left to do."""
    while follow_stamps(at=at):
        pass
    while follow_facts(at=at):
        pass
    while end_due(at=at):
        pass


@transaction.atomic
def _start_ladder(store: Store, *, at: datetime, at_recorded: datetime) -> None:
    silver = StepPlan("silver", _("Silver"), SILVER_FROM, _("First to hear of what is new"))
    gold = StepPlan("gold", _("Gold"), GOLD_FROM, _("A contact person of your own"))
    plan = LadderPlan("spend", "rolling", 12, 30, (silver, gold))
    keep_ladder(store, plan, by=None, at=at, at_recorded=at_recorded)
    # The facts that wait bring everybody to where they stand: nobody has to be looked at twice.
    Job.objects.filter(store=store, kind=KIND, status=Job.Status.QUEUED).delete()


@transaction.atomic
def _thank_gold(store: Store, *, at: datetime) -> None:
    """What the top of the ladder is good for."""
    offer, created = Offer.objects.get_or_create(
        store=store, code="gold-delivery", defaults={"name": _("Free delivery for Gold")}
    )
    if not created:
        return
    terms = {
        "v": 1,
        "lane": "delivery",
        "conditions": [{"kind": "in_tier", "tiers": ["gold"]}],
        "benefits": [{"kind": "delivery_fixed_price"}],
    }
    write_version(offer, terms, by=None, at=at)
    start(offer, at=at)
