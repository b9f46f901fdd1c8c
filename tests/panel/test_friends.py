"""Referrals and partners in the panel: terms, tree, review, partners, months and the payout file."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from loyalty.models import Commission, Partner, Payout, ReferralProgramme, ReviewDecision
from loyalty.partners.close_month import last_month_over
from shop.clock import start_of_day
from shop.models import Activity
from tests.factories import make_customer, make_order, make_order_line, make_person, make_product_group
from tests.factories.friend_rows import (
    make_commission,
    make_partner,
    make_referral,
    make_referral_programme,
    make_referral_reward,
    make_review_case,
)
from tests.panel.conftest import LogIn
from tests.panel.world import World

TERMS = {
    "is_on": "on",
    "unit": "share",
    "level_1": "5",
    "level_2": "2.5",
    "level_3": "",
    "level_4": "",
    "level_5": "",
    "cap": "10",
    "gives": "points",
    "reward_campaign": "",
    "friend_campaign": "",
    "first_order_only": "on",
    "window_days": "365",
    "life_days": "365",
    "joins_an_hour_max": "5",
}
PARTNER = {
    "name": "Anna's blog",
    "code": "anna-blog",
    "contact": "",
    "default_bp": "10",
    "by_group": "candles 15",
    "by_sku": "",
    "campaign": "",
    "is_active": "on",
}


@pytest.fixture
def owner(ours: World, log_in: LogIn) -> Any:
    return log_in(ours.store, "owner")


def test_terms_are_typed_in_percent_and_said_as_a_sentence(ours: World, owner: Any) -> None:
    assert owner.post("/panel/referrals/terms/", TERMS).status_code == 302
    kept = ReferralProgramme.objects.get(store=ours.store)
    assert kept.levels == (500, 250, 0, 0, 0)
    page = owner.get("/panel/referrals/").content.decode()
    assert "Whoever brings a friend gets 5 % in points for the friend&#x27;s first order." in page
    assert "Those before them: 2.5 % in points." in page
    assert 'value="2.5"' in owner.get("/panel/referrals/terms/").content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"level_1": "8"}, "The levels come to more than this."),
        ({"unit": "points", "level_2": "2.5"}, "Points are whole"),
        ({"gives": "coupon"}, "Choose the campaign that the coupon comes from."),
        ({"level_1": "a lot"}, "Type a percentage"),
    ],
)
def test_terms_that_cannot_be_are_refused_in_words(owner: Any, changed: dict[str, str], said: str) -> None:
    answer = owner.post("/panel/referrals/terms/", TERMS | changed)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not ReferralProgramme.objects.exists()


def test_the_tree_is_drawn_and_searched(ours: World, owner: Any) -> None:
    anna, boris = make_customer(ours.store), make_customer(ours.store)
    make_person(anna, name="Anna Petrova")
    make_person(boris, name="Boris Green")
    make_referral(boris, anna)
    page = owner.get("/panel/referrals/", {"q": "Boris"}).content.decode()
    assert "<svg" in page
    assert page.index("Anna Petrova") < page.index("Boris Green")
    assert "no order yet" in page
    missing = owner.get("/panel/referrals/", {"q": "Nobody"}).content.decode()
    assert "No customer of this number or name" in missing


def test_a_marketer_sees_masked_names(ours: World, log_in: LogIn) -> None:
    anna, boris = make_customer(ours.store), make_customer(ours.store)
    make_person(anna, name="Anna Petrova")
    make_referral(boris, anna)
    page = log_in(ours.store, "marketer").get("/panel/referrals/").content.decode()
    assert "Anna" not in page
    assert "A•••" in page


def test_a_case_shows_both_sides_and_takes_one_decision(ours: World, owner: Any) -> None:
    anna, boris = make_customer(ours.store), make_customer(ours.store)
    make_person(anna, name="Anna Petrova")
    make_person(boris, name="Boris Green")
    order = make_order(ours.store, customer=boris)
    make_referral_reward(order, anna, status="review")
    case = make_review_case(order)
    path = f"/panel/referrals/cases/{case.pk}/"
    page = owner.get(path).content.decode()
    assert "the same payment card" in page
    assert "Anna Petrova" in page
    assert "Boris Green" in page
    assert owner.post(path, {"decision": "reject", "reason": ""}).status_code == 400
    assert owner.post(path, {"decision": "reject", "reason": "One person."}).status_code == 302
    assert ReviewDecision.objects.get(case=case).is_approved is False
    assert order.referral_rewards.get().status == "refused"
    owner.post(path, {"decision": "approve", "reason": "No, two."})
    assert ReviewDecision.objects.count() == 1


def test_a_case_of_another_store_is_not_there(ours: World, theirs: World, owner: Any) -> None:
    case = make_review_case(make_order(theirs.store))
    assert owner.get(f"/panel/referrals/cases/{case.pk}/").status_code == 404
    assert not ReviewDecision.objects.exists()


def test_a_partner_is_set_up_in_plain_words(ours: World, owner: Any) -> None:
    make_product_group(ours.store, code="candles")
    assert owner.post("/panel/new-partner/", PARTNER).status_code == 302
    partner = Partner.objects.get(store=ours.store, code="anna-blog")
    assert (partner.default_bp, list(partner.rates.values_list("group", "rate_bp"))) == (
        1000,
        [("candles", 1500)],
    )
    assert owner.post("/panel/partners/anna-blog/link/", {"code": "spring", "path": "/a"}).status_code == 302
    bad = owner.post("/panel/partners/anna-blog/link/", {"code": "away", "path": "//elsewhere.example"})
    assert bad.status_code == 400
    page = owner.get("/panel/partners/anna-blog/").content.decode()
    assert "/go/" in page
    assert "15 % on candles" in page
    assert "candles 15" in owner.get("/panel/partners/anna-blog/change/").content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"by_group": "lamps 10"}, "There is no such product group: lamps."),
        ({"by_sku": "NOTHING 10"}, "There is no such product: NOTHING"),
        ({"by_group": "candles"}, "Type a name and a percentage on each line"),
        ({"contact": "nobody"}, "There is no customer of this number."),
    ],
)
def test_terms_of_a_partner_that_cannot_be_are_refused(
    ours: World, owner: Any, changed: dict[str, str], said: str
) -> None:
    make_product_group(ours.store, code="candles")
    answer = owner.post("/panel/new-partner/", PARTNER | changed)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Partner.objects.filter(code="anna-blog").exists()


def test_the_statements_link_is_made_and_closed(ours: World, owner: Any) -> None:
    partner = make_partner(ours.store, code="blog")
    owner.post("/panel/partners/blog/statement/", {"act": "renew"})
    assert "/statement/" in owner.get("/panel/partners/blog/").content.decode()
    owner.post("/panel/partners/blog/statement/", {"act": "close"})
    partner.refresh_from_db()
    assert partner.statement_is_open is False


def test_a_month_is_closed_and_paid_by_a_file_that_adds_up(ours: World, owner: Any) -> None:
    month = last_month_over(ours.store, at=timezone.now())
    due_at = start_of_day(ours.store, month) + timedelta(days=3)
    for name, amount in (("=Anna", 700), ("Boris", 350)):
        line = make_order_line(make_order(ours.store))
        make_commission(make_partner(ours.store, name=name), line, amount=amount, due_at=due_at)
    page = owner.get("/panel/partner-months/").content.decode()
    assert "2 partners have" in page
    assert owner.post("/panel/partner-months/").status_code == 302
    assert owner.post("/panel/partner-months/").status_code == 302
    assert Payout.objects.count() == 2
    answer = owner.get(f"/panel/partner-months/{month:%Y-%m}/payouts.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert [row[1] for row in rows[1:3]] == ["'=Anna", "Boris"]
    assert [int(row[-1]) for row in rows[1:]] == [700, 350, 1050]
    assert sum(Commission.objects.values_list("amount", flat=True)) == 1050
    assert Activity.objects.filter(kind="payouts.exported").exists()
    assert owner.get("/panel/partner-months/2020-01/payouts.csv").status_code == 404
    assert owner.get("/panel/partner-months/nonsense/payouts.csv").status_code == 404


def test_mails_about_friends_are_one_click_away(ours: World, owner: Any) -> None:
    make_referral_programme(ours.store)
    assert "Tell customers of their friends" in owner.get("/panel/referrals/").content.decode()
    owner.post("/panel/referrals/mails/")
    assert "Tell customers of their friends" not in owner.get("/panel/referrals/").content.decode()
