"""A gift claimed by twenty friends at once is claimed once; with its guards taken away it is not."""

import pytest
from django.db import transaction

from coupons.hand_over import Gift, HandoverRefused, claim, coupon_of, hand_over
from coupons.models import Coupon, Handover, Redemption
from coupons.redeem import CouponRefused, redeem
from tests.factories import AT, make_order, make_store
from tests.factories.offers_that_run import gift_coupon
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

GUARD = "uses_max > used + held"
ONCE = (
    ("coupons_handover", "coupons_handover_source_id_key"),
    ("coupons_revocation", "coupons_revocation_coupon_id_key"),
    ("coupons_coupon", "coupons_coupon_issued_once"),
)


def race_to_claim(monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None) -> list[Gift | Exception]:
    """Everybody has read the coupon, whole and unused, before anybody claims it."""
    with transaction.atomic():
        link = hand_over(gift_coupon(make_store()), giver=None, at=AT)
    token = link.rstrip("/").rpartition("/")[2]
    meet_after(monkeypatch, "tests.races.test_gifts.coupon_of", workers=20)

    def friend(number: int) -> Gift:
        with transaction.atomic():
            return claim(coupon_of(token), claim_secret=f"phone {number}", at=AT)

    return at_once([lambda n=n: friend(n) for n in range(20)], workers=20, rewrite=rewrite)  # type: ignore[misc]


def test_a_gift_is_claimed_by_one_of_twenty_friends(monkeypatch: pytest.MonkeyPatch) -> None:
    results = race_to_claim(monkeypatch)
    assert (len(of_type(results, Gift)), len(of_type(results, HandoverRefused))) == (1, 19)
    assert (Handover.objects.count(), Coupon.objects.count()) == (1, 2)


def test_without_its_guards_a_gift_is_claimed_many_times(monkeypatch: pytest.MonkeyPatch) -> None:
    for table, name in ONCE:
        drop_constraint(table, name)
    monkeypatch.setattr("coupons.hand_over._take", lambda coupon, *, at: True)
    results = race_to_claim(monkeypatch)
    assert len(of_type(results, Gift)) > 1
    assert Handover.objects.count() > 1


def test_without_its_guard_the_database_still_lets_one_friend_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coupons.hand_over._take", lambda coupon, *, at: True)
    race_to_claim(monkeypatch)
    assert Handover.objects.count() == 1


def race_to_use_and_claim(rewrite: Rewrite | None = None) -> list[object]:
    """Ten friends claim it while ten orders use it."""
    given = gift_coupon(make_store())
    with transaction.atomic():
        token = hand_over(given, giver=None, at=AT).rstrip("/").rpartition("/")[2]

    def friend(number: int) -> Gift:
        with transaction.atomic():
            return claim(coupon_of(token), claim_secret=f"phone {number}", at=AT)

    def buyer() -> Redemption:
        with transaction.atomic():
            return redeem(given, make_order(given.store), amount=100, at=AT)

    jobs = [job for n in range(10) for job in (lambda n=n: friend(n), buyer)]
    return list(at_once(jobs, workers=20, rewrite=rewrite))


def test_a_gift_is_used_or_handed_on_but_never_both() -> None:
    results = race_to_use_and_claim()
    assert Redemption.objects.count() + Handover.objects.count() == 1
    assert len(of_type(results, CouponRefused)) + len(of_type(results, HandoverRefused)) == 19


def test_without_the_guard_in_its_where_it_is_both(monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("coupons_coupon", "coupons_coupon_within_limit")
    monkeypatch.setattr("coupons.hand_over._take", lambda coupon, *, at: True)
    race_to_use_and_claim(rewrite=without(GUARD))
    assert Redemption.objects.count() + Handover.objects.count() > 1
