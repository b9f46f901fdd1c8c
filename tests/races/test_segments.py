"""Eight who look at a segment at once let each customer enter once. With counter-proof."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction

from loyalty.models import Segment
from loyalty.segments.recompute import Moved, recompute, recompute_due
from shop.models import Activity
from tests.factories import AT, make_customer, make_store
from tests.factories.segment_rows import segment_of
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8
PEOPLE = 5
LOCK = " FOR NO KEY UPDATE"
ONCE = "    ON CONFLICT (segment_id, customer_id) DO NOTHING\n"


@pytest.fixture
def segment() -> Segment:
    store = make_store()
    for _ in range(PEOPLE):
        make_customer(store)
    return segment_of(store, {"kind": "orders", "at_most": 0})


def look_at_once(segment: Segment, *, rewrite: Rewrite | None = None) -> list[Moved | Exception]:
    def look() -> Moved:
        with transaction.atomic():
            return recompute(segment, at=AT)

    return at_once([look] * WORKERS, workers=WORKERS, rewrite=rewrite)


def entered(segment: Segment) -> list[int]:
    """How often each customer was noted to enter."""
    rows = Activity.objects.filter(kind="segment.entered", subject=f"segment:{segment.code}")
    return sorted(Counter(rows.values_list("customer", flat=True)).values())


def test_eight_looks_let_each_enter_once(segment: Segment) -> None:
    found = look_at_once(segment)
    assert Counter(one.entered for one in of_type(found, Moved)) == {PEOPLE: 1, 0: WORKERS - 1}
    assert entered(segment) == [1] * PEOPLE
    segment.refresh_from_db()
    assert segment.size == segment.members.count() == PEOPLE


def test_two_jobs_at_once_do_not_wait_for_one_another(segment: Segment) -> None:
    found = at_once([lambda: recompute_due(at=AT)] * WORKERS, workers=WORKERS)
    assert set(found) <= {0, 1}
    assert entered(segment) == [1] * PEOPLE


def test_even_without_the_lock_a_customer_enters_once(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "loyalty.segments.recompute.match", workers=WORKERS)
    look_at_once(segment, rewrite=without(LOCK))
    assert entered(segment) == [1] * PEOPLE


def test_without_lock_and_conflict_the_unique_pair_refuses(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "loyalty.segments.recompute.match", workers=WORKERS)
    found = look_at_once(segment, rewrite=without(LOCK, ONCE))
    assert of_type(found, IntegrityError), "loyalty_segmentmember_once"
    assert segment.members.count() == PEOPLE


def test_without_lock_and_unique_pair_a_customer_enters_twice(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_segmentmember", "loyalty_segmentmember_once")
    meet_after(monkeypatch, "loyalty.segments.recompute.match", workers=WORKERS)
    look_at_once(segment, rewrite=without(LOCK, ONCE))
    assert segment.members.count() > PEOPLE
