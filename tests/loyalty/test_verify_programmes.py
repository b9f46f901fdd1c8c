"""The recheck of the books sees what was changed behind the back of stamps, partners, friends, tiers, coupons, budgets
and reserved carts; each damage is planted with the database's own guards off."""

from datetime import date

import pytest
from django.db import connection, transaction

from loyalty.findings import FindingCode
from loyalty.models import StampCard
from loyalty.tiers.recompute import recompute
from loyalty.verify import Finding, verify_ledger
from loyalty.verify_proof import PROOFS, proved_sound
from reports.verify_reports import report_findings
from shop.models import Order, Store
from tests.checkout.ask import order
from tests.checkout.gift import gift
from tests.checkout.hold import all_rights, reserve
from tests.checkout.reverse import cancel, give, member, points_store, refund
from tests.checkout.test_follow_stamps import follow as follow_stamps
from tests.factories import AT, DAY, make_customer, make_job, make_outbox
from tests.factories.offers_that_run import named_coupon, public_coupon
from tests.factories.status_rows import make_stamp_card, make_tier, make_tier_rules, make_tier_step
from tests.loyalty.friends import bought, brings, follow, shop_with_programme
from tests.loyalty.friends import member as friend
from tests.loyalty.partners import closed, partner, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return points_store()


def tamper(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def only(store: Store) -> tuple[str, int, int]:
    """The code and the figures of the one finding."""
    (found,) = verify_ledger(store)
    return found.code.value, found.expected, found.found


def codes(store: Store) -> set[str]:
    return {found.code.value for found in verify_ledger(store)}


# --- stamps


def stamped(store: Store) -> Order:
    """Three orders that filled a card of three, the last of them."""
    anna = make_customer(store, joined_at=AT - 400 * DAY)
    make_stamp_card(store, by=StampCard.By.ORDER)
    made = [order(store, customer=anna.ref, paid_at=AT).order for _ in range(3)][-1]
    follow_stamps()
    assert verify_ledger(store) == []
    return made


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE loyalty_stamp SET full_card_id = NULL WHERE key = (SELECT min(key) FROM loyalty_stamp)",
        "DELETE FROM loyalty_stamp WHERE key = (SELECT min(key) FROM loyalty_stamp)",
        "UPDATE loyalty_fullcard SET withdrawn_at = now()",
        "UPDATE loyalty_fullcard SET needed = 2",
    ],
)
def test_a_full_card_that_is_not_its_stamps_is_found(store: Store, damage: str) -> None:
    stamped(store)
    tamper(damage)
    assert codes(store) == {"full_card_is_not_its_stamps"}


def test_a_full_card_that_lacks_a_stamp_since_a_return_is_sound(store: Store) -> None:
    cancel(stamped(store))
    follow_stamps()
    assert verify_ledger(store) == []


def test_a_stamp_that_a_cancelled_order_kept_is_found(store: Store) -> None:
    last = stamped(store)
    cancel(last)
    assert verify_ledger(store) == [], "the fact waits for its consumer"
    tamper("DELETE FROM shop_outbox WHERE consumer = 'checkout.stamps'")
    assert only(store) == ("stamps_are_not_their_orders", 0, 1)


# --- partners and friends


def test_a_commission_that_is_not_its_lines_is_found(store: Store) -> None:
    made = sent(partner(store))
    assert verify_ledger(store) == []
    refund(made, (1, 1))
    assert verify_ledger(store) == [], "the fact waits for its consumer"
    tamper("DELETE FROM shop_outbox WHERE consumer = 'checkout.acquirer'")
    code, wanted, stands = only(store)
    assert code == "commission_is_not_its_line"
    assert (wanted, stands > 0) == (0, True)


def test_a_payout_that_is_not_its_commissions_is_found(store: Store) -> None:
    sent(partner(store))
    month = (AT + 60 * DAY).date().replace(day=1)
    (payout,) = closed(store, date(month.year, month.month, 1), at=AT + 100 * DAY)
    assert verify_ledger(store) == []
    tamper("UPDATE loyalty_payout SET earned = earned + 1, payable = payable + 1")
    assert only(store) == ("payout_is_not_its_commissions", payout.earned, payout.earned + 1)


def test_a_friends_reward_that_is_not_its_movements_is_found() -> None:
    store = shop_with_programme()
    anna, ben = friend(store), friend(store)
    brings(anna, ben)
    made = bought(store, ben)
    refund(made, (1, 1))
    follow()
    assert verify_ledger(store) == []
    tamper("UPDATE loyalty_referralreward SET taken_back = taken_back - 1")
    assert codes(store) == {"friend_reward_is_not_its_transfers"}
    tamper("UPDATE loyalty_referralreward SET taken_back = taken_back + 1, points = points + 1")
    assert codes(store) == {"friend_reward_is_not_its_transfers"}


def test_a_friends_reward_that_was_given_without_a_movement_is_found() -> None:
    store = shop_with_programme()
    anna, ben = friend(store), friend(store)
    brings(anna, ben)
    order(store, customer=ben.ref)
    follow()
    assert verify_ledger(store) == []
    tamper("UPDATE loyalty_referralreward SET status = 'granted'")
    assert codes(store) == {"friend_reward_is_not_its_transfers"}


# --- tiers


def test_a_tier_that_is_not_its_facts_is_found(store: Store) -> None:
    gold = make_tier(store, code="gold")
    make_tier_step(make_tier_rules(store, in_force_at=AT - DAY), gold, threshold=500)
    anna = make_customer(store, joined_at=AT - DAY)
    order(store, customer=anna.ref, paid_at=AT)
    with transaction.atomic():
        assert recompute(store, [anna.pk], at=AT + DAY, at_recorded=AT + DAY) == 1
    tamper("DELETE FROM shop_outbox")
    assert verify_ledger(store) == []
    tamper("UPDATE loyalty_tierstatus SET tier_id = NULL, since_at = NULL, until_at = NULL")
    assert only(store) == ("tier_is_not_its_facts", gold.pk, 0)
    assert verify_ledger(store)[0].subject == f"customer:{anna.pk}"
    waiting = make_outbox(store, consumer="loyalty.tiers")
    assert verify_ledger(store) == [], "facts that wait may put it right"
    waiting.delete()
    make_job(store, kind="recompute_tiers")
    assert verify_ledger(store) == [], "so may a change of the ladder"


# --- coupons, budgets, gift balances


def test_a_coupon_that_counts_other_uses_than_its_own_is_found(store: Store) -> None:
    anna = member(store)
    coupon = named_coupon(store, anna)
    made = order(store, customer=anna.ref, codes=(coupon.code,)).order
    assert verify_ledger(store) == []
    tamper("UPDATE coupons_coupon SET used = 0")
    assert only(store) == ("coupon_uses_are_not_its_redemptions", 1, 0)
    tamper("UPDATE coupons_coupon SET used = 1")
    cancel(made)
    assert verify_ledger(store) == []
    tamper("UPDATE coupons_coupon SET used = 1")
    assert only(store) == ("coupon_uses_are_not_its_redemptions", 0, 1)


def test_a_budget_behind_its_discounts_is_found(store: Store) -> None:
    coupon = public_coupon(store, limits={"budget_max": 1000})
    made = order(store, codes=(coupon.code,)).order
    assert verify_ledger(store) == []
    tamper("UPDATE loyalty_offerbudget SET spent = spent - 1")
    assert only(store) == ("budget_is_not_its_discounts", made.discount, made.discount - 1)


def test_a_gift_balance_that_says_another_worth_than_it_was_issued_for_is_found(store: Store) -> None:
    gift(store, 5000)
    tamper("UPDATE coupons_giftbalance SET face_value = 6000")
    assert only(store) == ("gift_record_is_not_its_movements", 5000, 6000)


# --- reserved carts


@pytest.mark.parametrize(
    "table", ["coupons_coupon", "loyalty_offeruse", "loyalty_offerdayuse", "loyalty_offerbudget"]
)
def test_a_counter_that_is_not_its_reservations_is_found(store: Store, table: str) -> None:
    anna = member(store)
    give(anna, 300)
    reserve(store, **all_rights(store, anna))
    assert verify_ledger(store) == []
    tamper(f"UPDATE {table} SET held = held - 1 WHERE held > 0")
    assert codes(store) == {"held_is_not_its_reservations"}


def test_what_a_cart_is_said_to_hold_without_a_reservation_is_found(store: Store) -> None:
    anna = member(store)
    give(anna, 300)
    reserve(store, **all_rights(store, anna))
    tamper("DELETE FROM checkout_reservation")
    found = {each.subject.partition(":")[0] for each in verify_ledger(store)}
    assert found == {"lot", "coupon", "offer_use", "day_use", "budget", "customer_use"}


def test_a_gift_balance_that_nobody_holds_is_held_is_found(store: Store) -> None:
    balance, _ = gift(store, 5000)
    tamper("UPDATE loyalty_account SET held = 7 WHERE kind = 'gift'")
    assert verify_ledger(store) == [
        Finding(FindingCode.HELD_IS_NOT_ITS_RESERVATIONS, f"account:{balance.account_id}", 0, 7)
    ]


# --- reports, other stores, the proof


def test_a_report_that_does_not_know_a_movement_is_found(store: Store) -> None:
    anna = member(store)
    give(anna, 300)
    tamper("UPDATE loyalty_transfer SET kind = 'move'")
    found = list(report_findings(store, limit=10))
    assert [(each.code.value, each.expected, each.found) for each in found] == [
        ("report_is_not_its_transfers", 300, 0)
    ]


def test_damage_in_one_store_is_no_finding_of_another(store: Store) -> None:
    other = points_store()
    for one in (store, other):
        anna = member(one)
        give(anna, 300)
        reserve(one, **all_rights(one, anna))
    tamper(
        f"UPDATE loyalty_account SET balance = balance + 1 WHERE kind = 'customer' AND store_id = {other.pk}",
        "UPDATE coupons_coupon SET held = 0 WHERE store_id = " + str(other.pk),
    )
    assert verify_ledger(store) == []
    assert codes(other) == {
        "balance_is_not_its_transfers",
        "balance_is_not_its_lots",
        "held_is_not_its_reservations",
    }


def test_points_that_changed_places_are_no_proof(store: Store) -> None:
    """All sums over the whole store are right; each customer's is not."""
    anna, ben = member(store), member(store)
    give(anna, 300)
    give(ben, 200)
    assert proved_sound() == frozenset(PROOFS)
    tamper("UPDATE loyalty_account SET balance = 500 - balance WHERE kind = 'customer'")
    assert frozenset(PROOFS) - proved_sound() == {
        FindingCode.BALANCE_IS_NOT_ITS_TRANSFERS,
        FindingCode.BALANCE_IS_NOT_ITS_LOTS,
    }


def test_amounts_too_large_for_a_proof_are_asked_about_row_by_row(store: Store) -> None:
    anna = member(store)
    give(anna, 2**40)
    assert proved_sound() == frozenset()
    assert verify_ledger(store) == []
    tamper("UPDATE loyalty_lot SET ends_at = ends_at + interval '1 day'")
    assert verify_ledger(store) == []
    tamper("UPDATE loyalty_account SET balance = balance - 1 WHERE kind = 'customer'")
    assert codes(store) == {"balance_is_not_its_transfers", "balance_is_not_its_lots"}
