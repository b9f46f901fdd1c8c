"""Many codes at once: all there, none twice, and going on where a worker fell over."""

import pytest
from django.db import transaction

import coupons.bulk_issue
from coupons.bulk_issue import COUNT_MAX, run_issue, start_issue
from coupons.issue import IssueRefused
from coupons.models import Coupon, CouponCampaign
from loyalty.publish import pause
from shop.jobs import JobFailed
from shop.models import Activity
from tests.factories import AT, make_campaign, make_store
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> CouponCampaign:
    return make_campaign(run_offer(make_store()), kind="gift")


def test_codes_are_issued_in_batches_and_counted(campaign: CouponCampaign) -> None:
    job = start_issue(campaign, count=1201, by=None, at=AT)
    run_issue(job)
    issued = Coupon.objects.filter(campaign=campaign)
    assert issued.count() == 1201
    assert len(set(issued.values_list("code", flat=True))) == 1201
    assert (job.done_count, job.total_count, job.result) == (1201, 1201, {"issued": 1201})
    facts = Activity.objects.filter(kind="coupons.issued").order_by("id")
    assert [fact.data["count"] for fact in facts] == [500, 500, 201]


def test_a_job_taken_up_again_adds_what_is_missing(
    campaign: CouponCampaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start_issue(campaign, count=1000, by=None, at=AT)

    def fall_over(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(coupons.bulk_issue, "_note", fall_over)
        with pytest.raises(RuntimeError), transaction.atomic():
            run_issue(job)
    assert not Coupon.objects.exists()
    with monkeypatch.context() as patch:
        patch.setattr(coupons.bulk_issue, "advance", fall_over)
        with pytest.raises(RuntimeError):
            run_issue(job)
    assert Coupon.objects.count() == 500
    run_issue(job)
    assert Coupon.objects.count() == 1000


def test_all_codes_of_a_job_end_alike(campaign: CouponCampaign) -> None:
    run_issue(start_issue(campaign, count=3, by=None, at=AT))
    assert len(set(Coupon.objects.values_list("ends_at", "starts_at"))) == 1


def test_a_paused_offer_stops_the_job_with_a_sentence(campaign: CouponCampaign) -> None:
    job = start_issue(campaign, count=10, by=None, at=AT)
    pause(campaign.offer, at=AT)
    with pytest.raises(JobFailed, match="not running"):
        run_issue(job)
    assert not Coupon.objects.exists()


def test_a_named_campaign_issues_no_codes_on_paper(campaign: CouponCampaign) -> None:
    with pytest.raises(IssueRefused, match="wrong_kind"):
        start_issue(make_campaign(campaign.offer, kind="named"), count=10, by=None, at=AT)


@pytest.mark.parametrize("count", [0, -1, COUNT_MAX + 1])
def test_a_count_out_of_bounds_is_refused(campaign: CouponCampaign, count: int) -> None:
    with pytest.raises(ValueError, match="codes at a time"):
        start_issue(campaign, count=count, by=None, at=AT)
