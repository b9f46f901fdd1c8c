"""One coupon per campaign and key; one public code per campaign."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from coupons.issue import IssueFault, IssueRefused, issue_named, issue_public
from coupons.models import Coupon, CouponCampaign
from loyalty.publish import pause, write_version
from shop.models import Activity, Store
from tests.factories import AT, DAY, make_campaign, make_coupon, make_customer, make_store
from tests.factories.offers_that_run import document, run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store(time_zone="Europe/London")


@pytest.fixture
def campaign(store: Store) -> CouponCampaign:
    return make_campaign(run_offer(store), valid_days=30)


@pytest.fixture
def public(store: Store) -> CouponCampaign:
    return make_campaign(run_offer(store), kind=CouponCampaign.Kind.GIFT)


def fault(call: Callable[[], object]) -> IssueFault:
    with pytest.raises(IssueRefused) as refused:
        call()
    return refused.value.code


def test_a_named_coupon_is_good_to_the_end_of_its_last_day(store: Store, campaign: CouponCampaign) -> None:
    anna = make_customer(store)
    coupon = issue_named(campaign, anna, issue_key="message:1", at=AT)
    assert (coupon.customer, coupon.uses_max, coupon.starts_at) == (anna, 1, AT)
    # 2 November and 30 days is 2 December, which ends in London as the 3rd begins.
    assert coupon.ends_at == datetime(2026, 12, 3, tzinfo=UTC)


def test_a_coupon_lives_no_longer_than_its_offer(store: Store) -> None:
    campaign = make_campaign(run_offer(store, schedule={"ends_at": "2026-11-10T00:00:00Z"}))
    coupon = issue_named(campaign, make_customer(store), issue_key="1", at=AT)
    assert coupon.ends_at == datetime(2026, 11, 10, tzinfo=UTC)
    late = datetime(2026, 11, 10, tzinfo=UTC)
    assert fault(lambda: issue_named(campaign, make_customer(store), issue_key="2", at=late)) == "offer_ended"


def test_asking_again_returns_the_same_coupon(store: Store, campaign: CouponCampaign) -> None:
    anna = make_customer(store)
    first = issue_named(campaign, anna, issue_key="message:1", at=AT)
    assert issue_named(campaign, anna, issue_key="message:1", at=AT + DAY) == first
    assert issue_named(campaign, anna, issue_key="message:2", at=AT) != first
    assert Coupon.objects.count() == Activity.objects.filter(kind="coupon.issued").count() == 2


def test_a_key_belongs_to_one_holder(store: Store, campaign: CouponCampaign) -> None:
    issue_named(campaign, make_customer(store), issue_key="message:1", at=AT)
    other = make_customer(store)
    assert fault(lambda: issue_named(campaign, other, issue_key="message:1", at=AT)) == "issue_conflict"


def test_a_customer_of_another_store_gets_nothing(campaign: CouponCampaign) -> None:
    stranger = make_customer(make_store())
    assert fault(lambda: issue_named(campaign, stranger, issue_key="1", at=AT)) == "other_store"


def test_an_offer_that_rests_gives_no_coupons(store: Store, campaign: CouponCampaign) -> None:
    pause(campaign.offer, at=AT)
    anna = make_customer(store)
    assert fault(lambda: issue_named(campaign, anna, issue_key="1", at=AT)) == "offer_not_running"


def test_an_offer_that_needs_no_code_gives_no_coupons(store: Store, campaign: CouponCampaign) -> None:
    write_version(campaign.offer, document(audience={"kind": "everyone"}), by=None, at=AT)
    anna = make_customer(store)
    assert fault(lambda: issue_named(campaign, anna, issue_key="1", at=AT)) == "offer_without_code"


def test_a_campaign_has_one_public_code(public: CouponCampaign) -> None:
    coupon = issue_public(public, "spring", at=AT, ends_at=AT + DAY)
    assert (coupon.code, coupon.customer, coupon.uses_max) == ("SPRING", None, None)
    assert issue_public(public, "SPRING", at=AT) == coupon
    assert fault(lambda: issue_public(public, "AUTUMN", at=AT)) == "issue_conflict"


def test_a_public_code_ends_with_its_offer_where_no_end_is_given(
    store: Store, public: CouponCampaign
) -> None:
    assert issue_public(public, "ENDLESS", at=AT).ends_at == datetime(2026, 12, 3, tzinfo=UTC)
    ending = run_offer(store, schedule={"ends_at": "2027-03-01T00:00:00Z"})
    coupon = issue_public(make_campaign(ending, kind="gift"), "MARCH", at=AT)
    assert coupon.ends_at == datetime(2027, 3, 1, tzinfo=UTC)


def test_a_public_code_of_another_campaign_is_taken(store: Store, public: CouponCampaign) -> None:
    issue_public(public, "SPRING", at=AT)
    other = make_campaign(run_offer(store), kind=CouponCampaign.Kind.GIFT)
    assert fault(lambda: issue_public(other, "SPRING", at=AT)) == "code_taken"
    assert issue_public(
        make_campaign(run_offer(make_store()), kind=CouponCampaign.Kind.GIFT), "SPRING", at=AT
    )


@pytest.mark.parametrize("code", ["AB", "A" * 41, "ПРИВЕТ", "A_B", ""])
def test_a_public_code_has_a_form(public: CouponCampaign, code: str) -> None:
    assert fault(lambda: issue_public(public, code, at=AT)) == "code_form"


def test_kinds_do_not_mix(store: Store, campaign: CouponCampaign, public: CouponCampaign) -> None:
    anna = make_customer(store)
    assert fault(lambda: issue_named(public, anna, issue_key="1", at=AT)) == "wrong_kind"
    assert fault(lambda: issue_public(campaign, "SPRING", at=AT)) == "wrong_kind"


def test_a_public_code_that_has_ended_is_not_issued(public: CouponCampaign) -> None:
    assert fault(lambda: issue_public(public, "SPRING", at=AT, ends_at=AT)) == "offer_ended"


# --- Every rule twice: the database refuses it too.


def test_two_coupons_for_one_key_are_refused_by_the_database(campaign: CouponCampaign) -> None:
    make_coupon(campaign, issue_key="1")
    with pytest.raises(IntegrityError, match="coupons_coupon_issued_once"), transaction.atomic():
        make_coupon(campaign, issue_key="1")


def test_one_code_twice_in_a_store_is_refused_by_the_database(campaign: CouponCampaign) -> None:
    make_coupon(campaign, code="SAME")
    with pytest.raises(IntegrityError, match="coupons_coupon_code_once"), transaction.atomic():
        make_coupon(campaign, code="SAME")
