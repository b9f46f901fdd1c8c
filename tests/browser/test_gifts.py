"""Coupons set up at a desk or on a phone, a cart tried, and a gift claimed by a friend."""

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from coupons.hand_over import hand_over
from coupons.issue import issue_gift
from coupons.models import Coupon, CouponCampaign
from tests.browser.conftest import fits
from tests.factories import make_product
from tests.panel.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _heading(page: Page, text: str) -> None:
    expect(page.locator("#page-content h2").first).to_have_text(text)


def _set_up(page: Page, *, way: str, **answers: str) -> None:
    page.goto("/panel/campaigns/")
    page.get_by_role("link", name="Give out coupons").click()
    _heading(page, "Give out coupons")
    assert fits(page)
    page.locator("#id_way").select_option(way)
    for name, typed in answers.items():
        page.locator(f"#id_{name}").fill(typed)
    page.get_by_role("button", name="Look at the rule").click()
    _heading(page, "Look at it once more, then start")
    assert fits(page)
    page.get_by_role("button", name="Start it").click()


def test_a_public_code_is_set_up_and_tried_on_a_cart(page: Page, shop: World) -> None:
    make_product(shop.store, sku="MUG", name="Blue mug", price=1000)
    _set_up(
        page,
        way="public",
        public_code="spring",
        percent_bp="15",
        minimum="20.00",
        name="Spring discount",
    )
    _heading(page, "Spring discount")
    page.goto("/panel/try-a-cart/")
    page.locator("#who").fill("petro")
    page.get_by_role("button", name="Anna Petrova").click()
    expect(page.get_by_role("button", name="Somebody else")).to_be_visible()
    page.locator("#what").fill("mug")
    page.get_by_role("button", name="Blue mug MUG").click()
    expect(page.locator("#quantity-1")).to_have_value("1")
    page.locator("#codes").fill("SPRING")
    page.locator("#codes").press("Tab")
    expect(page.get_by_text("£10.00 are missing.")).to_be_visible()
    page.locator("#quantity-1").fill("3")
    page.locator("#quantity-1").press("Enter")
    expect(page.locator(".r-yes").first).to_be_visible()
    expect(page.get_by_text("are missing")).to_have_count(0)
    expect(page.locator("#codes")).to_have_value("SPRING")
    assert fits(page)


def test_a_friend_claims_a_gift_and_sees_the_code_again(page: Page, shop: World) -> None:
    _set_up(page, way="gift", amount="5.00", minimum="20.00", name="For a friend")
    _heading(page, "Codes of “For a friend”")
    campaign = CouponCampaign.objects.select_related("store", "offer").get(code="for-a-friend")
    with transaction.atomic():
        coupon = issue_gift(campaign, shop.customer, issue_key="test", at=timezone.now())
        link = hand_over(coupon, giver=shop.customer, at=timezone.now())
    page.goto("/claim/" + link.partition("/claim/")[2])
    expect(page.get_by_text("£5 off your order of £20 or more")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Claim the gift").click()
    expect(page.get_by_role("heading", name="It is yours. Enjoy!")).to_be_visible()
    code = Coupon.objects.exclude(pk=coupon.pk).get(campaign=campaign).code
    expect(page.locator(".code")).to_have_text(code)
    assert fits(page)
    page.goto(page.url)
    expect(page.locator(".code")).to_have_text(code)
