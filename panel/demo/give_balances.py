"""Gift balances in the demo: a card that is sold, one sold and partly spent, one given for a late parcel, one that soon
ends."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.commit import commit_order
from checkout.request import LineRequest, OrderRequest
from checkout.transaction import atomic_with_retry
from coupons.issue_balance import GiftTerms, code_of, issue_balance
from coupons.models import GiftBalance, GiftProduct
from loyalty.transfer_gifts import Booking
from panel.demo.give_cards import best_customers
from panel.gift_balances.mails import BALANCE_MAILS
from panel.playbooks.start_mails import start_mails
from shop.models import Customer, Order, Product, Store
from triggers.models import Trigger

SKU, FACE_VALUE = "GIFT50", 5_000
SORRY, SORRY_DAYS = 1_500, 365
ENDING, ENDING_DAYS = 2_000, 31
SOLD_BEFORE, SPENT_BEFORE, GIVEN_BEFORE = timedelta(days=20), timedelta(days=6), timedelta(days=24)
NEW_BEFORE = timedelta(hours=3)


def give_balances(store: Store, *, at: datetime) -> int:
    """Safe to repeat; returns how many the store has. The mails begin with the story, so that some have been sent."""
    # Nobody buys a present before he has become a customer.
    known_by = at - GIVEN_BEFORE
    known = [one for one in best_customers(store) if one.first_order_at and one.first_order_at < known_by]
    if len(known) < 4:
        return 0
    buyer, friend, waited, owner = known[:4]
    _sell_cards(store)
    _start_mails(store, at=at - SOLD_BEFORE)
    _buy_card(store, "RG-G1", buyer, at=at - SOLD_BEFORE, now=at)
    _pay_with_it(store, "RG-G2", friend, at=at - SPENT_BEFORE, now=at)
    _issue(store, waited, SORRY, SORRY_DAYS, why=_("parcel came a week late"), at=at - SPENT_BEFORE, now=at)
    _issue(store, owner, ENDING, ENDING_DAYS, why=_("thanks for a review"), at=at - GIVEN_BEFORE, now=at)
    _buy_card(store, "RG-G3", waited, at=at - NEW_BEFORE, now=at)
    return GiftBalance.objects.filter(store=store).count()


@transaction.atomic
def _sell_cards(store: Store) -> None:
    product, _created = Product.objects.get_or_create(
        store=store,
        sku=SKU,
        defaults={
            "name": _("Gift card for £50"),
            "price": FACE_VALUE,
            "kind": Product.Kind.GIFT_BALANCE,
        },
    )
    GiftProduct.objects.get_or_create(store=store, product=product)


@transaction.atomic
def _start_mails(store: Store, *, at: datetime) -> None:
    """A trigger looks back no further than its own beginning."""
    start_mails(store, BALANCE_MAILS, by=None, at=at)
    Trigger.objects.filter(store=store, occasion__in=[mail.occasion for mail in BALANCE_MAILS]).update(
        created_at=at
    )


def _buy_card(store: Store, ref: str, buyer: Customer, *, at: datetime, now: datetime) -> None:
    line = LineRequest(SKU, 1, FACE_VALUE)
    _order(store, OrderRequest(ref=ref, lines=(line,), customer=buyer.ref, placed_at=at, paid_at=at), now=now)


def _pay_with_it(store: Store, ref: str, friend: Customer, *, at: datetime, now: datetime) -> None:
    """Somebody else than the buyer brings the code; less than what is on it."""
    sold = GiftBalance.objects.filter(store=store, line__order__ref="RG-G1").first()
    goods = Product.objects.filter(store=store, kind=Product.Kind.GOODS, is_active=True).exclude(name="")
    shelf = list(goods.filter(price__range=(400, 600)).order_by("sku")[:3])
    if sold is None or not shelf:
        return
    request = OrderRequest(
        ref=ref,
        lines=tuple(LineRequest(one.sku, 2, one.price) for one in shelf),
        customer=friend.ref,
        gift_balances=(code_of(sold),),
        placed_at=at,
        paid_at=at,
    )
    _order(store, request, now=now)


def _order(store: Store, request: OrderRequest, *, now: datetime) -> None:
    """As if told at once, since a balance begins when its sale is told."""
    if not Order.objects.filter(store=store, ref=request.ref).exists():
        told_at = request.placed_at or now
        atomic_with_retry(lambda: commit_order(store, request, at=told_at, at_recorded=told_at))


@transaction.atomic
def _issue(
    store: Store, holder: Customer, amount: int, days: int, *, why: str, at: datetime, now: datetime
) -> None:
    key = f"demo:{amount}"
    # Who is best has changed since a first, interrupted try: what was given then stays as it is.
    if not GiftBalance.objects.filter(store=store, issue_key=key).exists():
        terms = GiftTerms(amount=amount, key=key, days=days, customer=holder, reason=why)
        issue_balance(store, terms, Booking(store, at, now))
