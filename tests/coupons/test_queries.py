"""Coupons behind codes: read in one statement, whole."""

import pytest
from django.db import transaction
from django.forms import model_to_dict
from pytest_django import DjangoAssertNumQueries

from coupons.models import Coupon
from coupons.queries import coupons_to_use, usable_codes
from coupons.revoke import revoke
from tests.factories import AT, DAY, make_campaign, make_coupon, make_customer, make_offer, make_store
from tests.factories.offers_that_run import named_coupon, public_coupon

pytestmark = pytest.mark.django_db


def test_codes_are_found_with_all_that_pricing_asks_of_them(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    store = make_store()
    anna = make_customer(store)
    mine, public = named_coupon(store, anna), public_coupon(store, "SPRING")
    with transaction.atomic():
        revoke(public, by=None, at=AT, reason="mistake")
    with django_assert_num_queries(1):
        found = usable_codes(store, [mine.code.lower(), "spring", "NOBODYS"])
        assert set(found) == {mine.code, "SPRING"}
        assert (found[mine.code].customer, found["SPRING"].customer) == (anna, None)
        assert (hasattr(found[mine.code], "revocation"), hasattr(found["SPRING"], "revocation")) == (
            False,
            True,
        )
        assert found[mine.code].campaign.offer.status == "running"
    for coupon in found.values():
        same = Coupon.objects.get(pk=coupon.pk)
        assert model_to_dict(coupon) == model_to_dict(same)
        assert model_to_dict(coupon.campaign) == model_to_dict(same.campaign)
        assert model_to_dict(coupon.campaign.offer) == model_to_dict(same.campaign.offer)
        assert coupon.issued_at == same.issued_at


def test_codes_of_another_store_are_not_found() -> None:
    public_coupon(make_store(), "THEIRS")
    assert usable_codes(make_store(), ["THEIRS"]) == {}


def test_what_a_customer_can_use_now_is_what_ends_first() -> None:
    store = make_store()
    anna = make_customer(store)
    campaign = make_campaign(make_offer(store))
    later = make_coupon(campaign, customer=anna, ends_at=AT + 9 * DAY)
    first = make_coupon(campaign, customer=anna, ends_at=AT + 2 * DAY)
    make_coupon(campaign, customer=anna, starts_at=AT - DAY, ends_at=AT)
    make_coupon(campaign, customer=anna, starts_at=AT + DAY, ends_at=AT + 9 * DAY)
    make_coupon(campaign, customer=anna, used=1)
    make_coupon(campaign, customer=make_customer(store))
    with transaction.atomic():
        revoke(make_coupon(campaign, customer=anna), by=None, at=AT, reason="abuse")
    assert list(coupons_to_use(anna, at=AT)) == [first, later]
