"""Friends and a partner in the demo: a small tree with rewards, one case that waits, and a partner with commissions.

Played through the product's own verbs, under references of its own, so that it ends the same when it is repeated.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.acquire import acquire_waiting
from checkout.commit import commit_order
from checkout.request import LineRequest, OrderRequest
from checkout.transaction import atomic_with_retry
from loyalty.models import Partner, ReferralProgramme
from loyalty.partners.keep_partner import PartnerTerms, add_link, keep_partner
from loyalty.partners.statement import renew_link
from loyalty.referrals.join import join
from loyalty.referrals.links import make_link
from panel.demo.give_cards import best_customers
from panel.playbooks.start_mails import start_mails
from panel.referrals.mails import FRIEND_MAILS
from shop.models import Customer, Order, Person, Product, Store

PARTNER = "teacup-diary"
# Who brings whom: each number is the place of the referrer in the list of members; -1 is the root.
TREE = (-1, 0, 0, 1, 1, 2, 3, 4, 0)
NAMES = (
    "Rosa Hill",
    "Tom Baker",
    "Mina Shah",
    "Leo Grant",
    "Ada Wells",
    "Noah Price",
    "Ivy Marsh",
    "Eli Stone",
)
SHARED_CARD = "demo-card"
SINCE_DAYS, EVERY_DAYS, PARTNER_ORDERS = 42, 4, 9
PRICE_LEAST = 125


def start_friends(store: Store, *, at: datetime) -> None:
    """Safe to repeat; needs customers and goods."""
    shelf = list(
        Product.objects.filter(store=store, kind=Product.Kind.GOODS, is_active=True, price__gte=PRICE_LEAST)
        .exclude(name="")
        .order_by("sku")[:40]
    )
    root = next(iter(best_customers(store)), None)
    if root is None or len(shelf) < len(TREE):
        return
    with transaction.atomic():
        ReferralProgramme.objects.get_or_create(store=store, defaults={"is_on": True, "level_3": 100})
        start_mails(store, FRIEND_MAILS, by=None, at=at)
        partner = _open_partner(store, at=at)
    _play_tree(store, root, shelf, at=at)
    _play_partner(store, partner, shelf, at=at)


def follow_friends(*, at: datetime) -> None:
    """What the job would do, until nothing is left to do."""
    while acquire_waiting(at=at):
        pass


def _open_partner(store: Store, *, at: datetime) -> Partner:
    terms = PartnerTerms(name=_("Teacup diary, a blog"), default_bp=800)
    found = Partner.objects.filter(store=store, code=PARTNER).first()
    if found is not None:
        return found
    made = keep_partner(store, PARTNER, terms, by=None, at=at)
    add_link(made, PARTNER, "/", at=at)
    return renew_link(made)


def _play_tree(store: Store, root: Customer, shelf: list[Product], *, at: datetime) -> None:
    """Friends join week by week; most of them buy, one with the card of who brought them."""
    people = [root]
    if root.joined_at is None:
        Customer.objects.filter(pk=root.pk).update(joined_at=root.created_at)
    for place, above in enumerate(TREE[1:], start=1):
        joined_at = at - timedelta(days=SINCE_DAYS - place * EVERY_DAYS)
        friend, is_new = Customer.objects.get_or_create(
            store=store,
            ref=f"friend-{place}",
            defaults={"joined_at": joined_at, "is_generated": True},
        )
        if is_new:
            name = NAMES[place - 1]
            email = f"{name.lower().replace(' ', '.')}@example.com"
            Person.objects.create(store=store, customer=friend, name=name, email=email)
        friend.store = store
        people[above].store = store
        with transaction.atomic():
            make_link(people[above], at=joined_at)
            join(friend, people[above], how="code", at=joined_at)
        people.append(friend)
        if place < len(TREE) - 1:
            is_odd = place in (1, 4)
            _order(
                store,
                f"RG-F{place:02}",
                shelf[place],
                at=joined_at,
                customer=friend.ref,
                card=SHARED_CARD if is_odd else None,
                now=at,
            )


def _play_partner(store: Store, partner: Partner, shelf: list[Product], *, at: datetime) -> None:
    for number in range(PARTNER_ORDERS):
        placed_at = at - timedelta(days=SINCE_DAYS - number * EVERY_DAYS, hours=number)
        _order(store, f"RG-D{number:02}", shelf[-1 - number], at=placed_at, partner=partner.code, now=at)


def _order(
    store: Store,
    ref: str,
    product: Product,
    *,
    at: datetime,
    now: datetime,
    customer: str | None = None,
    partner: str | None = None,
    card: str | None = None,
) -> None:
    if Order.objects.filter(store=store, ref=ref).exists():
        return
    delivered_at = at + timedelta(days=2)
    request = OrderRequest(
        ref=ref,
        lines=(LineRequest(product.sku, 12, product.price),),
        customer=customer,
        partner=partner,
        card_key=card,
        placed_at=at,
        paid_at=at,
        fulfilled_at=delivered_at if delivered_at < now else None,
    )
    atomic_with_retry(lambda: commit_order(store, request, at=now, at_recorded=now))
