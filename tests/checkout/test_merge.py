"""Two customers become one person: points, debts, holds and rights; and what undoing gives back."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from checkout.follow_stamps import follow_stamps
from checkout.merge import MergeFault, MergeRefused
from checkout.models import Quote
from loyalty.models import Account, Debt, FullCard, Lot, TierStatus, Transfer
from loyalty.referrals.line import line_above
from loyalty.stamps.queries import progress_of
from loyalty.tiers.recompute import wrong_tiers
from loyalty.verify import verify_ledger
from shop.find_customer import find_customer
from shop.models import Activity, Customer, Order, Store
from tests.checkout.ask import order
from tests.checkout.hold import reserve, token_of
from tests.checkout.merging import merge, undo
from tests.checkout.reverse import balance, fulfil, give, member, mugs, owed, pay, points_store, refund
from tests.factories import AT, DAY, make_customer, make_message, make_step, make_store, make_trigger
from tests.factories.friend_rows import make_referral
from tests.factories.offers_that_run import named_coupon, run_offer
from tests.factories.status_rows import make_stamp_card, make_tier, make_tier_rules, make_tier_step
from triggers.checks import Case, customer_is_not_merged
from triggers.reasons import Reason

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


@pytest.fixture
def old(store: Store) -> Customer:
    """The reference that Anna had before."""
    return member(store)


def refused(act: Callable[[], object]) -> MergeFault:
    with pytest.raises(MergeRefused) as error:
        act()
    return error.value.code


def lots_of(customer: Customer) -> list[tuple[int, object]]:
    open_lots = Lot.objects.filter(account__customer=customer, left__gt=0).order_by("ends_at", "id")
    return list(open_lots.values_list("left", "ends_at"))


def test_points_move_portion_by_portion_and_keep_their_ends(
    store: Store, anna: Customer, old: Customer
) -> None:
    give(old, 80, ends_at=AT + 10 * DAY)
    give(old, 500, ends_at=AT + 20 * DAY)
    give(anna, 5)
    done = merge(anna, old)
    assert (done.points, balance(anna), balance(old)) == (580, 585, 0)
    assert lots_of(anna)[:2] == [(80, AT + 10 * DAY), (500, AT + 20 * DAY)]
    assert Transfer.objects.filter(kind="merge").count() == 2
    assert verify_ledger(store) == []


def test_the_old_reference_leads_to_the_kept_customer(store: Store, anna: Customer, old: Customer) -> None:
    merge(anna, old)
    assert find_customer(store, old.ref) == find_customer(store, anna.ref) == anna
    bought = order(store, customer=old.ref, lines=mugs(3)).order
    assert (bought.customer, balance(anna)) == (anna, 30)


def test_rows_keep_their_customer(store: Store, anna: Customer, old: Customer) -> None:
    bought = order(store, customer=old.ref, lines=mugs(1)).order
    merge(anna, old)
    assert Order.objects.get(pk=bought.pk).customer == old


def test_undoing_returns_what_is_left_of_each_portion_and_later_orders_stay(
    store: Store, anna: Customer, old: Customer
) -> None:
    give(old, 80, ends_at=AT + 10 * DAY)
    give(old, 500, ends_at=AT + 20 * DAY)
    give(anna, 1000, ends_at=AT + 30 * DAY)
    done = merge(anna, old)
    later = order(store, customer=old.ref, lines=mugs(1), points_to_spend=100).order
    assert undo(done).points_returned == 480
    assert lots_of(old) == [(480, AT + 20 * DAY)]
    assert Order.objects.get(pk=later.pk).customer == anna
    assert find_customer(store, old.ref) == old
    assert (balance(anna), verify_ledger(store)) == (1000 + 9, [])


def test_a_merge_is_undone_once(store: Store, anna: Customer, old: Customer) -> None:
    give(old, 80)
    done = merge(anna, old)
    undo(done)
    assert refused(lambda: undo(done)) is MergeFault.UNDONE_ALREADY
    assert balance(old) == 80


def test_after_undoing_the_two_may_be_merged_again(store: Store, anna: Customer, old: Customer) -> None:
    give(old, 80)
    undo(merge(anna, old))
    merge(anna, old)
    assert (balance(anna), balance(old), verify_ledger(store)) == (80, 0, [])


def test_a_key_merges_once_and_only_the_same_two(store: Store, anna: Customer, old: Customer) -> None:
    give(old, 80)
    first = merge(anna, old, key="m1")
    assert merge(anna, old, key="m1") == first
    assert refused(lambda: merge(anna, make_customer(store), key="m1")) is MergeFault.KEY_TAKEN
    assert balance(anna) == 80


def test_nobody_is_merged_with_himself_twice_across_stores_or_in_a_circle(
    store: Store, anna: Customer, old: Customer
) -> None:
    elsewhere, gone = make_customer(make_store()), make_customer(store, erased_at=AT)
    assert refused(lambda: merge(anna, anna)) is MergeFault.ONESELF
    assert refused(lambda: merge(anna, elsewhere)) is MergeFault.OTHER_STORE
    assert refused(lambda: merge(anna, gone)) is MergeFault.ERASED
    merge(anna, old)
    assert refused(lambda: merge(anna, old)) is MergeFault.MERGED_ALREADY
    assert refused(lambda: merge(old, anna)) is MergeFault.MERGED_ALREADY


def test_a_chain_leads_to_its_head_and_is_undone_from_its_end(
    store: Store, anna: Customer, old: Customer
) -> None:
    oldest = member(store)
    give(oldest, 30)
    first = merge(old, oldest)
    second = merge(anna, old)
    assert find_customer(store, oldest.ref) == anna
    assert (balance(anna), balance(old), balance(oldest)) == (30, 0, 0)
    assert refused(lambda: undo(first)) is MergeFault.MERGED_ON
    undo(second)
    assert find_customer(store, oldest.ref) == old
    assert (balance(anna), balance(old)) == (0, 30)
    undo(first)
    assert (balance(oldest), verify_ledger(store)) == (30, [])


def test_a_debt_is_repaid_out_of_what_the_other_has(store: Store, anna: Customer, old: Customer) -> None:
    bought = order(store, customer=old.ref, lines=mugs(10)).order  # earns 100
    fulfil(pay(bought))
    Lot.objects.filter(account__customer=old).update(active_at=AT - DAY)
    order(store, customer=old.ref, lines=mugs(1), points_to_spend=100)
    refund(bought, (1, 10))
    assert owed(old) > 0
    due = owed(old)
    give(anna, 1000)
    merge(anna, old)
    assert (owed(anna), owed(old), Debt.objects.filter(account__customer=old).count()) == (0, 0, 0)
    assert balance(anna) == 1000 + balance(old) - due
    assert verify_ledger(store) == []


def test_an_open_debt_moves_along_and_back(store: Store, anna: Customer, old: Customer) -> None:
    bought = order(store, customer=old.ref, lines=mugs(10)).order
    fulfil(pay(bought))
    Lot.objects.filter(account__customer=old).update(active_at=AT - DAY)
    order(store, customer=old.ref, lines=mugs(1), points_to_spend=100)
    refund(bought, (1, 10))
    due = owed(old)
    done = merge(anna, old)
    assert (owed(anna), owed(old), verify_ledger(store)) == (due, 0, [])
    undo(done)
    assert (owed(anna), owed(old), verify_ledger(store)) == (0, due, [])


def test_a_refund_of_an_old_order_takes_its_own_portion_back_from_the_kept_customer(
    store: Store, anna: Customer, old: Customer
) -> None:
    give(anna, 7, ends_at=AT + 2 * DAY)  # ends first, but is not what the order earned
    bought = order(store, customer=old.ref, lines=mugs(2)).order
    merge(anna, old)
    refund(bought, (1, 1))
    assert [points for points, _ in lots_of(anna)] == [7, 10]
    assert verify_ledger(store) == []


def test_what_an_old_order_spent_comes_back_to_the_kept_customer(
    store: Store, anna: Customer, old: Customer
) -> None:
    give(old, 300)
    bought = order(store, customer=old.ref, lines=mugs(1), points_to_spend=300).order
    done = merge(anna, old)
    refund(bought, (1, 1))
    assert (balance(anna), balance(old)) == (300, 0)
    undo(done)
    assert (balance(anna), balance(old), verify_ledger(store)) == (300, 0, [])


def test_pending_points_begin_with_the_delivery_of_their_order_after_a_merge(
    store: Store, anna: Customer, old: Customer
) -> None:
    bought = order(store, customer=old.ref, lines=mugs(2)).order
    merge(anna, old)
    before = Lot.objects.get(account__customer=anna).active_at
    fulfil(pay(bought))
    assert Lot.objects.get(account__customer=anna).active_at < before


def test_a_cart_keeps_the_points_that_it_holds(store: Store, anna: Customer, old: Customer) -> None:
    give(old, 400)
    kept = reserve(store, customer=old.ref, points_to_spend=300)
    done = merge(anna, old)
    mine = Account.objects.get(customer=anna)
    assert (mine.balance, mine.held, verify_ledger(store)) == (400, 300, [])
    assert Quote.objects.get().customer == anna
    bought = order(store, customer=old.ref, cart="c1", points_to_spend=300, quote_token=token_of(kept)).order
    assert (bought.points_spent, bought.customer) == (300, anna)
    undo(done)
    assert (balance(old), verify_ledger(store)) == (100, [])


def test_held_points_stay_with_the_cart_when_the_merge_is_undone(
    store: Store, anna: Customer, old: Customer
) -> None:
    give(old, 400)
    done = merge(anna, old)
    reserve(store, customer=anna.ref, points_to_spend=300)
    assert undo(done).points_returned == 100
    assert (balance(anna), balance(old), verify_ledger(store)) == (300, 100, [])


def test_a_named_coupon_of_the_old_reference_works_for_both(
    store: Store, anna: Customer, old: Customer
) -> None:
    coupon = named_coupon(store, old)
    merge(anna, old)
    used = order(store, customer=anna.ref, codes=(coupon.code,), lines=mugs(1)).order
    assert used.discount > 0
    again = named_coupon(store, old)
    assert order(store, customer=old.ref, codes=(again.code,), lines=mugs(1)).order.discount > 0


def test_after_undoing_the_coupon_is_the_old_ones_alone(store: Store, anna: Customer, old: Customer) -> None:
    coupon = named_coupon(store, old)
    undo(merge(anna, old))
    assert order(store, customer=anna.ref, codes=(coupon.code,), lines=mugs(1)).order.discount == 0


def test_uses_per_customer_count_for_the_person(store: Store, anna: Customer, old: Customer) -> None:
    run_offer(store, audience={"kind": "everyone"}, lane="order", limits={"uses_per_customer": 1})
    assert order(store, customer=old.ref, lines=mugs(1)).order.discount > 0
    merge(anna, old)
    assert order(store, customer=anna.ref, lines=mugs(1)).order.discount == 0


def test_who_joined_under_one_reference_has_joined(store: Store, old: Customer) -> None:
    guest = make_customer(store)
    done = merge(guest, old)
    guest.refresh_from_db()
    assert guest.joined_at == old.joined_at
    undo(done)
    guest.refresh_from_db()
    assert guest.joined_at is None


def test_both_customers_histories_say_so(anna: Customer, old: Customer) -> None:
    undo(merge(anna, old))
    for customer in (anna, old):
        kinds = Activity.objects.filter(customer=customer, kind__startswith="customer.").order_by("id")
        assert list(kinds.values_list("kind", flat=True)) == ["customer.merged", "customer.unmerged"]


def test_stamps_of_both_numbers_fill_one_card(store: Store, anna: Customer, old: Customer) -> None:
    card = make_stamp_card(store, needed=3, campaign="", reward="points", points=50)
    for who in (anna, old, old):
        pay(order(store, customer=who.ref, lines=mugs(1)).order)
    follow_stamps(at=timezone.now())
    assert not FullCard.objects.exists()
    first = merge(anna, old)
    assert FullCard.objects.get().holder.customer == anna
    pay(order(store, customer=old.ref, lines=mugs(1)).order)
    follow_stamps(at=timezone.now())
    (seen,) = progress_of(anna, at=AT)
    assert (seen.card, seen.stamps, seen.full) == (card, 1, 1)
    undo(first)
    assert verify_ledger(store) == []


def test_open_stamps_go_back_when_a_merge_is_undone(store: Store, anna: Customer, old: Customer) -> None:
    make_stamp_card(store, needed=5, campaign="", reward="points", points=50)
    for who in (anna, old, old):
        pay(order(store, customer=who.ref, lines=mugs(1)).order)
    follow_stamps(at=timezone.now())
    done = merge(anna, old)
    assert [seen.stamps for seen in progress_of(anna, at=AT)] == [3]
    undo(done)
    assert [progress_of(one, at=AT)[0].stamps for one in (anna, old)] == [1, 2]


def test_orders_of_both_count_towards_a_tier(store: Store, anna: Customer, old: Customer) -> None:
    tier = make_tier(store)
    rules = make_tier_rules(store, measure="spend")
    make_tier_step(rules, tier, threshold=3000)
    order(store, customer=anna.ref, lines=mugs(2))
    order(store, customer=old.ref, lines=mugs(2))
    done = merge(anna, old)
    assert TierStatus.objects.get(customer=anna).tier == tier
    assert wrong_tiers(store, [anna.pk, old.pk]) == []
    undo(done)
    assert TierStatus.objects.get(customer=anna).tier is None


def test_nobody_is_brought_by_himself(store: Store, anna: Customer, old: Customer) -> None:
    """The old number had recommended the shop to the new one, and somebody else to the old one."""
    boris = member(store)
    make_referral(anna, old)
    make_referral(old, boris)
    merge(anna, old)
    assert line_above(anna.pk) == (boris.pk,)


def test_only_the_kept_customer_is_written_to(store: Store, anna: Customer, old: Customer) -> None:
    message = make_message(make_step(make_trigger(store)), old)
    merge(anna, old)
    message.refresh_from_db()
    assert customer_is_not_merged(Case(message, AT, "old@shop.test", "")) is Reason.MERGED
