"""Give a customer a card. The caller owns the transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from clubcards.errors import CardFault, CardRefused
from clubcards.models import CardPlan, Membership
from clubcards.numbers import new_number
from shop.find_customer import same_person
from shop.models import Customer, User
from shop.record import record

# A number that is taken, or a card that ends between two looks, is tried again; more often than this never happens.
TRIES_MAX = 5


@dataclass(frozen=True, slots=True)
class Given:
    """`created` is False where the customer held the card already."""

    membership: Membership
    created: bool


def give(
    plan: CardPlan,
    customer: Customer,
    *,
    at: datetime,
    ends_at: datetime | None = None,
    by: User | None = None,
) -> Given:
    """The customer's card of this plan from now until `ends_at`: made once, the same one on every repeat.

    However many ask at once, the database lets one in. Raises CardRefused.
    """
    assert connection.in_atomic_block, "a card belongs to the transaction of what it is given for"
    if plan.store_id != customer.store_id:
        raise CardRefused(CardFault.OTHER_STORE)
    if ends_at is not None and ends_at <= at:
        raise CardRefused(CardFault.ENDS_IN_PAST, attr="ends_at")
    for _ in range(TRIES_MAX):
        held = _held(plan, customer, at=at).first()
        if held is not None:
            return Given(_same(held, plan, ends_at=ends_at), created=False)
        if (fresh := _insert(plan, customer, at=at, ends_at=ends_at, by=by)) is not None:
            _note(fresh, plan, customer=customer, by=by, at=at)
            return Given(fresh, created=True)
    raise CardRefused(CardFault.NO_FREE_NUMBER)


def _held(plan: CardPlan, customer: Customer, *, at: datetime) -> QuerySet[Membership]:
    mine = Membership.objects.filter(same_person(customer), plan=plan)
    return mine.filter(Q(ends_at=None) | Q(ends_at__gt=at)).order_by("starts_at")


def _same(held: Membership, plan: CardPlan, *, ends_at: datetime | None) -> Membership:
    if held.ends_at != ends_at:
        raise CardRefused(CardFault.ALREADY_HELD, attr="ends_at")
    held.plan = plan
    return held


def _insert(
    plan: CardPlan, customer: Customer, *, at: datetime, ends_at: datetime | None, by: User | None
) -> Membership | None:
    """None where the number is taken, or somebody else has given the card meanwhile: he is waited for."""
    if not plan.is_active:
        raise CardRefused(CardFault.PLAN_CLOSED)
    fresh = Membership(
        store_id=plan.store_id,
        plan=plan,
        customer=customer,
        number=new_number(),
        starts_at=at,
        ends_at=ends_at,
        given_by=by,
    )
    Membership.objects.bulk_create([fresh], ignore_conflicts=True)
    return Membership.objects.filter(
        store_id=plan.store_id, plan=plan, customer=customer, number=fresh.number
    ).first()


def _note(
    membership: Membership, plan: CardPlan, *, customer: Customer, by: User | None, at: datetime
) -> None:
    record(
        "card.given",
        store=plan.store,
        at=at,
        customer=customer,
        subject=f"card:{membership.pk}",
        subject_id=customer.pk,
        data={"plan": plan.code, "by": by.pk if by else None},
    )
