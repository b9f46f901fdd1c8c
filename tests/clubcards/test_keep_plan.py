"""A plan's settings become offers that run, rest and change with it."""

from typing import Any

import pytest
from django.db import transaction

from clubcards.errors import CardFault, CardRefused
from clubcards.keep_plan import keep_plan
from clubcards.models import CardPlan
from clubcards.open_plans import open_plans
from loyalty.models import Offer
from shop.models import Activity, Store
from tests.factories import AT, make_offer, make_product_group, make_store
from tests.factories.card_rows import open_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


def terms(offer: Offer | None) -> dict[str, Any]:
    assert offer is not None
    found: dict[str, Any] = offer.versions.latest("number").document
    return found


def test_the_discount_becomes_an_offer_in_the_lane_of_cards(store: Store) -> None:
    make_product_group(store, code="candles")
    plan = open_plan(store, "vip", discount_bp=1500, group="candles")
    assert plan.discount_offer is not None
    assert (plan.discount_offer.code, plan.discount_offer.status) == ("card-vip", Offer.Status.RUNNING)
    document = terms(plan.discount_offer)
    assert document["lane"] == "card"
    assert document["conditions"] == [{"kind": "holds_card", "plans": ["vip"]}]
    assert document["benefits"] == [
        {"kind": "percent_off", "rate_bp": 1500, "target": {"kind": "in_groups", "groups": ["candles"]}}
    ]


def test_free_delivery_becomes_an_offer_of_its_own(store: Store) -> None:
    plan = open_plan(store, free_delivery_from=3000)
    assert terms(plan.delivery_offer)["conditions"][1] == {"kind": "subtotal_at_least", "amount": 3000}
    assert open_plan(store, "gold", free_delivery_from=None).delivery_offer is None


def test_a_plan_without_a_discount_makes_no_offer(store: Store) -> None:
    plan = open_plan(store, discount_bp=0)
    assert (plan.discount_offer, plan.delivery_offer) == (None, None)


def test_the_same_settings_again_write_nothing(store: Store) -> None:
    plan = open_plan(store)
    version, facts = store.offers_version, Activity.objects.filter(store=store).count()
    assert open_plan(store).pk == plan.pk
    assert store.offers_version == version
    assert Activity.objects.filter(store=store).count() == facts


def test_another_discount_is_a_new_version_of_the_same_offer(store: Store) -> None:
    before = open_plan(store)
    after = open_plan(store, discount_bp=2000)
    assert after.discount_offer == before.discount_offer
    assert after.discount_offer is not None
    assert [
        version.document["benefits"][0]["rate_bp"] for version in after.discount_offer.versions.order_by("id")
    ] == [
        1000,
        2000,
    ]


def test_a_discount_that_is_taken_away_leaves_its_offer_paused(store: Store) -> None:
    open_plan(store)
    plan = open_plan(store, discount_bp=0)
    assert plan.discount_offer is not None
    assert plan.discount_offer.status == Offer.Status.PAUSED


def test_a_plan_out_of_use_pauses_its_offers_and_in_use_again_starts_them(store: Store) -> None:
    open_plan(store, free_delivery_from=0)
    resting = open_plan(store, is_active=False)
    assert resting.discount_offer is not None
    assert resting.delivery_offer is not None
    assert {resting.discount_offer.status, resting.delivery_offer.status} == {Offer.Status.PAUSED}
    again = open_plan(store, is_active=True)
    assert again.discount_offer is not None
    assert again.discount_offer.status == Offer.Status.RUNNING


def test_settings_that_are_not_given_stay(store: Store) -> None:
    open_plan(store, name="Gold club", line_limit_bp=3000)
    plan = open_plan(store, discount_bp=500)
    assert (plan.name, plan.line_limit_bp, plan.discount_bp) == ("Gold club", 3000, 500)


@pytest.mark.parametrize(
    ("settings", "fault", "attr"),
    [
        ({"group": "nowhere"}, CardFault.UNKNOWN_GROUP, "group"),
        ({"discount_bp": 10_001}, CardFault.RATE_OUT_OF_RANGE, "discount_bp"),
        ({"line_limit_bp": -1}, CardFault.RATE_OUT_OF_RANGE, "line_limit_bp"),
        ({"free_delivery_from": -1}, CardFault.AMOUNT_OUT_OF_RANGE, "free_delivery_from"),
    ],
)
def test_what_no_plan_can_give_is_refused(
    store: Store, settings: dict[str, Any], fault: CardFault, attr: str
) -> None:
    with pytest.raises(CardRefused) as refused:
        open_plan(store, **settings)
    assert (refused.value.code, refused.value.attr) == (fault, attr)
    assert not CardPlan.objects.filter(store=store).exists()


def test_an_offer_of_somebody_else_is_not_taken_over(store: Store) -> None:
    make_offer(store, code="card-vip")
    with pytest.raises(CardRefused) as refused:
        open_plan(store, "vip")
    assert refused.value.code is CardFault.OFFER_CODE_TAKEN


def test_vip_and_premium_come_ready_and_stay_as_the_shop_changed_them(store: Store) -> None:
    with transaction.atomic():
        vip, premium = open_plans(store, by=None, at=AT)
        keep_plan(store, "vip", {"discount_bp": 700}, by=None, at=AT)
        again = open_plans(store, by=None, at=AT)
    assert (vip.discount_bp, vip.kind, premium.discount_bp, premium.kind) == (1000, "vip", 500, "premium")
    assert [plan.discount_bp for plan in again] == [700, 500]
