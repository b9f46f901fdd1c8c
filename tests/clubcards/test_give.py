"""Give a card, end it, give it again."""

import pytest
from django.db import transaction

from clubcards.end import end
from clubcards.errors import CardFault, CardRefused
from clubcards.give import give
from clubcards.models import CardPlan, Membership
from clubcards.numbers import new_number, read_number, show_number
from clubcards.queries import cards_of, held_at, plans_of
from shop.models import Activity, Customer, Store
from tests.factories import AT, DAY, make_customer, make_store, make_user
from tests.factories.card_rows import give_card, make_membership, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return make_customer(store)


@pytest.fixture
def vip(store: Store) -> CardPlan:
    return make_plan(store, code="vip")


def refusal(plan: CardPlan, customer: Customer, **given: object) -> CardFault:
    with pytest.raises(CardRefused) as refused, transaction.atomic():
        give(plan, customer, at=AT, **given)  # type: ignore[arg-type]
    return refused.value.code


def test_a_card_has_a_number_and_is_held_from_now_on(vip: CardPlan, anna: Customer) -> None:
    by = make_user()
    with transaction.atomic():
        given = give(vip, anna, at=AT, by=by)
    assert given.created
    assert len(given.membership.number) == 12
    assert (given.membership.starts_at, given.membership.ends_at, given.membership.given_by) == (AT, None, by)
    fact = Activity.objects.get(customer=anna, kind="card.given")
    assert fact.data == {"plan": "vip", "by": by.pk}


def test_given_twice_it_is_one_card(vip: CardPlan, anna: Customer) -> None:
    first = give_card(vip, anna)
    with transaction.atomic():
        again = give(vip, anna, at=AT)
    assert (again.membership, again.created) == (first, False)
    assert Activity.objects.filter(customer=anna, kind="card.given").count() == 1


def test_held_until_another_moment_it_is_refused(vip: CardPlan, anna: Customer) -> None:
    give_card(vip, anna)
    assert refusal(vip, anna, ends_at=AT + DAY) is CardFault.ALREADY_HELD


def test_a_card_that_has_ended_makes_room_for_the_next(vip: CardPlan, anna: Customer) -> None:
    first = give_card(vip, anna, ends_at=AT)
    second = give_card(vip, anna, at=AT)
    assert first.number != second.number
    assert list(cards_of(anna)) == [second, first]


def test_a_customer_may_hold_cards_of_two_plans(vip: CardPlan, anna: Customer, store: Store) -> None:
    give_card(vip, anna)
    give_card(make_plan(store), anna)
    assert Membership.objects.filter(held_at(AT), customer=anna).count() == 2


def test_it_must_end_after_it_begins(vip: CardPlan, anna: Customer) -> None:
    assert refusal(vip, anna, ends_at=AT) is CardFault.ENDS_IN_PAST


def test_a_plan_out_of_use_gives_no_new_card(anna: Customer, store: Store) -> None:
    assert refusal(make_plan(store, is_active=False), anna) is CardFault.PLAN_CLOSED


def test_another_stores_customer_gets_none(vip: CardPlan) -> None:
    assert refusal(vip, make_customer(make_store())) is CardFault.OTHER_STORE


def test_a_taken_number_is_tried_again(
    vip: CardPlan, anna: Customer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = make_membership(vip, make_customer(store)).number
    numbers = iter([taken, "123456789012"])
    monkeypatch.setattr("clubcards.give.new_number", lambda: next(numbers))
    assert give_card(vip, anna).number == "123456789012"


def test_where_no_number_is_free_it_says_so(
    vip: CardPlan, anna: Customer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = make_membership(vip, make_customer(store)).number
    monkeypatch.setattr("clubcards.give.new_number", lambda: taken)
    assert refusal(vip, anna) is CardFault.NO_FREE_NUMBER


def test_an_ended_card_ends_once(vip: CardPlan, anna: Customer) -> None:
    card = give_card(vip, anna)
    with transaction.atomic():
        assert end(card, at=AT)
        assert not end(card, at=AT + DAY)
    assert card.ends_at == AT
    assert Activity.objects.filter(customer=anna, kind="card.ended").count() == 1


def test_ended_before_it_began_it_was_never_held(vip: CardPlan, anna: Customer) -> None:
    card = make_membership(vip, anna, starts_at=AT + DAY)
    with transaction.atomic():
        end(card, at=AT)
    assert card.ends_at == card.starts_at
    assert not Membership.objects.filter(held_at(card.starts_at)).exists()


def test_it_is_held_at_its_first_moment_and_not_at_its_end(vip: CardPlan, anna: Customer) -> None:
    card = make_membership(vip, anna, starts_at=AT, ends_at=AT + DAY)
    assert list(Membership.objects.filter(held_at(AT))) == [card]
    assert not Membership.objects.filter(held_at(AT + DAY)).exists()


def test_members_are_counted_as_of_now(vip: CardPlan, store: Store, anna: Customer) -> None:
    make_membership(vip, anna)
    make_membership(vip, make_customer(store), ends_at=AT)
    assert [plan.members for plan in plans_of(store, at=AT)] == [1]


def test_numbers_are_read_with_spaces_and_shown_in_groups() -> None:
    assert show_number("482109375526") == "4821 0937 5526"
    assert read_number(" 4821 0937 5526 ") == "482109375526"
    assert len({new_number() for _ in range(100)}) == 100
