"""A shop's owner sets coupons up in plain words, issues codes, and takes them out as a file."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coupons.bulk_issue import KIND, run_issue
from coupons.models import Coupon, CouponCampaign
from loyalty.models import Offer
from loyalty.say_rule import say_rule
from panel.coupons.set_up import CouponPlan, Way, set_up, terms
from shop.models import Activity, Job
from tests.factories import AT, DAY, make_customer, make_product_group
from tests.panel.conftest import LogIn
from tests.panel.world import World

pytestmark = pytest.mark.django_db
NEW = reverse("panel:coupons_new")
ANSWERS = {
    "way": "public",
    "public_code": "spring",
    "percent_bp": "15",
    "amount": "",
    "minimum": "20.00",
    "valid_days": "30",
    "uses_max": "500",
    "name": "Spring discount",
}


def test_the_rule_is_read_aloud(ours: World) -> None:
    plan = CouponPlan("Spring", Way.PUBLIC, percent_bp=1500, minimum=2000, uses_max=500, uses_per_customer=1)
    assert say_rule(terms(plan, ours.store), ours.store, language="en") == (
        "When the order comes to at least £20.00, take 15 % off the whole order, only with a coupon, "
        "at most 500 uses, once per customer."
    )
    group = make_product_group(ours.store, code="candles")
    some = CouponPlan("Candles", Way.GIFT, amount=500, group=group.code)
    assert say_rule(terms(some, ours.store), ours.store, language="en") == (
        "Take £5.00 off candles, only with a coupon."
    )


def test_days_are_whole_days_of_the_stores_calendar(ours: World) -> None:
    ours.store.time_zone = "Europe/Moscow"
    plan = CouponPlan("May", Way.PUBLIC, percent_bp=1000, starts_on=AT.date(), ends_on=AT.date())
    schedule = terms(plan, ours.store)["schedule"]
    assert schedule == {"starts_at": "2026-11-01T21:00:00+00:00", "ends_at": "2026-11-02T21:00:00+00:00"}


def test_looking_leaves_nothing_and_starting_runs(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "marketer")
    looked = client.post(NEW, {**ANSWERS, "look": "1"})
    assert "When the order comes to at least £20.00, take 15 % off the whole order" in looked.content.decode()
    assert not CouponCampaign.objects.filter(code="spring-discount").exists()
    started = client.post(NEW, {**ANSWERS, "start": "1"})
    assert started["Location"] == reverse("panel:campaign", args=["spring-discount"])
    campaign = CouponCampaign.objects.get(code="spring-discount")
    assert (campaign.kind, campaign.offer.status) == ("gift", Offer.Status.RUNNING)
    assert Coupon.objects.get(campaign=campaign).code == "SPRING"
    assert Activity.objects.filter(kind="campaign.started", subject="campaign:spring-discount").count() == 1


def test_a_code_that_is_taken_leaves_no_half_campaign(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    client.post(NEW, {**ANSWERS, "start": "1"})
    again = client.post(NEW, {**ANSWERS, "start": "1"})
    assert again.status_code == 400
    assert "Another coupon has this code" in again.content.decode()
    assert CouponCampaign.objects.filter(code__startswith="spring-discount").count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"percent_bp": ""}, "one of the two"),
        ({"amount": "5.00"}, "one of the two"),
        ({"percent_bp": "101"}, "Type a percentage"),
        ({"public_code": "ab"}, "3 to 40 letters"),
        ({"public_code": "ÄPFEL"}, "3 to 40 letters"),
        ({"starts_on": "2100-05-02", "ends_on": "2100-05-01"}, "before the first one"),
        ({"ends_on": "2020-01-01"}, "This day is over"),
        ({"uses_max": "0"}, "greater than or equal to 1"),
        ({"minimum": "20.005"}, "Type an amount"),
        ({"group": "of-another-store"}, "Select a valid choice"),
    ],
)
def test_an_answer_that_makes_no_sense_is_explained(
    changed: dict[str, str], says: str, ours: World, log_in: LogIn
) -> None:
    page = log_in(ours.store, "owner").post(NEW, {**ANSWERS, **changed, "start": "1"})
    assert page.status_code == 400
    assert says in page.content.decode()
    assert not CouponCampaign.objects.filter(code="spring-discount").exists()


def _gift(ours: World) -> CouponCampaign:
    plan = CouponPlan("A gift for a friend", Way.GIFT, amount=500)
    return set_up(ours.store, plan, by=ours.owner, at=timezone.now() - timedelta(minutes=1))


def test_codes_are_issued_by_a_job_that_the_page_shows(ours: World, log_in: LogIn) -> None:
    campaign = _gift(ours)
    page = reverse("panel:campaign_codes", args=[campaign.code])
    client = log_in(ours.store, "owner")
    client.post(page, {"count": "7"})
    job = Job.objects.get(kind=KIND)
    assert job.created_by == ours.owner
    waiting = client.get(page).content.decode()
    assert "hx-trigger" in waiting
    run_issue(job)
    Job.objects.filter(pk=job.pk).update(status="done")
    done = client.get(page)
    assert done.context["counts"] == {"issued": 7, "open": 7, "used": 0, "held": 0, "void": 0}
    assert 'hx-trigger="every 1s"' not in done.content.decode()


def test_a_named_campaign_issues_for_a_customer_once_a_day(ours: World, log_in: LogIn) -> None:
    plan = CouponPlan("For you", Way.NAMED, percent_bp=1000)
    campaign = set_up(ours.store, plan, by=None, at=timezone.now() - timedelta(minutes=1))
    page = reverse("panel:campaign_codes", args=[campaign.code])
    client = log_in(ours.store, "owner")
    for _ in range(2):
        client.post(page, {"ref": ours.customer.ref})
    assert Coupon.objects.get(campaign=campaign).customer == ours.customer
    unknown = client.post(page, {"ref": "nobody"})
    assert "no customer with this number" in unknown.content.decode()


def test_a_paused_campaign_says_so(ours: World, log_in: LogIn) -> None:
    campaign = _gift(ours)
    Offer.objects.filter(pk=campaign.offer_id).update(status=Offer.Status.PAUSED)
    page = log_in(ours.store, "owner").post(
        reverse("panel:campaign_codes", args=[campaign.code]), {"count": "7"}
    )
    assert page.status_code == 400
    assert "The campaign is paused" in page.content.decode()
    assert not Job.objects.filter(kind=KIND).exists()


def test_the_file_holds_every_code_and_the_export_is_written_down(ours: World, log_in: LogIn) -> None:
    campaign = _gift(ours)
    Coupon.objects.bulk_create(
        Coupon(
            store=ours.store,
            campaign=campaign,
            code=f"CODE-{n}",
            issue_key=f"n:{n}",
            customer=make_customer(ours.store, ref=f"=SUM({n})"),
            issued_at=AT,
            starts_at=AT,
            ends_at=datetime.now(UTC) + 30 * DAY,
        )
        for n in range(3)
    )
    answer = log_in(ours.store, "admin").get(reverse("panel:campaign_codes_csv", args=[campaign.code]))
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))  # type: ignore[attr-defined]
    assert rows[0] == ["code", "state", "issued", "valid until", "customer"]
    assert [row[0] for row in rows[1:]] == ["CODE-0", "CODE-1", "CODE-2"]
    assert rows[1][4] == "'=SUM(0)"  # no spreadsheet takes it for a formula
    fact = Activity.objects.get(kind="codes.exported")
    assert fact.data["count"] == 3


def test_a_marketer_sees_no_code_and_takes_none_out(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    client.post(NEW, {**ANSWERS, "start": "1"})
    marketer = log_in(ours.store, "marketer")
    page = marketer.get(reverse("panel:campaign_codes", args=["spring-discount"])).content.decode()
    assert "SPRING<" not in page
    assert marketer.get(reverse("panel:campaign_codes_csv", args=["spring-discount"])).status_code == 403


def test_another_stores_campaign_does_not_exist_here(ours: World, theirs: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    for route in ("panel:campaign_codes", "panel:campaign_codes_csv"):
        assert client.get(reverse(route, args=[theirs.campaign.code])).status_code == 404
