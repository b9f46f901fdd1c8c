"""The sales plan's page: set by who keeps the shop, read by who measures."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty.models import SalesPlan
from shop.models import Activity
from tests.factories import make_order
from tests.factories.offers_that_run import run_offer
from tests.panel.conftest import LogIn
from tests.panel.world import World

pytestmark = pytest.mark.django_db
PAGE, CHANGE = reverse("panel:sales_plan"), reverse("panel:sales_plan_edit")


def test_an_empty_page_says_what_it_is_for_and_the_first_step(ours: World, log_in: LogIn) -> None:
    page = log_in(ours.store, "admin").get(PAGE).content.decode()
    assert "No plan for this month yet. Say what it is to bring" in page
    assert "Set the plan" in page
    page = log_in(ours.store, "analyst").get(PAGE).content.decode()
    assert "An owner or an admin sets it here." in page
    assert "Set the plan" not in page


def test_a_plan_is_kept_and_what_it_was_before_written_down(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    for revenue in ("40000.00", "45000"):
        said = client.post(f"{CHANGE}?month=2026-05", {"revenue": revenue, "margin": "15000"})
        assert said["Location"] == f"{PAGE}?month=2026-05"
    plan = SalesPlan.objects.get()
    assert (plan.month, plan.revenue, plan.margin) == (date(2026, 5, 1), 4_500_000, 1_500_000)
    told = Activity.objects.filter(kind="sales.planned").order_by("id").last()
    assert told is not None
    assert (told.data["revenue_before"], told.data["revenue"]) == (4_000_000, 4_500_000)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"revenue": "0"}, "Give an amount above nothing."),
        ({"revenue": "100", "margin": "100.01"}, "The margin is a part of the revenue."),
        ({"revenue": "100", "margin": "0"}, "Leave it empty where no margin is planned."),
        ({}, "This field is required."),
    ],
)
def test_what_cannot_be_a_plan_is_refused(
    answers: dict[str, str], said: str, ours: World, log_in: LogIn
) -> None:
    answer = log_in(ours.store, "owner").post(CHANGE, answers)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not SalesPlan.objects.exists()


@pytest.mark.parametrize("role", ["marketer", "analyst", "support"])
def test_only_who_keeps_the_shop_sets_it(role: str, ours: World, log_in: LogIn) -> None:
    assert log_in(ours.store, role).post(CHANGE, {"revenue": "100"}).status_code == 403


def test_a_month_is_said_in_words_beside_its_plan(ours: World, log_in: LogIn) -> None:
    SalesPlan.objects.create(store=ours.store, month=date(2025, 5, 1), revenue=100_000)
    placed_at = timezone.now().replace(year=2025, month=5, day=20)
    make_order(ours.store, placed_at=placed_at, goods=45_000, payable=45_000)
    page = log_in(ours.store, "marketer").get(f"{PAGE}?month=2025-05").content.decode()
    assert "The month brought £450 of the planned £1,000: 45 %." in page
    assert "What the running offers are expected to do" not in page


def test_this_month_says_where_it_is_heading_and_which_forecasts_are_missing(
    ours: World, log_in: LogIn
) -> None:
    month = timezone.localtime().date().replace(day=1)
    SalesPlan.objects.create(store=ours.store, month=month, revenue=100_000_000)
    make_order(ours.store, placed_at=timezone.now() - timedelta(days=40))
    run_offer(ours.store, lane="sale", audience={"kind": "everyone"})
    page = log_in(ours.store, "marketer").get(PAGE).content.decode()
    assert "At the pace of the last 4 weeks the month comes to" in page
    assert "short of the plan." in page
    assert "no forecast of its terms of today" in page
    assert "no forecast and" in page


@pytest.mark.parametrize("month", ["2026-13", "1999-01", "may", "2026-5"])
def test_what_is_no_month_is_not_found(month: str, ours: World, log_in: LogIn) -> None:
    assert log_in(ours.store, "owner").get(f"{PAGE}?month={month}").status_code == 404
