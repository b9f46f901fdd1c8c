"""Earning rules as sentences, set up in plain words; what the last order would earn; when points end."""

from typing import Any

import pytest

from loyalty.models import EarningRule
from shop.models import Activity, Store
from tests.factories import make_order_line, make_product_group
from tests.panel.conftest import LogIn
from tests.panel.world import World

FORM = {
    "name": "Double for tea",
    "kind": "amount",
    "points": "2",
    "per_amount": "1.00",
    "factor_bp": "",
    "event": "",
    "group": "tea",
    "cap_points": "500",
    "cap_period": "month",
    "cooldown_days": "",
    "life_days": "365",
    "ends_on": "",
}


@pytest.fixture
def owner(ours: World, log_in: LogIn) -> Any:
    make_product_group(ours.store, code="tea", name="Tea")
    return log_in(ours.store, "owner")


def newest(ours: World) -> EarningRule:
    return EarningRule.objects.filter(store=ours.store).latest("id")


def test_a_rule_is_typed_in_plain_words_and_read_as_a_sentence(ours: World, owner: Any) -> None:
    assert owner.get("/panel/earning/new/").status_code == 200
    assert owner.post("/panel/earning/new/", FORM).status_code == 302
    rule = newest(ours)
    assert (rule.points, rule.per_amount, rule.group, rule.cap_points) == (2, 100, "tea", 500)
    page = owner.get("/panel/earning/").content.decode()
    assert "2 points for every £1.00 paid for Tea, at most 500 a month for each customer" in page


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"per_amount": ""}, "per_amount"),
        ({"points": ""}, "points"),
        ({"cap_period": ""}, "cap_period"),
        ({"kind": "multiplier", "factor_bp": "1"}, "factor_bp"),
        ({"kind": "event", "event": ""}, "event"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    ours: World, owner: Any, said: dict[str, str], field: str
) -> None:
    answer = owner.post("/panel/earning/new/", FORM | said)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors


def test_what_does_not_belong_to_a_kind_is_left_out(ours: World, owner: Any) -> None:
    owner.post("/panel/earning/new/", FORM | {"kind": "multiplier", "factor_bp": "1.5"})
    rule = newest(ours)
    assert (rule.factor_bp, rule.points, rule.per_amount, rule.cap_points) == (15_000, 0, None, None)
    owner.post("/panel/earning/new/", FORM | {"kind": "event", "event": "review", "cooldown_days": "30"})
    assert (newest(ours).event, newest(ours).group) == ("review", "")
    page = owner.get("/panel/earning/").content.decode()
    assert "points for Tea times 1.5" in page
    assert "2 points when a member writes a review" in page


def test_an_edit_makes_a_new_version_and_an_end_ends_it(ours: World, owner: Any) -> None:
    owner.post("/panel/earning/new/", FORM)
    first = newest(ours)
    assert "Double for tea" in owner.get(f"/panel/earning/rules/{first.code}/").content.decode()
    owner.post(f"/panel/earning/rules/{first.code}/", FORM | {"points": "3"})
    assert (newest(ours).number, newest(ours).points) == (2, 3)
    owner.post(f"/panel/earning/rules/{first.code}/end/")
    assert newest(ours).ends_at is not None
    assert owner.get(f"/panel/earning/rules/{first.code}/").status_code == 404
    kinds = Activity.objects.filter(kind__startswith="earning_rule.").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "earning_rule.added",
        "earning_rule.changed",
        "earning_rule.ended",
    ]


def test_the_last_order_shows_what_each_rule_gives(ours: World, owner: Any) -> None:
    make_order_line(ours.order, ordinal=77, sku="MUG", name="Blue mug")
    page = owner.get("/panel/earning/").content.decode()
    assert "Blue mug" in page
    assert "1 point for every £1" in page


def test_the_owner_says_when_points_end(ours: World, owner: Any) -> None:
    assert owner.get("/panel/earning/expiry/").status_code == 200
    said = {"points_expiry": "year", "points_grace_days": "31", "points_slide_days": "365"}
    assert owner.post("/panel/earning/expiry/", said).status_code == 302
    store = Store.objects.get(pk=ours.store.pk)
    assert (store.points_expiry, store.points_grace_days) == ("year", 31)
    assert "With the calendar year" in owner.get("/panel/earning/").content.decode()
    assert owner.post("/panel/earning/expiry/", said | {"points_slide_days": "0"}).status_code == 400


def test_an_analyst_reads_and_changes_nothing(ours: World, log_in: LogIn) -> None:
    analyst = log_in(ours.store, "analyst")
    assert analyst.get("/panel/earning/").status_code == 200
    assert analyst.post("/panel/earning/new/", FORM).status_code == 403
