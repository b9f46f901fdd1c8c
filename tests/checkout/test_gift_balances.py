"""Gift balances pay orders in parts and get back what they paid, to the penny."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from checkout.request import LineRequest
from loyalty.models import Account, BalancePayment, Transfer
from loyalty.verify import verify_ledger
from pricing.refusals import Refusal
from shop.models import Customer, Order, OrderLine, Store
from tests.checkout.ask import MUG, order, quote
from tests.checkout.gift import ABC, again, assert_adds_up, end_due_balances, gift, left, moved
from tests.checkout.hold import assert_counters_are_reservations, held, order_of, release, reserve, token_of
from tests.checkout.reverse import cancel, give, member, points_store, refund
from tests.factories import AT, DAY
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db

YEAR = 365 * DAY


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


def test_a_balance_pays_an_order_and_keeps_the_rest(store: Store) -> None:
    balance, code = gift(store, 5000)
    bought = order(store, lines=ABC, gift_balances=(code,)).order
    assert (bought.payable, bought.balance_amount, left(balance)) == (0, 2000, 3000)
    assert moved(balance) == {"issue": 5000, "payment": 2000}
    assert verify_ledger(store) == []


def test_it_pays_on_any_number_of_orders_until_it_is_empty(store: Store) -> None:
    balance, code = gift(store, 2500)
    first, second, third = (order(store, gift_balances=(code,)).order for _ in range(3))
    assert [one.payable for one in (first, second, third)] == [0, 0, 500]
    assert left(balance) == 0
    refused = quote(store, gift_balances=(code,)).balances[0]
    assert (refused.refusal, refused.available) == (Refusal.USED_UP, 0)
    assert_adds_up(balance)


def test_the_code_is_read_in_any_case_with_and_without_hyphens(store: Store) -> None:
    _, code = gift(store, 5000)
    assert len(code) == 19
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        assert quote(store, gift_balances=(typed,)).quote.payable == 0


def test_points_pay_first_then_balances_by_earliest_end_then_money(store: Store, anna: Customer) -> None:
    """Goods 10.00 + 6.00 + 4.00, delivery 5.00: 301 points, a balance of 8.00 that ends first, one of 5.00."""
    give(anna, 301)
    late, late_code = gift(store, 500, days=100)
    early, early_code = gift(store, 800, days=10)
    asked: dict[str, Any] = {"customer": anna.ref, "lines": ABC, "delivery": 500, "points_to_spend": 301}
    bought = order(store, **asked, gift_balances=(late_code, early_code)).order
    # 301 points lie on the lines as 151, 90, 60; of 849 + 510 + 340 + 500 balances pay 1300.
    assert (bought.points_amount, bought.balance_amount, bought.delivery_balance_amount) == (301, 1300, 296)
    assert bought.payable == 2500 - 301 - 1300
    lines = OrderLine.objects.order_by("ordinal").values_list("points_amount", "balance_amount")
    assert list(lines) == [(151, 502), (90, 301), (60, 201)]
    rows = BalancePayment.objects.order_by("id").values_list("account", "line__sku", "amount")
    assert list(rows) == [
        (early.account_id, "A", 502),
        (early.account_id, "B", 298),
        (late.account_id, "B", 3),
        (late.account_id, "C", 201),
        (late.account_id, None, 296),
    ]
    assert (left(early), left(late)) == (0, 0)
    assert verify_ledger(store) == []


THREE_TENDERS = [(1, 1), (2, 1), (3, 1), "fee"]


@pytest.mark.parametrize("steps", list(permutations(THREE_TENDERS)), ids=str)
def test_three_tenders_over_three_lines_come_back_in_any_order(
    store: Store, anna: Customer, steps: tuple[Any, ...]
) -> None:
    give(anna, 301)
    late, late_code = gift(store, 500, days=100)
    early, early_code = gift(store, 800, days=50)
    asked: dict[str, Any] = {"customer": anna.ref, "lines": ABC, "delivery": 500, "points_to_spend": 301}
    bought = order(store, **asked, gift_balances=(late_code, early_code)).order
    expected = {  # money, to balances, points
        (1, 1): (347, 502, 151),
        (2, 1): (209, 301, 90),
        (3, 1): (139, 201, 60),
        "fee": (204, 296, 0),
    }
    for step in steps:
        done = refund(bought, delivery=True) if step == "fee" else refund(bought, step)
        points = sum(row.points_returned for row in done.lines)
        assert (done.refund.amount, done.refund.balance_amount, points) == expected[step], step
    bought.refresh_from_db()
    assert (bought.refunded, bought.balance_refunded, bought.delivery_refunded) == (899, 1300, 500)
    assert bought.refunded == bought.payable
    assert (left(early), left(late), Account.objects.get(customer=anna).balance) == (800, 500, 301)
    assert_adds_up(early)
    assert_adds_up(late)
    assert verify_ledger(store) == []


def test_odd_units_come_back_to_the_penny_in_any_split(store: Store) -> None:
    balance, code = gift(store, 500)
    bought = order(store, lines=(LineRequest("B", 3, 333),), gift_balances=(code,)).order
    parts = [refund(bought, (1, 1)).refund for _ in range(3)]
    assert [(one.amount, one.balance_amount) for one in parts] == [(166, 167), (167, 166), (166, 167)]
    assert (left(balance), Order.objects.get().refunded) == (500, 499)


def test_points_are_earned_on_what_a_balance_paid(store: Store, anna: Customer) -> None:
    _, code = gift(store, 5000)
    done = order(store, customer=anna.ref, lines=ABC, gift_balances=(code,))
    assert done.points == 20


def test_a_balance_pays_after_all_discounts(store: Store) -> None:
    run_offer(store, lane="order", audience={"kind": "everyone"})
    balance, code = gift(store, 5000)
    assert order(store, lines=ABC, gift_balances=(code,)).order.balance_amount == 1800
    assert left(balance) == 3200


def test_a_repeated_order_pays_once(store: Store) -> None:
    balance, code = gift(store, 5000)
    for _ in range(2):
        order(store, ref="same", lines=ABC, gift_balances=(code,))
    assert left(balance) == 3000


def test_a_cancelled_order_gives_it_back(store: Store) -> None:
    balance, code = gift(store, 5000)
    bought = order(store, lines=ABC, delivery=500, gift_balances=(code,)).order
    assert left(balance) == 2500
    cancel(bought)
    cancel(bought)
    assert left(balance) == 5000
    assert verify_ledger(store) == []


def test_an_unknown_code_pays_nothing(store: Store) -> None:
    (named,) = quote(store, gift_balances=("K7MP-2QXA-9RTB-WXYZ",)).balances
    assert (named.place, named.refusal) == (1, Refusal.UNKNOWN_CODE)


def test_a_code_of_another_store_is_unknown(store: Store) -> None:
    _, code = gift(points_store(), 5000)
    priced = quote(store, gift_balances=(code,))
    assert (priced.balances[0].refusal, priced.quote.payable) == (Refusal.UNKNOWN_CODE, 1000)


def test_a_code_named_twice_counts_once(store: Store) -> None:
    _, code = gift(store, 700)
    priced = quote(store, gift_balances=(code, code.lower()))
    assert (len(priced.balances), priced.quote.payable) == (1, 300)


def test_it_is_good_to_the_end_of_the_local_day_and_not_a_moment_longer(store: Store) -> None:
    balance, code = gift(store, 5000, days=10)
    end = balance.ends_at
    assert end == AT.replace(hour=0) + 11 * DAY
    last = quote(store, gift_balances=(code,), at=end - timedelta(seconds=1))
    over = quote(store, gift_balances=(code,), at=end)
    assert (last.quote.payable, over.quote.payable) == (0, 1000)
    assert over.balances[0].refusal == Refusal.EXPIRED


def test_the_end_is_booked_once_however_often_and_late_the_job_runs(store: Store) -> None:
    balance, code = gift(store, 5000, days=10)
    order(store, gift_balances=(code,))
    end = balance.ends_at
    assert end_due_balances(at=end - timedelta(seconds=1)) == 0
    assert [end_due_balances(at=end + 3 * DAY) for _ in range(3)] == [1, 0, 0]
    assert moved(balance) == {"issue": 5000, "payment": 1000, "lapse": 4000}
    assert_adds_up(balance)
    assert verify_ledger(store) == []


def test_money_that_comes_back_late_lasts_a_fortnight_and_wakes_nothing_that_has_ended(store: Store) -> None:
    balance, code = gift(store, 5000, days=10)
    bought = order(store, gift_balances=(code,)).order
    late = balance.ends_at + 3 * DAY  # and the job has not run yet
    refund(bought, (1, 1), at=late)
    assert (left(balance, at=late), moved(balance)["lapse"]) == (1000, 4000)
    assert again(balance).ends_at == balance.ends_at + (3 + 15) * DAY
    end_due_balances(at=again(balance).ends_at)
    assert moved(balance)["lapse"] == 5000
    assert_adds_up(balance)


def test_what_was_paid_on_time_gained_so_gains_no_more(store: Store) -> None:
    balance, code = gift(store, 5000, days=10)
    bought = order(store, gift_balances=(code,)).order
    late = balance.ends_at + DAY
    refund(bought, (1, 1), at=late)
    gained = again(balance).ends_at
    second = order(store, gift_balances=(code,), at=late).order
    assert second.balance_amount == 1000
    refund(second, (1, 1), at=gained)
    assert (again(balance).ends_at, left(balance, at=gained)) == (gained, 0)
    assert moved(balance)["lapse"] == 5000
    assert_adds_up(balance)


def test_what_comes_back_in_time_leaves_a_later_end_alone(store: Store) -> None:
    balance, code = gift(store, 5000)
    bought = order(store, gift_balances=(code,)).order
    refund(bought, (1, 1))
    assert again(balance).ends_at == balance.ends_at


def test_a_reserved_cart_holds_what_it_will_pay(store: Store) -> None:
    balance, code = gift(store, 1500)
    kept = reserve(store, gift_balances=(code,))
    assert (left(balance), held()) == (500, {"points": 1000})
    other = quote(store, gift_balances=(code,))
    assert other.quote.payable == 500
    own = quote(store, cart="c1", gift_balances=(code,))
    assert own.quote.payable == 0
    order_of(kept, gift_balances=(code,), cart="c1")
    assert (left(balance), held(), moved(balance)["payment"]) == (500, {}, 1000)
    assert verify_ledger(store) == []


def test_a_held_balance_pays_though_it_has_ended_meanwhile(store: Store) -> None:
    balance, code = gift(store, 1500, days=10)
    before = balance.ends_at - timedelta(minutes=5)
    kept = reserve(store, gift_balances=(code,), at=before)
    after = balance.ends_at + timedelta(minutes=5)
    end_due_balances(at=after)
    assert moved(balance)["lapse"] == 500
    done = order_of(kept, gift_balances=(code,), cart="c1", at=after)
    assert (done.order.balance_amount, done.order.payable) == (1000, 0)
    assert_adds_up(balance)


def test_what_an_ended_hold_lets_go_of_ends_with_it(store: Store) -> None:
    balance, code = gift(store, 1500, days=10)
    kept = reserve(store, gift_balances=(code,), at=balance.ends_at - timedelta(minutes=5))
    after = balance.ends_at + timedelta(minutes=5)
    end_due_balances(at=after)
    release(kept, at=after)
    assert moved(balance) == {"issue": 1500, "lapse": 1500}
    assert end_due_balances(at=after) == 0
    assert_adds_up(balance)


def test_a_renewed_hold_takes_over_and_lets_go_of_the_rest(store: Store) -> None:
    balance, code = gift(store, 5000)
    reserve(store, lines=ABC, gift_balances=(code,))
    assert left(balance) == 3000
    assert_counters_are_reservations()
    reserve(store, gift_balances=(code,))
    assert left(balance) == 4000
    assert_counters_are_reservations()
    reserve(store)
    assert left(balance) == 5000


def test_a_paused_store_takes_none(store: Store) -> None:
    _, code = gift(store, 5000)
    Store.objects.update(is_redemption_paused=True)
    store.refresh_from_db()
    priced = quote(store, gift_balances=(code,))
    assert (priced.balances[0].refusal, priced.quote.payable) == (Refusal.PAUSED, 1000)


def test_a_token_of_a_quote_holds_the_price_with_balances(store: Store) -> None:
    _, code = gift(store, 700)
    kept = reserve(store, gift_balances=(code,))
    assert kept.priced.quote.payable == 300
    assert "WXYZ" not in str(kept.quote.priced)
    assert code.replace("-", "") not in str(kept.quote.priced)
    assert token_of(kept)


def test_movements_name_their_order(store: Store) -> None:
    balance, code = gift(store, 5000)
    bought = order(store, lines=(MUG,), gift_balances=(code,)).order
    paid = Transfer.objects.get(kind="payment")
    assert (paid.order, paid.source_id, paid.target.kind) == (bought, balance.account_id, "spent")
    assert paid.key == f"order:{bought.pk}:gift:{balance.account_id}"
