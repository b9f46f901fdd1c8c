"""The last weeks of the demo, played day by day through the product's own verbs: carts, mails, and who comes back.

Whatever a day does has a key of its own (an order's reference, an issue key, a cart's version), and dice are thrown
by these keys: played again after an interruption it ends the same.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.commit import commit_order
from checkout.refund import RefundLineRequest, RefundRequest, refund_order
from checkout.request import LineRequest, OrderRequest
from checkout.transaction import atomic_with_retry
from coupons.models import Coupon, CouponCampaign
from panel.demo.invent_people import SEED
from panel.demo.start_campaigns import PUBLIC_CODE, start_warning
from shop.clock import local_date, start_of_day
from shop.keep_cart import CartReport, ReportedLine, keep_cart
from shop.models import Cart, Customer, Product, Store
from triggers.send import send_due
from triggers.tick import find_due

DAYS = 28
WARNED_DAYS = 4
# A day's mails are written once all that is said at ten in the morning is due; carts were left before that.
CART_LEFT, MAILS_GO, ORDERS_COME = time(8, 30), time(11), time(16, 20)
# Of a hundred who hold a coupon of their own, so many use it, within so many days.
COME_BACK_PERCENT, COME_BACK_DAYS, CART_KEPT_PERCENT = 22, 12, 55
FRIENDS_COME_EVERY_DAYS = 8
DELIVERY_FEE = 495
REFUND_EVERY = 17
PRICE_LEAST, PRICE_MOST = 125, 1500
POINTS_WISHED = 2_000


@dataclass(slots=True)
class Story:
    """What the days share. `began_at` is the demo's first moment; `shelf` is sorted by sku."""

    store: Store
    began_at: datetime
    shelf: Sequence[Product]
    # Customers who may be written to, by their references: they leave carts.
    readers: Sequence[Customer]
    due: dict[int, list[Coupon]] = field(default_factory=dict)
    orders: int = 0


def first_moment(store: Store, *, began_at: datetime) -> datetime:
    """When the story begins: the first day's start."""
    return start_of_day(store, local_date(store, began_at) - timedelta(days=DAYS))


def play_weeks(
    store: Store, *, began_at: datetime, presents: Sequence[Coupon], tell: Callable[[str], None]
) -> int:
    """Play the days before `began_at`; returns how many orders came in them. `presents` are used by friends."""
    goods = Product.objects.filter(store=store, kind=Product.Kind.GOODS, is_active=True)
    shelf = list(goods.filter(price__range=(PRICE_LEAST, PRICE_MOST)).exclude(name="").order_by("sku"))
    story = Story(store=store, began_at=began_at, shelf=shelf, readers=readers_of(store))
    for number, present in enumerate(presents, start=1):
        story.due.setdefault(number * FRIENDS_COME_EVERY_DAYS, []).append(present)
    for day in range(DAYS):
        if shelf:
            _play_day(story, day)
    tell(_("orders of the last weeks: %(count)s") % {"count": story.orders})
    return story.orders


def readers_of(store: Store) -> list[Customer]:
    """Who agreed to marketing mails and has an address, by reference."""
    agreed = Customer.objects.filter(
        store=store,
        person__isnull=False,
        consents__purpose="marketing",
        consents__channel="email",
        consents__is_given=True,
    )
    return list(agreed.distinct().order_by("ref"))


def say_what_is_due(*, at: datetime) -> None:
    """One tick, and its mails until none is due."""
    find_due(at=at)
    while send_due(at=at):
        pass


def dice_for(*keys: object) -> random.Random:
    return random.Random(":".join(map(str, (SEED, *keys))))  # noqa: S311  a story to tell, no secret to keep


def fill_basket(dice: random.Random, shelf: Sequence[Product]) -> tuple[LineRequest, ...]:
    """Three to seven different things, a few of each."""
    chosen = dice.sample(shelf, min(dice.randint(3, 7), len(shelf)))
    return tuple(LineRequest(one.sku, dice.choice((2, 3, 4, 6, 6, 12)), one.price) for one in chosen)


def leave_cart(
    store: Store, ref: str, customer: Customer, lines: Sequence[LineRequest], *, at: datetime
) -> Cart:
    """A cart as the storefront reports it; reported once."""
    reported = [ReportedLine(line.sku, line.quantity, line.unit_price) for line in lines]
    with transaction.atomic():
        kept = keep_cart(store, ref, CartReport(reported, version=1, customer=customer.ref), at=at)
    return kept.cart


def _play_day(story: Story, day: int) -> None:
    if day == DAYS - WARNED_DAYS:
        start_warning(story.store, at=_moment(story, day, CART_LEFT))
    cart = _leave_cart(story, day)
    said_at = _moment(story, day, MAILS_GO)
    say_what_is_due(at=said_at)
    _note_who_comes_back(story, day, at=said_at, cart=cart)
    comes_at = _moment(story, day, ORDERS_COME)
    _order_with_public_code(story, day, at=comes_at)
    for coupon in story.due.pop(day, ()):
        is_carts = cart is not None and coupon.customer_id == cart.customer_id
        _order_with_coupon(story, coupon, cart=cart if is_carts else None, at=comes_at)


def _moment(story: Story, day: int, clock: time) -> datetime:
    """Day 0 is the first one played; the last one is yesterday."""
    on = local_date(story.store, story.began_at) - timedelta(days=DAYS - day)
    return datetime.combine(on, clock, tzinfo=ZoneInfo(story.store.time_zone))


def _leave_cart(story: Story, day: int) -> Cart | None:
    at = _moment(story, day, CART_LEFT)
    readers = _joined_by(story, at)
    if not readers:
        return None
    dice = dice_for("cart", day)
    lines = fill_basket(dice, story.shelf)
    return leave_cart(story.store, f"W-{day:03}", dice.choice(readers), lines, at=at)


def _joined_by(story: Story, at: datetime) -> list[Customer]:
    """Nobody comes back before the day of his first order."""
    return [reader for reader in story.readers if reader.joined_at is not None and reader.joined_at <= at]


def _note_who_comes_back(story: Story, day: int, *, at: datetime, cart: Cart | None) -> None:
    """The day's named coupons that will be used, each on its day; who left the cart comes the same day."""
    issued = Coupon.objects.filter(
        store=story.store,
        campaign__kind=CouponCampaign.Kind.NAMED,
        issued_at__gte=_moment(story, day, time.min),
        issued_at__lte=at,
    )
    for coupon in issued.select_related("customer").order_by("id"):
        dice = dice_for("back", coupon.issue_key, day)
        is_carts = cart is not None and coupon.customer_id == cart.customer_id
        if dice.randrange(100) < (CART_KEPT_PERCENT if is_carts else COME_BACK_PERCENT):
            later = 0 if is_carts else dice.randint(1, COME_BACK_DAYS)
            story.due.setdefault(day + later, []).append(coupon)


def _order_with_coupon(story: Story, coupon: Coupon, *, cart: Cart | None, at: datetime) -> None:
    """By its holder, or by a guest who was given it."""
    lines = fill_basket(dice_for("order", coupon.issue_key), story.shelf)
    if cart is not None:
        kept = cart.lines.order_by("ordinal")
        lines = tuple(LineRequest(line.sku, line.quantity, line.unit_price) for line in kept)
    order(
        story,
        f"RG-{coupon.pk:05}",
        lines,
        customer=coupon.customer.ref if coupon.customer else None,
        codes=(coupon.code,),
        cart=cart.ref if cart else None,
        at=at,
    )


def _order_with_public_code(story: Story, day: int, *, at: datetime) -> None:
    """One a day: by somebody known on even days, by a guest on the others."""
    dice = dice_for("public", day)
    readers = _joined_by(story, at)
    known = dice.choice(readers).ref if readers and day % 2 == 0 else None
    lines = fill_basket(dice, story.shelf)
    order(story, f"RG-P{day:02}", lines, customer=known, codes=(PUBLIC_CODE,), at=at)


def order(
    story: Story,
    ref: str,
    lines: tuple[LineRequest, ...],
    *,
    customer: str | None,
    codes: tuple[str, ...],
    at: datetime,
    cart: str | None = None,
) -> None:
    """An order that is paid at once and delivered two days later; a few are sent back in part."""
    delivered_at = at + timedelta(days=2)
    request = OrderRequest(
        ref=ref,
        lines=lines,
        customer=customer,
        codes=codes,
        cart=cart,
        delivery=DELIVERY_FEE,
        points_to_spend=POINTS_WISHED if customer and story.orders % 3 == 0 else 0,
        placed_at=at,
        paid_at=at,
        fulfilled_at=delivered_at if delivered_at < story.began_at else None,
    )
    store, began_at = story.store, story.began_at
    atomic_with_retry(lambda: commit_order(store, request, at=began_at, at_recorded=began_at))
    story.orders += 1
    if story.orders % REFUND_EVERY == 0 and delivered_at < began_at:
        back = RefundRequest(ref=f"{ref}-back", lines=(RefundLineRequest(1, 1),), at=delivered_at)
        atomic_with_retry(lambda: refund_order(store, ref, back, at=began_at, at_recorded=began_at))
