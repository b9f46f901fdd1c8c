"""Friends and partners under many at once: tied once, never in a circle, paid once, a month closed once.

Each counter-proof takes the database's guard away, and then it goes wrong.
"""

from datetime import date
from functools import partial

import pytest
from django.db import connection, transaction

from loyalty.models import Commission, Payout, Referral, ReferralReward, Transfer
from loyalty.partners.close_month import close_month
from loyalty.referrals.join import join
from loyalty.referrals.promise import promise_rewards
from loyalty.referrals.settle import settle_rewards
from shop.models import Order
from tests.checkout.ask import order
from tests.checkout.reverse import pay
from tests.factories import AT, DAY, make_store
from tests.loyalty.friends import balance, follow, line_of, member, shop_with_programme
from tests.loyalty.partners import partner, sent
from tests.races.at_once import at_once, drop_constraint, meet_after

pytestmark = pytest.mark.django_db(transaction=True)
CONNECTIONS = 64
NEW_YEAR = AT + 62 * DAY


def tie_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty-four customers bring the same friend; all have looked before anybody writes."""
    store = shop_with_programme()
    friend, referrers = member(store), [member(store) for _ in range(CONNECTIONS)]
    meet_after(monkeypatch, "loyalty.referrals.join._has_bought", workers=CONNECTIONS)

    def tie(number: int) -> Referral:
        with transaction.atomic():
            return join(friend, referrers[number], how="code", at=AT)

    at_once([partial(tie, number) for number in range(CONNECTIONS)], workers=CONNECTIONS)


def test_a_friend_of_sixty_four_is_tied_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    tie_at_once(monkeypatch)
    assert Referral.objects.count() == 1


def test_without_the_key_a_friend_is_tied_to_several(monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("loyalty_referral", "loyalty_referral_once_for_ever")
    tie_at_once(monkeypatch)
    assert Referral.objects.count() > 1


def bring_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    store = shop_with_programme()
    anna, boris = member(store), member(store)
    meet_after(monkeypatch, "loyalty.referrals.join._has_bought", workers=2)

    def bring(friend: object, by: object) -> Referral:
        with transaction.atomic():
            return join(friend, by, how="code", at=AT)  # type: ignore[arg-type]

    at_once([lambda: bring(anna, boris), lambda: bring(boris, anna)], workers=2)


def test_two_who_bring_each_other_at_once_make_no_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    bring_each_other(monkeypatch)
    assert Referral.objects.count() == 1


def test_without_the_trigger_they_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER loyalty_referral_no_circle ON loyalty_referral")
    bring_each_other(monkeypatch)
    assert Referral.objects.count() == 2


def test_twenty_reports_at_once_reward_once() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = order(store, customer=boris.ref).order

    def report() -> None:
        pay(made)
        follow()

    at_once([report] * 20, workers=8)
    follow()
    assert balance(anna) == 50
    assert ReferralReward.objects.count() == 1


def reward_without_the_orders_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = order(store, customer=boris.ref, paid_at=AT).order
    meet_after(monkeypatch, "loyalty.referrals.promise._members", workers=8)

    def reward() -> None:
        with transaction.atomic():
            mine = Order.objects.select_related("store").get(pk=made.pk)
            promise_rewards(mine, [anna.pk], store.referral_programme, at=AT)

    at_once([reward] * 8, workers=8)


def test_even_without_the_orders_lock_a_level_is_promised_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reward_without_the_orders_lock(monkeypatch)
    assert ReferralReward.objects.count() == 1


def test_without_lock_and_key_a_level_is_promised_several_times(monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("loyalty_referralreward", "loyalty_referralreward_once_per_level")
    reward_without_the_orders_lock(monkeypatch)
    assert ReferralReward.objects.count() > 1


def test_even_without_the_orders_lock_the_ledgers_key_gives_once() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = order(store, customer=boris.ref).order
    follow()
    Order.objects.filter(pk=made.pk).update(paid_at=AT)

    def settle() -> None:
        with transaction.atomic():
            mine = Order.objects.select_related("store").get(pk=made.pk)
            settle_rewards(mine, at=AT, at_recorded=AT)

    at_once([settle] * 20, workers=8)
    assert balance(anna) == 50
    assert Transfer.objects.filter(key__startswith="referral:").count() == 1


def close_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    blog = partner(make_store())
    sent(blog)
    meet_after(monkeypatch, "loyalty.partners.close_month.next_month", workers=8)

    def close() -> list[Payout]:
        with transaction.atomic():
            return close_month(blog.store, date(2026, 12, 1), by=None, at=NEW_YEAR)

    at_once([close] * 8, workers=8)


def test_a_month_closed_eight_times_at_once_pays_once(monkeypatch: pytest.MonkeyPatch) -> None:
    close_at_once(monkeypatch)
    payout = Payout.objects.get()
    assert payout.payable == 100
    assert Commission.objects.get().payout == payout


def test_without_the_key_a_month_is_closed_several_times(monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("loyalty_payout", "loyalty_payout_once_per_month")
    close_at_once(monkeypatch)
    assert Payout.objects.count() > 1
