"""Tie a new customer to whoever brought them: once and for ever.

The database has the last word: one row per customer, nobody brings himself, and a trigger refuses a circle, for which
those who join in one store at once go one after the other.
"""

from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, connection, transaction

from loyalty.models import Referral, ReferralProgramme, Reward
from loyalty.promise_reward import promise_reward
from loyalty.referrals.line import line_above
from shop.find_customer import same_person
from shop.models import Customer, Order
from shop.record import record


class JoinFault(StrEnum):
    OFF = "referrals_off"
    ONESELF = "own_code"
    NOT_NEW = "not_new"  # has bought before
    CIRCLE = "circle"  # the other one was brought by them, however far up
    ERASED = "referrer_gone"


class JoinRefused(Exception):
    def __init__(self, code: JoinFault) -> None:
        super().__init__(code.value)
        self.code = code


def join(
    customer: Customer, referrer: Customer, *, how: str, at: datetime, order: Order | None = None
) -> Referral:
    """Tie `customer` to `referrer`; whoever is tied already stays so, and that tie is returned.

    `order`: the one that told the code, which is not one "before". The friend's coupon, if the programme gives one, is
    promised in the same transaction. Raises JoinRefused, and then has written nothing.
    """
    assert connection.in_atomic_block, "a tie belongs to the transaction of what made it"
    tied = Referral.objects.filter(same_person(customer)).order_by("at", "id").first()
    if tied is not None:
        return tied
    programme = ReferralProgramme.objects.filter(store_id=customer.store_id, is_on=True).first()
    if programme is None:
        raise JoinRefused(JoinFault.OFF)
    if customer.pk == (referrer.merged_into_id or referrer.pk):
        raise JoinRefused(JoinFault.ONESELF)
    if customer.pk in line_above(referrer.pk):
        raise JoinRefused(JoinFault.CIRCLE)
    if referrer.erased_at is not None:
        raise JoinRefused(JoinFault.ERASED)
    if _has_bought(customer, besides=order):
        raise JoinRefused(JoinFault.NOT_NEW)
    made, is_new = _tie_once(
        Referral(store_id=customer.store_id, customer=customer, referrer=referrer, how=how, at=at)
    )
    if is_new:
        _follow(made, programme, at=at)
    return made


def join_if_fit(
    customer: Customer, referrer: Customer, *, how: str, at: datetime, order: Order | None = None
) -> Referral | None:
    """As `join`; whoever may not be tied stays an ordinary customer, and nothing fails for it."""
    try:
        return join(customer, referrer, how=how, at=at, order=order)
    except JoinRefused:
        return None


def _has_bought(customer: Customer, *, besides: Order | None) -> bool:
    before = Order.objects.filter(same_person(customer)).exclude(status=Order.Status.CANCELLED)
    if besides is not None:
        before = before.exclude(pk=besides.pk)
    return before.exists()


def _tie_once(wanted: Referral) -> tuple[Referral, bool]:
    """A twin waits here until the first one has ended, and then finds its row."""
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if name == "loyalty_referral_no_circle":
            raise JoinRefused(JoinFault.CIRCLE) from error
        if name != "loyalty_referral_once_for_ever":
            raise
        return Referral.objects.get(customer_id=wanted.customer_id), False
    return wanted, True


def _follow(made: Referral, programme: ReferralProgramme, *, at: datetime) -> None:
    record(
        "referral.joined",
        store=made.customer.store,
        at=at,
        customer=made.customer,
        subject=f"customer:{made.customer.ref}",
        data={"how": made.how, "referrer": made.referrer_id},
    )
    if programme.friend_campaign:
        promise_reward(
            made.customer.store,
            customer=made.customer,
            kind=Reward.Kind.COUPON,
            campaign=programme.friend_campaign,
            key=f"referral:{made.pk}:friend",
            at=at,
        )
