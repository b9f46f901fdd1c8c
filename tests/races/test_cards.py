"""One card given by twenty at once is one card. The counter-proof takes the constraint away."""

from collections.abc import Callable
from itertools import count

import pytest
from django.db import transaction

from clubcards.end import end
from clubcards.give import Given, give
from clubcards.models import CardPlan, Membership
from shop.models import Activity, Customer
from tests.factories import AT, make_customer, make_store
from tests.factories.card_rows import give_card, make_plan
from tests.races.at_once import at_once, drop_constraint, meet_after, of_type

pytestmark = pytest.mark.django_db(transaction=True)

NEVER_OVERLAPS = "clubcards_membership_never_overlaps"


@pytest.fixture
def anna() -> Customer:
    return make_customer(make_store())


@pytest.fixture
def vip(anna: Customer) -> CardPlan:
    return make_plan(anna.store)


def giving(plan: CardPlan, customer: Customer) -> Callable[[], Given]:
    def act() -> Given:
        with transaction.atomic():
            return give(plan, customer, at=AT)

    return act


def give_by_twenty(vip: CardPlan, anna: Customer, monkeypatch: pytest.MonkeyPatch) -> list[Given]:
    """All twenty have seen that there is no card yet before the first one writes."""
    numbers = count(100_000_000_000)
    monkeypatch.setattr("clubcards.give.new_number", lambda: str(next(numbers)))
    meet_after(monkeypatch, "clubcards.give.new_number", workers=20)
    results = at_once([giving(vip, anna)] * 20, workers=20)
    given = of_type(results, Given)
    assert len(given) == 20, results
    return given


def test_twenty_who_give_one_card_at_once_give_one(
    vip: CardPlan, anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = give_by_twenty(vip, anna, monkeypatch)
    assert [one.created for one in given].count(True) == 1
    assert {one.membership.number for one in given} == {Membership.objects.get().number}
    assert Activity.objects.filter(customer=anna, kind="card.given").count() == 1


def test_without_the_constraint_they_give_many(
    vip: CardPlan, anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("clubcards_membership", NEVER_OVERLAPS)
    given = give_by_twenty(vip, anna, monkeypatch)
    assert [one.created for one in given].count(True) == 20


def test_twenty_who_end_one_card_at_once_end_it_once(vip: CardPlan, anna: Customer) -> None:
    card = give_card(vip, anna)

    def ending() -> bool:
        with transaction.atomic():
            return end(Membership.objects.get(pk=card.pk), at=AT)

    results = at_once([ending] * 20, workers=20)
    assert sorted(map(bool, of_type(results, bool))) == [False] * 19 + [True]
    assert Activity.objects.filter(customer=anna, kind="card.ended").count() == 1
