"""Customers who were merged, and the accounts that point at those who are left."""

import pytest
from django.db import IntegrityError, transaction

from loyalty.models import Account
from shop.models import Customer, Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import AT, make_account, make_customer, make_store
from tests.factories.merge_rows import make_merge


def _twice(store: Store, **given: object) -> object:
    kept, merged = make_customer(store), make_customer(store)
    return [make_merge(store, kept=kept, merged=merged, **given), make_merge(store, merged=merged)]


def _away(store: Store, **given: object) -> Account:
    head = make_account(make_customer(store))
    return make_account(make_customer(store), merged_into=head, **given)


def _into(customer: Customer, head: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(merged_into=head)


def _into_itself(store: Store) -> None:
    customer = make_customer(store)
    _into(customer, customer)


def _account_abroad(ours: Store, theirs: Store) -> None:
    make_account(make_customer(ours), merged_into=make_account(make_customer(theirs)))


RULES = [
    Rule(
        "checkout_merge_key_once",
        broken_by=lambda ours, _: [make_merge(ours, key="m1"), make_merge(ours, key="m1")],
        allows=lambda ours, theirs: [make_merge(ours, key="m1"), make_merge(theirs, key="m1")],
    ),
    Rule(
        "checkout_merge_one_open_per_customer",
        broken_by=lambda ours, _: _twice(ours),
        allows=lambda ours, _: _twice(ours, undone_at=AT),
    ),
    Rule(
        "checkout_merge_of_two_customers",
        broken_by=lambda ours, _: make_merge(ours, kept=(one := make_customer(ours)), merged=one),
        allows=lambda ours, _: make_merge(ours),
    ),
    Rule(
        "checkout_merge_returns_what_moved",
        broken_by=lambda ours, _: make_merge(ours, points=5, points_returned=6, undone_at=AT),
        allows=lambda ours, _: make_merge(ours, points=5, points_returned=5, undone_at=AT),
    ),
    Rule(
        "checkout_merge_undone_whole",
        broken_by=lambda ours, _: make_merge(ours, points=5, points_returned=5),
        allows=lambda ours, _: make_merge(ours, points=5),
    ),
    Rule(
        "checkout_merge_kept_same_store",
        broken_by=lambda ours, theirs: make_merge(ours, kept=make_customer(theirs)),
        allows=lambda ours, _: make_merge(ours),
    ),
    Rule(
        "checkout_merge_merged_same_store",
        broken_by=lambda ours, theirs: make_merge(ours, merged=make_customer(theirs)),
        allows=lambda ours, _: make_merge(ours),
    ),
    Rule(
        "shop_customer_not_merged_into_itself",
        broken_by=lambda ours, _: _into_itself(ours),
        allows=lambda ours, _: _into(make_customer(ours), make_customer(ours)),
    ),
    Rule(
        "shop_customer_merged_into_same_store",
        broken_by=lambda ours, theirs: _into(make_customer(ours), make_customer(theirs)),
        allows=lambda ours, _: _into(make_customer(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_account_merged_is_empty",
        broken_by=lambda ours, _: _away(ours, balance=1),
        allows=lambda ours, _: _away(ours),
    ),
    Rule(
        "loyalty_account_merged_into_same_store",
        broken_by=_account_abroad,
        allows=lambda ours, _: _away(ours),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_database_keeps(rule: Rule) -> None:
    assert_database_keeps(rule)


@pytest.mark.django_db
def test_points_are_not_stranded_with_a_merged_customer() -> None:
    store = make_store()
    account = _away(store)
    with pytest.raises(IntegrityError, match="loyalty_account_merged_is_empty"), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(balance=1)
