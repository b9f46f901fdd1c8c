"""Tiers and stamp cards set up in plain words, and a customer's tier given by hand."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from loyalty.models import StampCard, Tier, TierGrant, TierRules, TierStatus
from loyalty.tiers.recompute_store import KIND, recompute_store
from shop.models import Customer, Job
from tests.factories import make_order, make_order_line
from tests.panel.conftest import LogIn
from tests.panel.world import World
from triggers.models import Trigger

STEPS = {
    "step0-name": "Silver",
    "step0-threshold": "100.00",
    "step0-benefits": "First to know",
    "step1-name": "Gold",
    "step1-threshold": "500",
    "step1-benefits": "",
}
LADDER = {"measure": "spend", "period": "rolling", "months": "12", "grace_days": "30"} | STEPS


@pytest.fixture
def owner(ours: World, log_in: LogIn) -> Any:
    return log_in(ours.store, "owner")


@pytest.fixture
def anna(ours: World) -> Customer:
    """Has bought goods for 200.00 this month."""
    anna = ours.customer
    anna.joined_at = timezone.now() - timedelta(days=20)
    anna.save(update_fields=["joined_at"])
    order = make_order(ours.store, customer=anna, placed_at=timezone.now() - timedelta(days=2))
    make_order_line(order, unit_price=10_000, total=20_000)
    return anna


def test_silver_and_gold_are_one_click_away(ours: World, owner: Any) -> None:
    assert "Set up Silver and Gold" in owner.get("/panel/tiers/").content.decode()
    owner.post("/panel/tiers/example/")
    page = owner.get("/panel/tiers/").content.decode()
    assert "from 3 orders" in page
    assert "Set up Silver and Gold" not in page
    assert TierRules.objects.get(store=ours.store).number == 1


def test_a_look_counts_and_saves_nothing(ours: World, owner: Any, anna: Customer) -> None:
    page = owner.post("/panel/tiers/change/", LADDER | {"look": "1"})
    assert page.status_code == 200
    assert [(one.name, one.people) for one in page.context["expected"]] == [("Silver", 1), ("Gold", 0)]
    assert not TierRules.objects.exists()


def test_saved_it_places_everybody_by_a_job(ours: World, owner: Any, anna: Customer) -> None:
    assert owner.post("/panel/tiers/change/", LADDER).status_code == 302
    recompute_store(Job.objects.get(store=ours.store, kind=KIND))
    assert TierStatus.objects.get(customer=anna).tier == Tier.objects.get(store=ours.store, code="silver")
    assert "£500.00" in owner.get("/panel/tiers/").content.decode()
    page = owner.get(f"/panel/customers/{anna.pk}/").content.decode()
    assert "£290.00 to Gold" in page, "£10.00 were bought before"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"step1-threshold": "100"}, "Two tiers ask for the same"),
        ({"step1-name": "Silver"}, "Two tiers bear the same name"),
        ({"step1-threshold": "much"}, "Type an amount like 20.00"),
        ({"months": ""}, "Say how many months count"),
        ({"step0-name": "", "step1-name": ""}, "Name at least one tier"),
    ],
)
def test_what_does_not_fit_is_said_where_it_is(
    ours: World, owner: Any, typed: dict[str, str], said: str
) -> None:
    answer = owner.post("/panel/tiers/change/", LADDER | typed)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not TierRules.objects.exists()


def test_a_tier_is_given_with_a_reason_and_taken_back(ours: World, owner: Any, anna: Customer) -> None:
    owner.post("/panel/tiers/change/", LADDER)
    gold = Tier.objects.get(store=ours.store, code="gold")
    day = (timezone.now() + timedelta(days=30)).date().isoformat()
    form = {"tier": str(gold.pk), "last_day": day, "reason": "Late delivery"}
    assert owner.post(f"/panel/customers/{anna.pk}/tier/", form | {"reason": ""}).status_code == 400
    assert owner.post(f"/panel/customers/{anna.pk}/tier/", form).status_code == 302
    assert TierStatus.objects.get(customer=anna).tier == gold
    assert TierGrant.objects.get(customer=anna).reason == "Late delivery"
    assert "Late delivery" in owner.get(f"/panel/customers/{anna.pk}/").content.decode()
    owner.post(f"/panel/customers/{anna.pk}/tier/take-back/")
    assert TierStatus.objects.get(customer=anna).tier == Tier.objects.get(store=ours.store, code="silver")


def test_the_mails_are_started_once(ours: World, owner: Any) -> None:
    owner.post("/panel/tiers/example/")
    for _ in range(2):
        owner.post("/panel/tiers/mails/")
    mine = Trigger.objects.filter(store=ours.store).exclude(pk=ours.trigger.pk)
    assert sorted(mine.values_list("occasion", "purpose")) == [
        ("reward_near", "marketing"),
        ("stamp_card_full", "service"),
        ("tier_changed", "service"),
    ]


def test_the_ladder_can_be_ended(ours: World, owner: Any) -> None:
    owner.post("/panel/tiers/example/")
    owner.post("/panel/tiers/end/")
    assert "Set up Silver and Gold" in owner.get("/panel/tiers/").content.decode()


def test_a_stamp_card_is_set_up_and_changed(ours: World, owner: Any) -> None:
    StampCard.objects.all().delete()
    assert "Set up this card" in owner.get("/panel/stamp-cards/").content.decode()
    owner.post("/panel/stamp-cards/example/")
    form = {"name": "Coffee card", "by": "order", "needed": "6", "reward": "coupon", "campaign": ""}
    assert owner.post("/panel/stamp-cards/new/", form).status_code == 400
    form["campaign"] = ours.campaign.code
    assert owner.post("/panel/stamp-cards/new/", form | {"is_active": "on"}).status_code == 302
    card = StampCard.objects.get(store=ours.store, code="coffee-card")
    assert (card.campaign, card.points, card.needed) == (ours.campaign.code, None, 6)
    owner.post("/panel/stamp-cards/coffee-card/change/", form | {"needed": "8", "is_active": "on"})
    card.refresh_from_db()
    assert card.needed == 8
