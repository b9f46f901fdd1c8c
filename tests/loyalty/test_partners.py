"""Commissions: per order and line, net of refunds, due after the return window, paid once in a month."""

from datetime import date

import pytest

from loyalty.models import Acquisition, Commission, Partner, Payout
from loyalty.partners.close_month import MonthFault, MonthRefused
from loyalty.partners.statement import (
    StatementUnknown,
    close_link,
    partner_of,
    renew_link,
    statement_link,
    statement_of,
)
from shop.models import Order
from tests.checkout.ask import order
from tests.checkout.reverse import THREE, cancel, fulfil, mugs, pay, refund
from tests.factories import AT, DAY, make_product, make_product_group, make_store, make_visitor
from tests.loyalty.friends import brings, click, follow, link_of, member, shop_with_programme
from tests.loyalty.partners import closed, link, partner, sent

pytestmark = pytest.mark.django_db
DECEMBER = date(2026, 12, 1)
NEW_YEAR = AT + 62 * DAY


def amounts(made: Order) -> list[int]:
    return list(Commission.objects.filter(order=made).order_by("id").values_list("amount", flat=True))


def test_an_order_by_a_partners_name_owes_a_share_of_what_was_paid() -> None:
    blog = partner(make_store())
    made = sent(blog, lines=THREE)
    assert amounts(made) == [100, 60, 40]
    row = Commission.objects.filter(order=made).first()
    assert row is not None
    assert row.due_at == AT + 28 * DAY, "14 days to arrive, 14 to come back"


def test_the_last_link_followed_within_thirty_days_brings_the_order() -> None:
    store = make_store()
    blog, shop = partner(store), partner(store)
    visitor = make_visitor(store)
    click(store, visitor, link(blog).code, at=AT - 2 * DAY)
    click(store, visitor, link(shop).code, at=AT - DAY)
    made = order(store, visitor=visitor.key, paid_at=AT).order
    follow()
    assert Acquisition.objects.get(order=made).partner == shop


def test_a_partner_and_a_friend_are_never_both_paid() -> None:
    store = shop_with_programme()
    blog, anna, boris = partner(store), member(store), member(store)
    brings(anna, boris)
    made = sent(blog, customer=boris.ref)
    assert amounts(made) == [100]
    assert not made.referral_rewards.exists()


def test_the_highest_of_several_fitting_rates_counts() -> None:
    store = make_store()
    make_product_group(store, code="candles", skus=["A"])
    make_product_group(store, code="gifts", skus=["A", "B"])
    store.refresh_from_db()
    blog = partner(store, by_group={"candles": 2000, "gifts": 1500})
    assert amounts(sent(blog, lines=THREE)) == [200, 90, 40]


def test_goods_that_a_partner_supplies_pay_that_partner_whoever_sent_the_buyer() -> None:
    store = make_store()
    for each in THREE:
        make_product(store, sku=each.sku)
    blog, maker = partner(store), partner(store, default_bp=0, by_sku={"A": 3000})
    made = sent(blog, lines=THREE)
    owed = Commission.objects.filter(order=made).order_by("id").values_list("partner", "amount", "basis")
    assert list(owed) == [(maker.pk, 300, "product"), (blog.pk, 60, "traffic"), (blog.pk, 40, "traffic")]


@pytest.mark.parametrize(
    "parts", [[((1, 4), (2, 3), (3, 1))], [((1, 3),), ((1, 1), (2, 1)), ((2, 2), (3, 1))]]
)
def test_any_split_of_refunds_takes_all_back(parts: list[tuple[tuple[int, int], ...]]) -> None:
    blog = partner(make_store(), default_bp=333)
    made = sent(blog, lines=THREE)
    for part in parts:
        refund(made, *part)
        follow()
        follow()
    assert sum(amounts(made)) == 0


def test_a_refund_heard_of_before_the_payment_counts_once() -> None:
    blog = partner(make_store())
    made = order(blog.store, partner=blog.code, lines=mugs(4)).order
    refund(made, (1, 1))
    pay(made)
    follow()
    assert amounts(made) == [400, -100]


def test_nothing_is_due_before_the_payment() -> None:
    blog = partner(make_store())
    made = order(blog.store, partner=blog.code).order
    follow()
    assert Commission.objects.get(order=made).due_at is None
    fulfil(made, at=AT + DAY)
    follow(at=AT + DAY)
    assert Commission.objects.get(order=made).due_at == AT + 15 * DAY


def test_terms_are_those_of_the_moment_the_order_was_placed() -> None:
    blog = partner(make_store(), code="blog")
    made = order(blog.store, partner="blog").order
    follow()
    partner(blog.store, code="blog", default_bp=5000)
    pay(made)
    follow()
    assert amounts(made) == [100]


def test_a_partner_not_in_use_earns_nothing() -> None:
    assert amounts(sent(partner(make_store(), is_active=False))) == []


def test_a_month_pays_what_is_due_in_it_once() -> None:
    blog = partner(make_store())
    sent(blog, lines=mugs(4))
    sent(blog, at=AT + 20 * DAY)
    (first,) = closed(blog.store, date(2026, 11, 1), at=AT + 40 * DAY)
    assert (first.orders, first.payable) == (1, 400)
    (december,) = closed(blog.store, DECEMBER, at=NEW_YEAR)
    assert (december.orders, december.payable) == (1, 100)
    assert closed(blog.store, DECEMBER, at=NEW_YEAR + DAY) == [december]
    assert Payout.objects.count() == 2


def test_a_month_is_closed_when_it_is_over_and_in_order() -> None:
    blog = partner(make_store())
    sent(blog)
    with pytest.raises(MonthRefused, match=MonthFault.NOT_OVER):
        closed(blog.store, DECEMBER, at=AT + 40 * DAY)
    closed(blog.store, DECEMBER, at=NEW_YEAR)
    with pytest.raises(MonthRefused, match=MonthFault.LATER_CLOSED):
        closed(blog.store, date(2026, 11, 1), at=NEW_YEAR)


def test_what_is_below_zero_goes_on_to_the_next_month() -> None:
    blog = partner(make_store())
    made = sent(blog, lines=mugs(4))
    closed(blog.store, date(2026, 11, 1), at=AT + 40 * DAY)
    refund(made, (1, 4), at=AT + 41 * DAY)
    follow(at=AT + 41 * DAY)
    sent(blog, at=AT + 20 * DAY)
    (december,) = closed(blog.store, DECEMBER, at=NEW_YEAR)
    assert (december.earned, december.taken_back) == (100, -400)
    assert (december.payable, december.carried_out) == (0, -300)
    sent(blog, lines=mugs(5), at=NEW_YEAR)
    (january, *_) = closed(blog.store, date(2027, 1, 1), at=NEW_YEAR + 40 * DAY)
    assert (january.carried_in, january.earned, january.payable) == (-300, 500, 200)


def test_payouts_equal_their_rows() -> None:
    blog = partner(make_store(), default_bp=777)
    made = sent(blog, lines=THREE)
    sent(blog, lines=mugs(3))
    refund(made, (1, 3))
    follow()
    (payout,) = closed(blog.store, DECEMBER, at=NEW_YEAR)
    assert payout.payable == sum(payout.commissions.values_list("amount", flat=True)) > 0


def test_a_statement_shows_orders_and_no_buyer() -> None:
    blog = partner(make_store())
    sent(blog, lines=mugs(4), customer="anna-77")
    cancel(sent(blog))
    follow()
    found = statement_of(blog, at=AT)
    assert (found.waiting, found.due) == (400, 0)
    assert [(each.number, each.paid, each.amount) for each in found.orders] == [(2, 1000, 0), (1, 4000, 400)]
    assert "anna-77" not in repr(found)


def test_a_new_link_ends_the_old_one_and_a_closed_one_leads_nowhere() -> None:
    blog = partner(make_store())
    assert statement_link(blog) is None
    first = _token(blog)
    assert partner_of(first) == blog
    second = _token(blog)
    with pytest.raises(StatementUnknown):
        partner_of(first)
    close_link(blog)
    for token in (second, "", "1.2~x", "x" * 300):
        with pytest.raises(StatementUnknown):
            partner_of(token)


def _token(blog: Partner) -> str:
    address = statement_link(renew_link(blog))
    assert address is not None
    return address.rstrip("/").rpartition("/")[2]


def test_a_friends_click_after_a_partners_is_the_last_one() -> None:
    store = shop_with_programme()
    blog, anna, boris = partner(store), member(store), member(store)
    visitor = make_visitor(store)
    click(store, visitor, link(blog).code, at=AT - 2 * DAY)
    click(store, visitor, link_of(anna).code, at=AT - DAY)
    made = order(store, customer=boris.ref, visitor=visitor.key, paid_at=AT).order
    follow()
    assert Acquisition.objects.get(order=made).kind == "referral"
    assert amounts(made) == []
