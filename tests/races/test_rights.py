"""Points and coupons at once: never below zero, never twice. Each with its counter-proof."""

from collections.abc import Callable

import pytest
from django.db import transaction

from coupons.issue import issue_named
from coupons.models import Coupon
from loyalty.models import Account, Lot, Transfer
from loyalty.transfer import Accrual, NotEnoughPoints, post, post_accruals
from loyalty.transfer_accounts import customer_account, programme_account
from loyalty.transfer_lots import Window
from loyalty.verify import verify_ledger
from shop.models import Customer, Store
from tests.factories import AT, DAY, make_campaign, make_customer, make_earning_rule, make_order, make_store
from tests.factories.offers_that_run import run_offer
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

GUARD_OF_BALANCE = '"loyalty_account"."balance" >= ("loyalty_account"."held" + %s)'
LOCKS = (" FOR NO KEY UPDATE", " FOR UPDATE", "\nFOR NO KEY UPDATE")


@pytest.fixture
def anna() -> Customer:
    return make_customer(make_store())


def give(anna: Customer, points: int) -> None:
    with transaction.atomic():
        post(
            anna.store,
            kind=Transfer.Kind.ADJUSTMENT,
            source=programme_account(anna.store, Account.Kind.ADJUSTED),
            target=customer_account(anna),
            amount=points,
            key="given",
            at=AT,
            at_recorded=AT,
            window=Window(AT, AT + DAY),
        )


def spend_ten(anna: Customer, n: int) -> Callable[[], Transfer]:
    mine = Account.objects.get(customer=anna)
    spent = programme_account(anna.store, Account.Kind.SPENT)

    def spend() -> Transfer:
        with transaction.atomic():
            return post(
                anna.store,
                kind=Transfer.Kind.REDEMPTION,
                source=mine,
                target=spent,
                amount=10,
                key=f"spent:{n}",
                at=AT,
                at_recorded=AT,
            )

    return spend


def race_for_fifty_points(anna: Customer, rewrite: Rewrite | None = None) -> list[Transfer | Exception]:
    give(anna, 50)
    return at_once([spend_ten(anna, n) for n in range(20)], workers=20, rewrite=rewrite)


def test_fifty_points_are_spent_by_twenty_tills_five_times(anna: Customer) -> None:
    results = race_for_fifty_points(anna)
    assert (len(of_type(results, Transfer)), len(of_type(results, NotEnoughPoints))) == (5, 15)
    assert (Account.objects.get(customer=anna).balance, Lot.objects.get().left) == (0, 0)
    assert verify_ledger(anna.store) == []


def test_without_locks_and_guards_the_balance_goes_below_zero(
    anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_account", "loyalty_account_balance_not_negative")
    drop_constraint("loyalty_account", "loyalty_account_held_within_balance")
    meet_after(monkeypatch, "loyalty.transfer._choose_lots", workers=20)
    race_for_fifty_points(anna, rewrite=without(*LOCKS, GUARD_OF_BALANCE))
    assert Account.objects.get(customer=anna).balance < 0


def test_without_locks_the_database_still_keeps_the_balance_from_going_below_zero(
    anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "loyalty.transfer._choose_lots", workers=20)
    race_for_fifty_points(anna, rewrite=without(*LOCKS))
    assert Account.objects.get(customer=anna).balance == 0


def race_to_post(store: Store, rewrite: Rewrite | None = None) -> list[int | Exception]:
    """Eight workers hear of the same order."""
    rule = make_earning_rule(store)
    customer = make_customer(store, joined_at=AT)
    order = make_order(store, customer=customer)
    row = Accrual(
        customer_id=customer.pk,
        order_id=order.pk,
        rule_id=rule.pk,
        points=10,
        effective_at=AT,
        window=Window(AT, AT + DAY),
    )

    def work() -> int:
        with transaction.atomic():
            return post_accruals(store, [row], at_recorded=AT)

    return at_once([work] * 8, workers=8, rewrite=rewrite)


def test_an_order_that_eight_workers_hear_of_earns_once() -> None:
    store = make_store()
    assert sorted(map(str, race_to_post(store))) == ["0"] * 7 + ["1"]
    assert Account.objects.get(kind="customer").balance == 10
    assert verify_ledger(store) == []


def test_without_its_unique_key_an_order_earns_many_times() -> None:
    drop_constraint("loyalty_transfer", "loyalty_transfer_key_once")
    race_to_post(make_store(), rewrite=lambda sql: sql.replace("ON CONFLICT (store_id, key) DO NOTHING", ""))
    assert Account.objects.get(kind="customer").balance > 10


def race_to_issue(monkeypatch: pytest.MonkeyPatch) -> list[Coupon | Exception]:
    store = make_store()
    anna, campaign = make_customer(store), make_campaign(run_offer(store))
    meet_after(monkeypatch, "coupons.issue.new_code", workers=20)

    def issue() -> Coupon:
        with transaction.atomic():
            return issue_named(campaign, anna, issue_key="message:1", at=AT)

    return at_once([issue] * 20, workers=20)


def test_a_coupon_asked_for_twenty_times_at_once_is_issued_once(monkeypatch: pytest.MonkeyPatch) -> None:
    results = race_to_issue(monkeypatch)
    assert {coupon.code for coupon in of_type(results, Coupon)} == {Coupon.objects.get().code}
    assert len(of_type(results, Coupon)) == 20


def test_without_its_unique_key_a_coupon_is_issued_many_times(monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("coupons_coupon", "coupons_coupon_issued_once")
    race_to_issue(monkeypatch)
    assert Coupon.objects.count() > 1
