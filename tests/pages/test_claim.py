"""The page behind a handed-on gift, as browsers see it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from coupons.hand_over import hand_over
from coupons.models import Coupon, Handover
from shop.models import Store
from tests.factories import DAY, make_campaign, make_coupon, make_store
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store(name="Candle House", domain="candles.example")


@pytest.fixture
def gift(store: Store) -> Coupon:
    offer = run_offer(
        store,
        at=timezone.now() - DAY,
        benefits=[{"kind": "amount_off", "amount": 500}],
        conditions=[{"kind": "subtotal_at_least", "amount": 2000}],
    )
    now = timezone.now()
    return make_coupon(
        make_campaign(offer, kind="gift"), issued_at=now, starts_at=now, ends_at=now + 30 * DAY
    )


def address(coupon: Coupon) -> str:
    with transaction.atomic():
        link = hand_over(coupon, giver=None, at=timezone.now())
    return "/claim/" + link.partition("/claim/")[2]


def test_looking_shows_the_gift_and_claims_nothing(gift: Coupon) -> None:
    page = Client().get(address(gift))
    assert page.status_code == 200
    text = page.content.decode()
    assert "£5 off your order of £20 or more" in text
    assert "Claim the gift" in text
    assert gift.code not in text
    assert not Handover.objects.exists()


def test_claiming_shows_a_new_code_here_and_nowhere_else(gift: Coupon) -> None:
    friend, giver = Client(), Client()
    page = address(gift)
    giver.get(page)
    friend.get(page)
    claimed = friend.post(page)
    new = Handover.objects.get().target
    assert new.code in claimed.content.decode()
    assert new.code in friend.get(page).content.decode()
    assert new.code in friend.post(page).content.decode()  # tapped twice
    assert new.code not in giver.get(page).content.decode()
    late = giver.post(page)
    assert late.status_code == 409
    assert "has been claimed" in late.content.decode()
    assert Handover.objects.count() == 1


def test_no_script_runs_and_no_other_site_learns_the_address(gift: Coupon) -> None:
    page = Client().get(address(gift))
    policy = page["Content-Security-Policy"]
    for rule in ("script-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "img-src 'none'"):
        assert rule in policy
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    cookie = page.cookies["reprise_claim"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/claim/")


def test_a_form_of_another_site_claims_nothing(gift: Coupon) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = address(gift)
    assert strict.post(page).status_code == 403
    token = strict.get(page).context["csrf_token"]
    assert strict.post(page, {"csrfmiddlewaretoken": token}).status_code == 200


def test_a_gift_that_has_ended_says_until_when_it_was_good(gift: Coupon) -> None:
    page = address(gift)
    now = timezone.now()
    Coupon.objects.filter(pk=gift.pk).update(starts_at=now - 3 * DAY, ends_at=now - timedelta(seconds=1))
    shown = Client().post(page)
    assert shown.status_code == 409
    assert "This gift has ended" in shown.content.decode()


@pytest.mark.parametrize("token", ["nonsense", "1~x", "%00", "a" * 400])
def test_a_broken_link_is_told_so(token: str) -> None:
    page = Client().get(f"/claim/{token}/")
    assert page.status_code == 404
    assert "not whole" in page.content.decode()
