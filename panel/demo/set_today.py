"""Today in the demo: birthdays, carts that will soon count as left, and one whose owner has been reminded."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from panel.demo.play_weeks import dice_for, fill_basket, leave_cart, readers_of, say_what_is_due
from shop.clock import local_date
from shop.keep_customer import keep_customer
from shop.models import Customer, Product, Store

BIRTHDAYS = 3
# Before the demo's first moment: an hour makes a left cart, so mails go while somebody looks.
CARTS_CHANGED = tuple(timedelta(minutes=minutes) for minutes in (59, 57, 52, 44, 31, 12, 3))
REMINDED_CHANGED = timedelta(hours=2)
# A birthday that was changed later than this would count only next year.
TOLD_BEFORE = timedelta(days=40)
BORN = 1984


def set_today(store: Store, *, at: datetime) -> None:
    """Safe to repeat with the same `at`."""
    readers = readers_of(store)
    goods = Product.objects.filter(store=store, kind=Product.Kind.GOODS, is_active=True, price__gte=125)
    shelf = list(goods.exclude(name="").order_by("sku"))
    if not readers or not shelf:
        return
    dice_for("today").shuffle(readers)
    celebrating, reminded, *leaving = readers[:BIRTHDAYS], *readers[BIRTHDAYS:][:8]
    _keep_birthdays(store, celebrating, at=at)
    _leave(store, "T-0", reminded, shelf, at=at - REMINDED_CHANGED)
    for number, (customer, changed) in enumerate(zip(leaving, CARTS_CHANGED, strict=False), start=1):
        _leave(store, f"T-{number}", customer, shelf, at=at - changed)
    say_what_is_due(at=at)


def _keep_birthdays(store: Store, customers: Sequence[Customer], *, at: datetime) -> None:
    """Told to the shop weeks ago, as a storefront would; a leap day is kept as the 28th."""
    today = local_date(store, at)
    for years, customer in enumerate(customers):
        born = date(BORN - 11 * years, today.month, min(today.day, 28) if today.month == 2 else today.day)
        with transaction.atomic():
            keep_customer(
                store,
                customer.ref,
                profile={},
                person={"birth_on": born},
                joined_at=None,
                at=at - TOLD_BEFORE,
            )


def _leave(store: Store, ref: str, customer: Customer, shelf: Sequence[Product], *, at: datetime) -> None:
    leave_cart(store, ref, customer, fill_basket(dice_for("cart", ref), shelf), at=at)
