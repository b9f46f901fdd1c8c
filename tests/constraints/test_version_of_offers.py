"""Whatever changes a store's terms raises its version of offers, by trigger: no form can forget it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models

from shop.models import Store
from tests.factories import make_earning_rule, make_offer, make_product_group, make_store, make_version
from tests.factories.status_rows import make_tier, make_tier_rules, make_tier_step

TERMS: list[tuple[str, Callable[[Store], models.Model]]] = [
    ("loyalty_offer_raises_version", make_offer),
    ("loyalty_offerversion_raises_version", lambda store: make_version(make_offer(store))),
    ("loyalty_earningrule_raises_version", make_earning_rule),
    ("shop_productgroup_raises_version", make_product_group),
]


def _version(store: Store) -> int:
    return Store.objects.values_list("offers_version", flat=True).get(pk=store.pk)


@pytest.mark.django_db
def test_every_change_of_the_tiers_raises_the_version() -> None:
    """By loyalty_tier_raises_version, loyalty_tierrules_raises_version and loyalty_tierstep_raises_version; rules and
    their steps are written once."""
    store, other = make_store(), make_store()
    tier = make_tier(store)
    versions = [_version(store)]
    rules = make_tier_rules(store)
    versions.append(_version(store))
    make_tier_step(rules, tier)
    versions.append(_version(store))
    tier.name = "Platinum"
    tier.save()
    versions.append(_version(store))
    assert versions == sorted(set(versions))
    assert _version(other) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("trigger", "make"), TERMS)
def test_every_change_of_terms_raises_the_version(
    trigger: str, make: Callable[[Store], models.Model]
) -> None:
    store, other = make_store(), make_store()
    before = _version(store)
    terms = make(store)
    made = _version(store)
    terms.save()
    changed = _version(store)
    terms.delete()
    assert before < made < changed < _version(store)
    assert _version(other) == 1


# What of the store itself decides when its recurring days are.
CALENDAR: list[dict[str, Any]] = [{"paydays": [10]}, {"country": "GB"}, {"time_zone": "Europe/London"}]


@pytest.mark.django_db
@pytest.mark.parametrize("change", CALENDAR, ids=str)
def test_a_change_of_the_stores_days_raises_the_version(change: dict[str, Any]) -> None:
    store = make_store()
    before = _version(store)
    Store.objects.filter(pk=store.pk).update(**change)
    changed = _version(store)
    Store.objects.filter(pk=store.pk).update(**change, name="Another name")
    assert before < changed == _version(store)


@pytest.mark.django_db
def test_it_is_a_trigger_of_the_store_that_raises_it() -> None:
    store = make_store()
    before = _version(store)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of it wait
        cursor.execute("ALTER TABLE shop_store DISABLE TRIGGER shop_store_raises_version")
    Store.objects.filter(pk=store.pk).update(paydays=[10])
    assert _version(store) == before


@pytest.mark.django_db
@pytest.mark.parametrize(("trigger", "make"), TERMS)
def test_it_is_the_trigger_that_raises_it(trigger: str, make: Callable[[Store], models.Model]) -> None:
    store = make_store()
    terms = make(store)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of it wait
        cursor.execute(f"ALTER TABLE {terms._meta.db_table} DISABLE TRIGGER {trigger}")
    before = _version(store)
    terms.save()
    assert _version(store) == before
