"""Friends who bring friends: a programme, members in a line, and the facts of their orders followed to the end."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction

from checkout.acquire import acquire_waiting
from coupons.hand_over import claim, coupon_of, hand_over
from coupons.issue import issue_gift
from coupons.models import Coupon
from loyalty.follow_link import Click, follow_links
from loyalty.models import Account, Referral, ReferralLink, ReferralProgramme, ReferralReward
from loyalty.queries import points_of
from loyalty.referrals.join import join
from loyalty.referrals.links import make_link
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, Outbox, Store, Visitor
from tests.checkout.ask import order
from tests.factories import AT, DAY, make_campaign, make_customer, make_store, number
from tests.factories.offers_that_run import run_offer


def programme(store: Store, **given: Any) -> ReferralProgramme:
    """5 % of what a friend pays, 2 % and 1 % to those before, in points worth 0.01 each."""
    fresh = {"is_on": True, "level_1": 500, "level_2": 200, "level_3": 100}
    return ReferralProgramme.objects.create(**{"store": store} | fresh | given)


def shop_with_programme(**given: Any) -> Store:
    store = make_store(points_value=1)
    programme(store, **given)
    return store


def member(store: Store, **given: Any) -> Customer:
    return make_customer(store, **{"joined_at": AT - 30 * DAY} | given)


def brings(
    referrer: Customer, friend: Customer, *, how: str = Referral.How.CODE, at: datetime = AT
) -> Referral:
    with transaction.atomic():
        return join(friend, referrer, how=how, at=at)


def line_of(store: Store, count: int) -> list[Customer]:
    """Members, each brought by the one before."""
    people = [member(store) for _ in range(count)]
    for above, below in pairwise(people):
        brings(above, below)
    return people


def link_of(customer: Customer) -> ReferralLink:
    with transaction.atomic():
        return make_link(customer, at=AT)


def click(store: Store, visitor: Visitor, code: str, *, at: datetime = AT) -> int:
    """As POST /events reports it; returns how many clicks were kept."""
    with transaction.atomic():
        return follow_links(store, [Click(visitor.key, code, at)])


def follow(*, at: datetime = AT) -> None:
    """Every waiting fact of orders, whatever the wall clock says of when it is due."""
    Outbox.objects.filter(consumer="checkout.acquirer").update(due_at=at)
    while acquire_waiting(at=at):
        pass


def bought(store: Store, customer: Customer, *, at: datetime = AT, **asked: Any) -> Order:
    """Paid at once, and all that follows from it."""
    made = order(store, customer=customer.ref, at=at, **{"paid_at": at} | asked).order
    follow(at=at)
    return made


def pending(customer: Customer, *, at: datetime = AT) -> int:
    return points_of(customer, at=at).pending


def balance(customer: Customer) -> int:
    account = Account.objects.filter(customer=customer, asset=Account.Asset.POINTS).first()
    return account.balance if account else 0


def rewards_of(made: Order) -> list[tuple[int, int, int, str]]:
    """(level, points, taken back, state)."""
    rows = ReferralReward.objects.filter(order=made).order_by("level")
    return [(row.level, row.points, row.taken_back, row.status) for row in rows]


def handed_on(store: Store, giver: Customer) -> Coupon:
    """A gift coupon for 10 % off that the giver passed on: what the friend got for it."""
    campaign = make_campaign(run_offer(store), kind="gift")
    store.refresh_from_db()
    with transaction.atomic():
        given = issue_gift(campaign, giver, issue_key=f"gift-{number()}", at=AT - DAY)
        token = hand_over(given, giver=giver, at=AT - DAY).rstrip("/").rpartition("/")[2]
        claimed = claim(coupon_of(token), claim_secret="friend", at=AT - DAY).claimed
    assert claimed is not None
    return claimed


def assert_books_balance(store: Store) -> None:
    assert verify_ledger(store) == []
