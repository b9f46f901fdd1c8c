"""What an order earns by rules of every kind: as quoted, kept by rule, taken back by what was stored."""

from typing import Any

import pytest
from django.db import transaction

from loyalty.keep_rule import RuleFault, RulePlan, RuleRefused, end_rule, keep_rule, rules_of
from loyalty.models import EarningCount, EarningRule, RuleEarning, Transfer
from loyalty.verify import verify_ledger
from shop.models import Activity, Customer, Store
from tests.checkout.ask import order, quote
from tests.checkout.reverse import THREE, balance, mugs, refund
from tests.factories import (
    AT,
    DAY,
    make_customer,
    make_earning_rule,
    make_product_group,
    make_store,
)
from tests.factories.card_rows import make_membership, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    """A point for every 1.00 of goods."""
    store = make_store()
    make_earning_rule(store, name="all goods")
    make_product_group(store, code="tea", skus=["A"])
    return store


@pytest.fixture
def anna(store: Store) -> Customer:
    return make_customer(store, joined_at=AT - 100 * DAY)


def rule(store: Store, **given: Any) -> EarningRule:
    made = make_earning_rule(store, **given)
    store.refresh_from_db()
    return made


def gains(priced: Any) -> list[tuple[str, int]]:
    return sorted((priced.earning[gain.rule].name, gain.points) for gain in priced.quote.gains)


def test_a_group_has_a_rate_of_its_own_on_top(store: Store, anna: Customer) -> None:
    rule(store, name="tea", group="tea", points=2)
    priced = quote(store, lines=THREE, customer=anna.ref)
    assert gains(priced) == [("all goods", 20), ("tea", 20)]
    assert [line.points_to_earn for line in priced.quote.lines] == [30, 6, 4]
    done = order(store, lines=THREE, customer=anna.ref)
    assert (done.points, balance(anna)) == (40, 40)
    assert sorted(RuleEarning.objects.values_list("rule__name", "points")) == [("all goods", 20), ("tea", 20)]
    assert verify_ledger(store) == []


def test_of_two_rules_for_all_goods_the_better_one_counts(store: Store, anna: Customer) -> None:
    rule(store, name="weekend", points=3, per_amount=200)
    assert gains(quote(store, customer=anna.ref)) == [("weekend", 15)]


def test_points_for_an_order_come_on_top(store: Store, anna: Customer) -> None:
    rule(store, name="per order", kind="order", per_amount=None, points=25)
    assert gains(quote(store, lines=mugs(3))) == [("all goods", 30), ("per order", 25)]


def test_a_card_multiplies_for_its_holders_only(store: Store, anna: Customer) -> None:
    plan = make_plan(store, code="vip")
    rule(store, name="vip", kind="multiplier", per_amount=None, points=0, factor_bp=20_000, plans=["vip"])
    assert quote(store, customer=anna.ref).quote.points_to_earn == 10
    make_membership(plan, anna)
    assert quote(store, customer=anna.ref).quote.points_to_earn == 20
    assert quote(store).quote.points_to_earn == 10
    assert order(store, customer=anna.ref).points == balance(anna) == 20


def test_a_rule_for_card_holders_is_none_for_others(store: Store, anna: Customer) -> None:
    rule(store, name="vip", points=5, plans=["vip"])
    assert gains(quote(store, customer=anna.ref)) == [("all goods", 10)]
    make_membership(make_plan(store, code="vip"), anna)
    assert gains(quote(store, customer=anna.ref)) == [("vip", 50)]


def test_a_cap_is_seen_by_the_quote_and_kept_by_the_order(store: Store, anna: Customer) -> None:
    rule(store, name="tea", group="tea", points=2, cap_points=25, cap_period="month")
    assert order(store, lines=THREE, customer=anna.ref).points == 40
    assert gains(quote(store, lines=THREE, customer=anna.ref)) == [("all goods", 20), ("tea", 5)]
    assert [order(store, lines=THREE, customer=anna.ref).points for _ in range(2)] == [25, 20]
    assert gains(quote(store, lines=THREE, customer=anna.ref, at=AT + 29 * DAY)) == [
        ("all goods", 20),
        ("tea", 20),
    ]
    assert EarningCount.objects.get().points == 25
    assert verify_ledger(store) == []


@pytest.mark.parametrize("split", [[4], [1, 3], [2, 2], [3, 1], [1, 1, 1, 1]])
def test_a_refund_takes_back_by_the_rules_of_then(store: Store, anna: Customer, split: list[int]) -> None:
    tea = rule(store, name="tea", group="tea", points=2)
    bought = order(store, lines=THREE, customer=anna.ref).order
    with transaction.atomic():
        keep_rule(
            store, RulePlan(name="tea", kind="amount", points=9, per_amount=1), code=tea.code, by=None, at=AT
        )
    store.refresh_from_db()
    for units in split:
        refund(bought, (1, units))
    assert balance(anna) == 10


def test_an_edit_is_a_new_version_from_then_on(store: Store, anna: Customer) -> None:
    first = rule(store, name="per order", kind="order", per_amount=None, points=25)
    with transaction.atomic():
        plan = RulePlan(name="per order", kind="order", points=30)
        second = keep_rule(store, plan, code=first.code, by=None, at=AT + DAY)
    store.refresh_from_db()
    first.refresh_from_db()
    assert (second.code, second.number, first.ends_at, second.starts_at) == (
        first.code,
        2,
        AT + DAY,
        AT + DAY,
    )
    points = [quote(store, at=at).quote.points_to_earn for at in (AT, AT + DAY)]
    assert points == [35, 40]
    late = order(store, customer=anna.ref, placed_at=AT, at=AT + 2 * DAY)
    assert late.points == 35
    assert second.pk not in RuleEarning.objects.values_list("rule", flat=True)


def test_an_ended_rule_gives_nothing_and_cannot_be_edited(store: Store) -> None:
    (base,) = rules_of(store, at=AT)
    with transaction.atomic():
        end_rule(store, base.code, by=None, at=AT)
    store.refresh_from_db()
    assert quote(store).quote.points_to_earn == 0
    assert list(rules_of(store, at=AT)) == []
    with pytest.raises(RuleRefused) as refused, transaction.atomic():
        keep_rule(store, RulePlan(name="x", kind="order", points=1), code=base.code, by=None, at=AT + DAY)
    assert refused.value.code is RuleFault.ENDED
    assert Activity.objects.filter(kind="earning_rule.ended").count() == 1


def test_the_accrual_names_the_rule_that_gave_most(store: Store, anna: Customer) -> None:
    big = rule(store, name="per order", kind="order", per_amount=None, points=25, life_days=10)
    order(store, customer=anna.ref)
    accrual = Transfer.objects.get()
    assert accrual.rule == big
    assert accrual.lot.ends_at - accrual.lot.active_at < 11 * DAY
