"""The last stamp by twenty orders at once: one reward for each full card. With counter-proof."""

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from loyalty.models import FullCard, Stamp, StampHolder
from loyalty.stamps import read_sheets as looking
from loyalty.stamps.join_cards import join_cards
from loyalty.stamps.lock_holders import lock_holders
from loyalty.stamps.visit import stamp_visit
from loyalty.stamps.write_sheets import Moments, write_sheets
from shop.partitions import ensure_partition
from tests.checkout.merging import merge
from tests.factories import AT, make_customer, make_store
from tests.factories.status_rows import make_stamp, make_stamp_card, make_stamp_holder
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = 20
LOOKED = "loyalty.stamps.read_sheets.read_sheets"
LOCK = " FOR NO KEY UPDATE"


@pytest.fixture
def holder() -> StampHolder:
    """One stamp is missing to a card of twenty."""
    store = make_store()
    anna = make_customer(store, joined_at=AT)
    card = make_stamp_card(store, needed=ORDERS, reward="coupon", points=None, campaign="next")
    holder = make_stamp_holder(card, anna)
    for _ in range(ORDERS - 1):
        make_stamp(holder)
    return holder


def stamp_at_once(holder: StampHolder, *, rewrite: Rewrite | None = None) -> list[None | Exception]:
    card, anna = holder.card, holder.customer

    def stamp(number: int) -> None:
        with transaction.atomic():
            mine = lock_holders([(card, anna)])
            (sheet,) = looking.read_sheets(list(mine.values()), keys=[f"order:{number}"], moments=[AT])
            sheet.add([f"order:{number}"], at=AT)
            sheet.fill()
            write_sheets(card.store, [sheet], moments=Moments(AT, AT))

    return at_once([partial(stamp, number) for number in range(ORDERS)], workers=ORDERS, rewrite=rewrite)


def test_twenty_last_stamps_fill_one_card_and_leave_nineteen(holder: StampHolder) -> None:
    assert stamp_at_once(holder) == [None] * ORDERS
    assert FullCard.objects.count() == 1
    assert holder.stamps.filter(full_card=None).count() == ORDERS - 1


def test_even_without_the_holders_lock_a_cards_number_is_given_once(
    holder: StampHolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, LOOKED, workers=ORDERS)
    refused = of_type(stamp_at_once(holder, rewrite=without(LOCK)), IntegrityError)
    assert len(refused) == ORDERS - 1
    assert FullCard.objects.count() == 1


def test_without_lock_and_number_one_card_is_filled_several_times(
    holder: StampHolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_fullcard", "loyalty_fullcard_number_once")
    meet_after(monkeypatch, LOOKED, workers=ORDERS)
    stamp_at_once(holder, rewrite=without(LOCK))
    assert FullCard.objects.count() > 1


@pytest.fixture
def visited() -> StampHolder:
    """A card that counts visits, and who has one stamp on it."""
    store = make_store()
    ensure_partition("shop_activity", AT)
    card = make_stamp_card(store, needed=100, by="visit", reward="coupon", points=None, campaign="next")
    return make_stamp_holder(card, make_customer(store, joined_at=AT))


@pytest.fixture
def cards_are_joined(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set when a merge has joined the cards, and has not ended."""
    joined = Event()

    def join(*args: Any, **given: Any) -> None:
        join_cards(*args, **given)
        joined.set()

    monkeypatch.setattr("checkout.merge.join_cards", join)
    return joined


def visit_while_merging(
    old: StampHolder, cards_are_joined: Event, *, rewrite: Rewrite | None = None
) -> tuple[int, int]:
    """Twenty visits of one whom the storefront knows by the old number yet, in the middle of the merge. Returns how
    many stamps the kept customer and the old one have then."""
    anna = make_customer(old.store, joined_at=AT)
    make_stamp_holder(old.card, anna)

    def visit(number: int) -> int:
        cards_are_joined.wait(timeout=60)
        with transaction.atomic():
            return stamp_visit(old.customer, f"{number}", visited_at=AT, at=AT, at_recorded=AT)

    jobs: list[Callable[[], object]] = [partial(visit, number) for number in range(ORDERS)]
    jobs.append(partial(merge, anna, old.customer, key="m1"))
    results = at_once(jobs, workers=len(jobs), rewrite=rewrite)
    assert of_type(results, Exception) == []
    stamps = Stamp.objects.values_list("holder__customer", flat=True)
    return list(stamps).count(anna.pk), list(stamps).count(old.customer_id)


def test_visits_during_a_merge_are_stamped_on_the_kept_customers_card(
    visited: StampHolder, cards_are_joined: Event
) -> None:
    assert visit_while_merging(visited, cards_are_joined) == (ORDERS, 0)


def test_without_a_second_look_stamps_are_stranded_with_the_merged_customer(
    visited: StampHolder, cards_are_joined: Event
) -> None:
    looks_again = 'ON ("shop_customer"."id" = T2."merged_into_id")'
    blind: Rewrite = lambda sql: sql.replace(looks_again, f"{looks_again} AND FALSE")  # noqa: E731
    assert visit_while_merging(visited, cards_are_joined, rewrite=blind) == (0, ORDERS)


def test_without_the_holders_lock_stamps_are_stranded_in_spite_of_it(
    visited: StampHolder, cards_are_joined: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(
        monkeypatch, "loyalty.stamps.visit.read_sheets", "checkout.merge.join_cards", workers=ORDERS + 1
    )
    assert visit_while_merging(visited, cards_are_joined, rewrite=without(LOCK)) == (0, ORDERS)
