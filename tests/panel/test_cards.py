"""Card plans set up in plain words; cards given and ended on the customer's page."""

from typing import Any

import pytest

from clubcards.models import CardPlan, Membership
from loyalty.models import Offer
from shop.models import Activity
from tests.factories import make_offer, make_product_group
from tests.panel.conftest import LogIn
from tests.panel.world import World

FORM = {
    "name": "Gold club",
    "code": "gold",
    "kind": "custom",
    "discount_bp": "12.5",
    "group": "",
    "line_limit_bp": "30",
    "free_delivery_from": "20.00",
    "is_active": "on",
}


@pytest.fixture
def owner(ours: World, log_in: LogIn) -> Any:
    return log_in(ours.store, "owner")


def plan_of(ours: World, code: str) -> CardPlan:
    return CardPlan.objects.get(store=ours.store, code=code)


def test_vip_and_premium_are_one_click_away(ours: World, owner: Any) -> None:
    assert "Set up VIP and Premium" in owner.get("/panel/cards/").content.decode()
    owner.post("/panel/cards/ready/")
    page = owner.get("/panel/cards/").content.decode()
    assert "VIP club" in page
    assert "Premium club" in page
    assert "Set up VIP and Premium" not in page
    assert (
        Offer.objects.filter(
            store=ours.store, code__in=["card-vip", "card-premium"], status="running"
        ).count()
        == 2
    )


def test_a_plan_is_typed_in_percent_and_money(ours: World, owner: Any) -> None:
    make_product_group(ours.store, code="tea", name="Tea")
    answer = owner.post("/panel/cards/new/", FORM | {"group": "tea"})
    assert answer.status_code == 302
    plan = plan_of(ours, "gold")
    assert (plan.discount_bp, plan.group, plan.line_limit_bp, plan.free_delivery_from) == (
        1250,
        "tea",
        3000,
        2000,
    )
    assert plan.discount_offer is not None


def test_empty_fields_take_a_benefit_away(ours: World, owner: Any) -> None:
    owner.post("/panel/cards/new/", FORM)
    change = FORM | {"discount_bp": "", "line_limit_bp": "", "free_delivery_from": "", "name": "Silver club"}
    owner.post("/panel/cards/plans/gold/", change)
    plan = plan_of(ours, "gold")
    assert (plan.name, plan.discount_bp, plan.line_limit_bp, plan.free_delivery_from) == (
        "Silver club",
        0,
        None,
        None,
    )
    assert plan.discount_offer is not None
    assert plan.discount_offer.status == Offer.Status.PAUSED


def test_the_form_shows_what_the_plan_gives(ours: World, owner: Any) -> None:
    owner.post("/panel/cards/new/", FORM)
    page = owner.get("/panel/cards/plans/gold/").content.decode()
    assert 'value="12.5"' in page
    assert 'value="20.00"' in page
    assert 'name="code"' not in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "Gold"}, "Only small letters"),
        ({"discount_bp": "101"}, "percentage above 0 and up to 100"),
        ({"group": "nowhere"}, "Select a valid choice"),
        ({"free_delivery_from": "-1"}, "Type an amount"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_form_that_is_not_right_says_where(owner: Any, change: dict[str, str], said: str) -> None:
    answer = owner.post("/panel/cards/new/", FORM | change)
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_a_second_plan_of_one_code_is_refused(ours: World, owner: Any) -> None:
    owner.post("/panel/cards/new/", FORM)
    answer = owner.post("/panel/cards/new/", FORM | {"name": "Another"})
    assert answer.status_code == 400
    assert plan_of(ours, "gold").name == "Gold club"


def test_an_offer_in_the_way_is_told_at_the_code(ours: World, owner: Any) -> None:
    make_offer(ours.store, code="card-gold")
    answer = owner.post("/panel/cards/new/", FORM)
    assert "Choose another code" in answer.content.decode()
    assert not CardPlan.objects.filter(store=ours.store, code="gold").exists()


def test_a_card_is_given_and_ended_on_the_customers_page(ours: World, log_in: LogIn, owner: Any) -> None:
    owner.post("/panel/cards/new/", FORM)
    support = log_in(ours.store, "support")
    page = f"/panel/customers/{ours.customer.pk}/"
    assert "Give a card" in support.get(page).content.decode()
    support.post(f"{page}card/", {"plan": plan_of(ours, "gold").pk, "last_day": "2090-05-31"})
    card = Membership.objects.get(plan__code="gold")
    assert card.customer == ours.customer
    assert card.given_by is not None
    assert "31 May 2090" in support.get(page).content.decode()
    assert "ends now" in support.get(f"/panel/cards/{card.pk}/end/").content.decode()
    card.refresh_from_db()
    assert card.ends_at is not None
    assert card.ends_at.year == 2090
    support.post(f"/panel/cards/{card.pk}/end/")
    card.refresh_from_db()
    assert card.ends_at.year < 2090
    ended = Activity.objects.get(customer=ours.customer, kind="card.ended")
    assert str(ended.data["by"]) == support.session["_auth_user_id"]


def test_a_last_day_that_is_over_is_refused(ours: World, owner: Any) -> None:
    owner.post("/panel/cards/new/", FORM)
    path = f"/panel/customers/{ours.customer.pk}/card/"
    answer = owner.post(path, {"plan": plan_of(ours, "gold").pk, "last_day": "2020-01-01"})
    assert answer.status_code == 400
    assert "This day is over" in answer.content.decode()


def test_another_stores_plan_is_not_given(ours: World, theirs: World, owner: Any) -> None:
    foreign = theirs.rows["clubcards.cardplan"]
    answer = owner.post(f"/panel/customers/{ours.customer.pk}/card/", {"plan": foreign.pk})
    assert answer.status_code == 400
    assert not Membership.objects.filter(plan_id=foreign.pk, customer=ours.customer).exists()


def test_a_marketer_sets_plans_up_but_gives_no_card_and_sees_no_number(ours: World, log_in: LogIn) -> None:
    marketer = log_in(ours.store, "marketer")
    page = marketer.get(f"/panel/customers/{ours.customer.pk}/").content.decode()
    assert "Give a card" not in page
    assert "/card/" not in page
    assert marketer.post(f"/panel/customers/{ours.customer.pk}/card/", {}).status_code == 403
    assert marketer.get("/panel/cards/new/").status_code == 200
