"""Eight who look at the same customer at once write one step. With counter-proof."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from loyalty.models import TierChange
from loyalty.tiers.recompute import recompute
from shop.models import Customer
from tests.factories import AT, make_store
from tests.loyalty.tiers.ladder import buy, follow, make_member, start_ladder
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8
LOCK = " FOR NO KEY UPDATE"


@pytest.fixture
def anna() -> Customer:
    """Looked at before; since then she has bought enough for a tier."""
    store = make_store()
    start_ladder(store)
    anna = make_member(store)
    buy(anna, 1_000)
    follow(AT)
    buy(anna, 12_000, at=AT + timedelta(hours=1))
    return anna


def look_at_once(anna: Customer, *, rewrite: Rewrite | None = None) -> list[int | Exception]:
    def look() -> int:
        at = AT + timedelta(hours=2)
        with transaction.atomic():
            return recompute(anna.store, [anna.pk], at=at, at_recorded=at)

    return at_once([look] * WORKERS, workers=WORKERS, rewrite=rewrite)


def test_eight_looks_write_one_step(anna: Customer) -> None:
    assert sorted(look_at_once(anna), key=str) == [0] * (WORKERS - 1) + [1]
    assert TierChange.objects.get(customer=anna).number == 1


def test_even_without_the_lock_a_step_has_its_number_once(
    anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "loyalty.tiers.recompute.read_facts", workers=WORKERS)
    assert len(of_type(look_at_once(anna, rewrite=without(LOCK)), IntegrityError)) == WORKERS - 1
    assert TierChange.objects.filter(customer=anna).count() == 1


def test_without_lock_and_number_a_step_is_written_several_times(
    anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_tierchange", "loyalty_tierchange_number_once")
    meet_after(monkeypatch, "loyalty.tiers.recompute.read_facts", workers=WORKERS)
    look_at_once(anna, rewrite=without(LOCK))
    assert TierChange.objects.filter(customer=anna).count() > 1
