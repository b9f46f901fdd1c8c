"""Models made of joined rows are what the ORM would have made."""

from typing import Any

import pytest
from django.db import connection

from shop.models import Customer, Store
from shop.read_joined import ALL, Joined
from tests.factories import make_customer, make_store

pytestmark = pytest.mark.django_db

OF_STORE = Joined({Store: ALL, Customer: ("id", "ref")})


def read(store: Store) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {OF_STORE.columns} FROM shop_store"
            " LEFT JOIN shop_customer ON shop_customer.store_id = shop_store.id WHERE shop_store.id = %s",
            [store.pk],
        )
        return tuple(OF_STORE.read(cursor.fetchone()))


def test_each_field_is_as_the_orm_reads_it() -> None:
    store = make_store()
    made, nobody = read(store)
    same = Store.objects.get(pk=store.pk)
    assert nobody is None
    assert (made, made._state.adding, made._state.db) == (same, False, "default")
    names = [field.attname for field in Store._meta.concrete_fields]
    assert [getattr(made, name) for name in names] == [getattr(same, name) for name in names]


def test_a_field_that_was_not_named_is_fetched_when_asked_for(django_assert_num_queries: Any) -> None:
    anna = make_customer(make_store())
    _store, made = read(anna.store)
    assert made.get_deferred_fields() >= {"store_id", "joined_at"}
    with django_assert_num_queries(1):
        assert made.joined_at == anna.joined_at


def test_what_was_read_can_be_changed_and_saved() -> None:
    anna = make_customer(make_store())
    store, made = read(anna.store)
    store.name = "Wax & Wick"
    store.save()
    made.ref = "moved"
    made.save()
    anna.refresh_from_db()
    assert (anna.ref, anna.store.name) == ("moved", "Wax & Wick")
