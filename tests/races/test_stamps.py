"""The last stamp by twenty orders at once: one reward for each full card. With counter-proof."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from loyalty.models import FullCard, StampHolder
from loyalty.stamps import read_sheets as looking
from loyalty.stamps.lock_holders import lock_holders
from loyalty.stamps.write_sheets import Moments, write_sheets
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
