"""Carts that were left: one mail for each step, never after the purchase, with honest arithmetic."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from coupons.models import Coupon
from loyalty.models import OfferVersion
from shop.keep_cart import CartReport, ReportedLine, keep_cart
from shop.models import Cart, Customer
from tests.factories import shop_rows
from tests.triggers.occasions import CART_STEPS, DAY, DELIVERY, HOUR, cart_shop
from tests.triggers.smtp_server import Mailbox
from tests.triggers.stage import NOW
from triggers.free_delivery import break_even
from triggers.models import Message
from triggers.occasions import OCCASIONS
from triggers.send import send_due
from triggers.tick import find_due

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def tick(*, hours: float) -> None:
    at = NOW + timedelta(hours=hours)
    find_due(at=at)
    send_due(at=at)


def subjects(mailbox: Mailbox) -> list[str]:
    return [str(mail["Subject"]) for mail in mailbox.mails]


# --- When


def test_cart_left_for_an_hour_is_abandoned_and_a_second_short_is_not() -> None:
    shop = cart_shop()
    shop.cart(shop.customer())
    assert find_due(at=NOW + HOUR - SECOND) == 0
    assert find_due(at=NOW + HOUR) == len(CART_STEPS)


def test_steps_come_after_an_hour_a_day_and_three_days(mailbox: Mailbox) -> None:
    shop = cart_shop()
    shop.cart(shop.customer())
    for hours, said in ((1, 1), (23, 1), (24, 2), (71, 2), (72, 3), (200, 3)):
        tick(hours=hours)
        assert len(mailbox.mails) == said, hours
    assert subjects(mailbox) == ["Step 1", "Step 2", "Step 3"]


def test_ten_ticks_say_each_step_once(mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR,))
    shop.cart(shop.customer())
    for _ in range(10):
        tick(hours=1.5)
    assert subjects(mailbox) == ["Step 1"]


def test_cart_that_is_changed_again_waits_for_its_hour_anew(mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR,))
    cart = shop.cart(shop.customer())
    find_due(at=NOW + HOUR)
    Cart.objects.filter(pk=cart.pk).update(changed_at=NOW + 0.9 * HOUR)
    tick(hours=1.5)
    assert (mailbox.mails, Message.objects.get().due_at) == ([], NOW + 1.9 * HOUR)
    tick(hours=2)
    assert subjects(mailbox) == ["Step 1"]


def test_two_carts_of_one_customer_are_one_occasion(mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR,))
    customer = shop.customer()
    shop.cart(customer, ref="first")
    shop.cart(customer, ref="second", at=NOW + HOUR / 2)
    tick(hours=1.2)
    assert mailbox.mails == [], "the customer is still at it"
    tick(hours=1.5)
    tick(hours=3)
    assert subjects(mailbox) == ["Step 1"]


def test_cart_of_an_unknown_browser_is_nobodys() -> None:
    shop = cart_shop()
    shop.cart(None)
    assert find_due(at=NOW + HOUR) == 0


# --- Anew


def leave_again(shop_cart: Cart, *, days: float) -> int:
    """The same cart, changed so much later and left for an hour; how many messages that makes."""
    changed_at = NOW + timedelta(days=days)
    Cart.objects.filter(pk=shop_cart.pk).update(changed_at=changed_at)
    return find_due(at=changed_at + HOUR)


def test_cart_that_is_changed_and_left_again_says_nothing_anew() -> None:
    shop = cart_shop(delays=(HOUR,))
    cart = shop.cart(shop.customer())
    find_due(at=NOW + HOUR)
    assert leave_again(cart, days=2) == 0
    assert leave_again(cart, days=29.9) == 0


def test_after_30_days_a_cart_is_abandoned_anew() -> None:
    shop = cart_shop(delays=(HOUR,))
    cart = shop.cart(shop.customer())
    find_due(at=NOW + HOUR)
    assert leave_again(cart, days=30) == 1
    assert find_due(at=NOW + 30 * DAY + 2 * HOUR) == 0


def test_after_an_order_the_next_cart_is_abandoned_anew() -> None:
    shop = cart_shop(delays=(HOUR,))
    customer = shop.customer()
    shop.cart(customer)
    find_due(at=NOW + HOUR)
    Cart.objects.update(status=Cart.Status.ORDERED)
    Customer.objects.filter(pk=customer.pk).update(
        first_order_at=NOW + 2 * HOUR, last_order_at=NOW + 2 * HOUR
    )
    shop.cart(customer, ref="next", at=NOW + DAY)
    assert find_due(at=NOW + DAY + HOUR) == 1


def test_after_an_emptying_a_cart_is_abandoned_anew() -> None:
    shop = cart_shop(delays=(HOUR,))
    shop.customer("17850")
    full = CartReport(lines=[ReportedLine("candle", 1, 1500)], customer="17850")
    keep_cart(shop.store, "c1", full, at=NOW)
    assert find_due(at=NOW + HOUR) == 1
    keep_cart(shop.store, "c1", CartReport(lines=[]), at=NOW + DAY)
    keep_cart(shop.store, "c1", full, at=NOW + 2 * DAY)
    assert find_due(at=NOW + 2 * DAY + HOUR) == 1


# --- Never after the purchase (cart mail after the purchase: Gumroad measured a quarter)


def test_cart_mail_after_the_purchase_is_not_sent(mailbox: Mailbox) -> None:
    shop = cart_shop()
    cart = shop.cart(shop.customer())
    tick(hours=1)
    Cart.objects.filter(pk=cart.pk).update(status=Cart.Status.ORDERED)
    tick(hours=24)
    tick(hours=72)
    assert subjects(mailbox) == ["Step 1"]
    assert shop.stage.statuses() == [("sent", ""), *[("suppressed", "ordered_again")] * 2]


def test_order_that_names_no_cart_stops_the_steps_too(mailbox: Mailbox) -> None:
    shop = cart_shop()
    customer = shop.customer()
    shop.cart(customer)
    find_due(at=NOW + HOUR)
    Customer.objects.filter(pk=customer.pk).update(first_order_at=NOW, last_order_at=NOW + SECOND)
    tick(hours=1)
    tick(hours=24)
    assert mailbox.mails == []


def test_order_by_the_same_browser_stops_the_steps_too(mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR,))
    visitor = shop_rows.make_visitor(shop.store)
    shop.cart(shop.customer(), visitor=visitor)
    find_due(at=NOW + HOUR)
    shop_rows.make_order(shop.store, visitor=visitor, placed_at=NOW + HOUR / 2)
    tick(hours=1)
    assert (mailbox.mails, shop.stage.statuses()) == ([], [("suppressed", "ordered_again")])


def test_cart_reported_again_just_after_its_order_is_not_abandoned() -> None:
    """Storefronts save the session once more when the order is done, and not all name the cart in the order."""
    shop = cart_shop()
    customer = shop.customer()
    Customer.objects.filter(pk=customer.pk).update(first_order_at=NOW - DAY, last_order_at=NOW - SECOND)
    shop.cart(customer)
    assert find_due(at=NOW + HOUR) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"status": Cart.Status.EMPTIED}, "cart_emptied"), ({"customer": None}, "cart_gone")],
)
def test_cart_that_is_no_more_says_nothing(change: dict[str, object], reason: str, mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR,))
    shop.cart(shop.customer())
    find_due(at=NOW + HOUR)
    Cart.objects.update(**change)
    tick(hours=1)
    assert (mailbox.mails, shop.stage.statuses()) == ([], [("suppressed", reason)])


# --- After an outage


def test_after_two_days_without_a_tick_only_the_step_that_fits_is_said(mailbox: Mailbox) -> None:
    shop = cart_shop()
    shop.cart(shop.customer())
    tick(hours=48.9)  # the first step has not expired, and is overtaken all the same
    tick(hours=72)
    assert subjects(mailbox) == ["Step 2", "Step 3"]


def test_outage_makes_the_same_occasions_as_an_ideal_run() -> None:
    shop = cart_shop()
    shop.cart(shop.customer())
    find_due(at=NOW + 48 * HOUR)
    late = set(Message.objects.values_list("occasion_key", "due_at", "expires_at"))
    Message.objects.all().delete()
    find_due(at=NOW + HOUR)
    assert set(Message.objects.values_list("occasion_key", "due_at", "expires_at")) == late


def test_trigger_that_starts_today_leaves_old_carts_alone() -> None:
    shop = cart_shop()
    shop.cart(shop.customer(), at=NOW - 5 * DAY)
    assert find_due(at=NOW) == 0


# --- The arithmetic


def test_free_delivery_pays_for_itself_from_1200_on() -> None:
    assert break_even(300, margin_bp=3000, tax_bp=2000) == 1200
    assert break_even(300, margin_bp=10_000, tax_bp=0) == 300


def test_a_part_of_a_penny_is_rounded_up() -> None:
    assert break_even(100, margin_bp=3000, tax_bp=0) == 334
    assert break_even(1, margin_bp=9999, tax_bp=0) == 2


def mail_about(amount: int, mailbox: Mailbox, *, goods: tuple[int, ...] = ()) -> tuple[str, str]:
    """Text and HTML of the mail about a cart of that price, in a shop that sells `goods`."""
    shop = cart_shop(gives=True)
    for price in goods:
        shop.product(f"lantern at {price}", price)
    shop.cart(shop.customer(), amount=amount)
    tick(hours=1)
    mail = mailbox.only()
    return tuple(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]


def test_over_the_break_even_delivery_is_free_outright(mailbox: Mailbox) -> None:
    for part in mail_about(1200, mailbox):
        assert "Delivery of this cart is free with the code below." in part
        assert Coupon.objects.get().code in part
        assert "more and delivery is free" not in part


def test_a_penny_under_it_the_mail_says_what_is_missing(mailbox: Mailbox) -> None:
    for part in mail_about(1199, mailbox):
        assert "Add £0.01 more and delivery is free." in part
        assert "£12" in part


def test_goods_that_fill_the_gap_are_shown_the_cheapest_first(mailbox: Mailbox) -> None:
    text, html = mail_about(900, mailbox, goods=(299, 300, 1000, 700, 350))
    for part in (text, html):
        places = [part.find(f"Lantern At {price}") for price in (300, 350, 700)]
        assert places == sorted(places)
        assert -1 not in places
        assert "Lantern At 299" not in part
        assert "Lantern At 1000" not in part


def test_coupon_keeps_the_break_even_as_its_minimum() -> None:
    shop = cart_shop(gives=True)
    document = OfferVersion.objects.get(offer=shop.trigger.campaign.offer).document  # type: ignore[union-attr]
    assert document["conditions"] == [{"kind": "subtotal_at_least", "amount": 1200}]


def test_all_steps_name_the_same_coupon(mailbox: Mailbox) -> None:
    shop = cart_shop(gives=True)
    shop.cart(shop.customer())
    for hours in (1, 24, 72):
        tick(hours=hours)
    assert len(mailbox.mails) == 3
    code = Coupon.objects.get().code
    assert all(code in mail.get_body(("plain",)).get_content() for mail in mailbox.mails)  # type: ignore[union-attr]


def test_long_carts_are_cut_and_names_are_escaped(mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR,))
    cart = shop.cart(shop.customer())
    cart.lines.all().delete()
    for ordinal in range(1, 8):
        product = shop.product(f"p{ordinal}", 100, name=f"<b>Lamp {ordinal}</b>")
        cart.lines.create(ordinal=ordinal, product=product, sku=product.sku, quantity=2, unit_price=100)
    tick(hours=1)
    html = mailbox.only().get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "2 × &lt;b&gt;Lamp 5&lt;/b&gt;" in html
    assert "Lamp 6" not in html
    assert "and 2 more" in html


def test_settings_are_all_or_none() -> None:
    occasion = OCCASIONS["cart_abandoned"]
    occasion.check({})
    occasion.check(DELIVERY)
    for wrong in (
        {"delivery_cost": 300},
        DELIVERY | {"margin_bp": 0},
        DELIVERY | {"tax_bp": -1},
        DELIVERY | {"delivery_cost": 3.0},
        DELIVERY | {"delivery_cost": True},
        DELIVERY | {"other": 1},
    ):
        with pytest.raises(ValidationError):
            occasion.check(wrong)
