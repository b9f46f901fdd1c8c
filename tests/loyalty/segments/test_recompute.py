"""Who enters and who leaves: by night, within seconds of a fact, after an import, and when somebody is erased."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from loyalty.models import Segment, SegmentDay, SegmentListed, SegmentMember
from loyalty.segments.follow import CONSUMER, follow_facts
from loyalty.segments.keep import (
    SegmentFault,
    SegmentRefused,
    archive_segment,
    change_segment,
    make_segment,
    name_customers,
)
from loyalty.segments.queries import codes_of, trends
from loyalty.segments.recompute import next_night, recompute_due
from shop.keep_customer import keep_customer
from shop.models import Activity, Customer, Outbox
from shop.record import enqueue
from tests.factories import AT, DAY, make_customer, make_job, make_person, make_store, make_version
from tests.factories.offers_that_run import run_offer
from tests.factories.segment_rows import look, make_segment_row, members, segment_of
from tests.loyalty.tiers.ladder import buy

pytestmark = pytest.mark.django_db
NEVER = {"kind": "orders", "at_most": 0}
SILENT = {"kind": "last_order", "days_min": 60}


def moved(segment: Segment) -> list[tuple[str, str]]:
    rows = Activity.objects.filter(
        subject=f"segment:{segment.code}", kind__in=["segment.entered", "segment.left"]
    )
    return [
        (row.kind, row.customer.ref)
        for row in rows.order_by("at", "id").select_related("customer")
        if row.customer
    ]


def due(segment: Segment) -> Segment:
    segment.refresh_from_db()
    return segment


def test_entering_and_leaving_are_written_down_once() -> None:
    store = make_store()
    segment, anna = segment_of(store, NEVER), make_customer(store, ref="anna")
    look(segment)
    look(segment)
    buy(anna, 1000, at=AT + DAY)
    look(segment, at=AT + 2 * DAY)
    assert moved(segment) == [("segment.entered", "anna"), ("segment.left", "anna")]
    assert due(segment).size == segment.members.count() == 0
    days = SegmentDay.objects.filter(segment=segment).order_by("day")
    assert [(one.size, one.entered, one.left) for one in days] == [(1, 1, 0), (0, 0, 1)]


def test_all_are_looked_at_when_made_and_then_each_night() -> None:
    store = make_store(time_zone="Europe/London")
    segment, anna = segment_of(store, SILENT), make_customer(store, ref="anna")
    buy(anna, 1000, at=AT - 59 * DAY)
    assert recompute_due(at=AT) == 1
    assert recompute_due(at=AT) == 0
    assert members(segment) == set()
    night = due(segment).due_at
    assert night == next_night(store, at=AT)
    assert recompute_due(at=night + DAY) == 1
    assert members(segment) == {"anna"}, "nobody did anything: time has passed"


def test_a_fact_moves_its_customer_within_seconds() -> None:
    store = make_store()
    never = segment_of(store, NEVER, name="Never")
    best = segment_of(store, {"kind": "rfm", "recency_min": 1}, name="Buyers")
    anna, boris = make_customer(store, ref="anna"), make_customer(store, ref="boris")
    for segment in (never, best):
        look(segment)
    for one in (anna, boris):
        buy(one, 1000)
    enqueue("order.placed", consumers=(CONSUMER,), store=store, subject_id=anna.orders.get().pk, at=AT)
    now = timezone.now()
    assert follow_facts(at=now) == 0, "tiers and points are let go first"
    assert follow_facts(at=now + timedelta(seconds=11)) == 1
    assert members(never) == {"boris"}, "nobody has told of his order"
    assert members(best) == set(), "fifths are compared by night"
    assert not Outbox.objects.filter(consumer=CONSUMER).exists()


def test_what_the_storefront_tells_of_somebody_counts() -> None:
    store = make_store()
    segment = segment_of(store, {"kind": "language", "languages": ["ru"]})
    with transaction.atomic():
        keep_customer(store, "anna", profile={"language": "ru"}, person={}, joined_at=None, at=AT)
    follow_facts(at=timezone.now() + timedelta(seconds=11))
    assert members(segment) == {"anna"}


def test_an_import_that_ended_is_counted_at_once() -> None:
    store = make_store()
    segment, anna = segment_of(store, NEVER), make_customer(store, ref="anna")
    assert recompute_due(at=AT) == 1
    buy(anna, 1000)
    make_job(store, kind="import_orders", status="done", beat_at=AT + timedelta(minutes=5))
    assert recompute_due(at=AT + timedelta(minutes=6)) == 1
    assert members(segment) == set()
    assert recompute_due(at=AT + timedelta(minutes=7)) == 0


@pytest.mark.parametrize("way", ["erased", "merged"])
def test_erased_and_merged_customers_leave(way: str) -> None:
    store = make_store()
    segment = segment_of(store, NEVER)
    anna, boris = make_customer(store, ref="anna"), make_customer(store, ref="boris")
    look(segment)
    gone = {"erased_at": AT} if way == "erased" else {"merged_into": boris}
    Customer.objects.filter(pk=anna.pk).update(**gone)
    enqueue(f"customer.{way}", consumers=(CONSUMER,), store=store, subject_id=anna.pk, at=AT)
    follow_facts(at=timezone.now() + timedelta(seconds=11))
    assert members(segment) == {"boris"}
    assert ("segment.left", "anna") in moved(segment)


def test_a_sandbox_goes_by_its_own_clock() -> None:
    ahead = make_store(is_sandbox=True, clock_shift_seconds=86_400 * 30)
    segment = segment_of(ahead, NEVER)
    Segment.objects.update(due_at=AT + 30 * DAY)
    assert recompute_due(at=AT - timedelta(seconds=1)) == 0
    assert recompute_due(at=AT) == 1
    assert due(segment).recomputed_at == AT + 30 * DAY


def test_a_rule_that_cannot_be_read_holds_up_no_other() -> None:
    store = make_store()
    bad = make_segment_row(store, document={"v": 1, "all": [{"kind": "tall"}]}, due_at=AT - DAY)
    good = segment_of(store, NEVER)
    assert [recompute_due(at=AT), recompute_due(at=AT), recompute_due(at=AT)] == [1, 1, 0]
    assert due(good).recomputed_at == AT
    assert due(bad).due_at == AT + timedelta(hours=1)


def test_a_changed_rule_counts_from_the_next_run_on() -> None:
    store = make_store()
    segment, anna = segment_of(store, NEVER), make_customer(store, ref="anna")
    recompute_due(at=AT)
    with transaction.atomic():
        change_segment(
            segment,
            name="Buyers",
            document={"v": 1, "all": [{"kind": "orders", "at_least": 1}]},
            by=None,
            at=AT,
        )
    assert codes_of(anna) == ["sleeping"]
    recompute_due(at=AT)
    assert codes_of(anna) == []


def test_archived_it_is_empty_for_good() -> None:
    store = make_store()
    segment, anna = segment_of(store, NEVER), make_customer(store, ref="anna")
    look(segment)
    with transaction.atomic():
        archive_segment(segment, by=None, at=AT)
    assert (codes_of(anna), due(segment).size) == ([], 0)
    assert moved(segment)[-1] == ("segment.left", "anna")
    look(segment)
    assert not SegmentMember.objects.exists()
    with transaction.atomic(), pytest.raises(SegmentRefused, match="archived"):
        archive_segment(segment, by=None, at=AT)


def test_an_offer_whose_next_version_names_it_keeps_it() -> None:
    store = make_store()
    segment = segment_of(store, NEVER)
    offer = run_offer(store)
    named = {"v": 1, "lane": "coupon", "conditions": [{"kind": "in_segment", "segments": ["sleeping"]}]}
    make_version(offer, number=2, document=named, in_force_at=AT + DAY)
    with transaction.atomic(), pytest.raises(SegmentRefused) as refused:
        archive_segment(segment, by=None, at=AT)
    assert (refused.value.code, refused.value.users) == (SegmentFault.IN_USE, (offer.name,))
    make_version(offer, number=3, document={"v": 1, "lane": "coupon"}, in_force_at=AT + 2 * DAY)
    with transaction.atomic():
        archive_segment(segment, by=None, at=AT + 3 * DAY)


def test_a_list_is_by_reference_or_address_and_replaced_whole() -> None:
    store = make_store()
    segment = segment_of(store, {"kind": "listed"})
    anna, boris = make_customer(store, ref="anna"), make_customer(store, ref="boris")
    make_person(boris, email="boris@example.com")
    with transaction.atomic():
        named = name_customers(segment, ["anna", "BORIS@example.com", "nobody", " "], by=None, at=AT)
    assert (named.listed, named.unknown) == (2, ("nobody",))
    with transaction.atomic():
        name_customers(segment, ["anna"], by=None, at=AT)
    assert list(SegmentListed.objects.values_list("customer", flat=True)) == [anna.pk]
    other = segment_of(store, NEVER, name="Other")
    with transaction.atomic(), pytest.raises(SegmentRefused, match="no_list"):
        name_customers(other, ["anna"], by=None, at=AT)


def test_codes_come_once() -> None:
    store = make_store()
    first, second = segment_of(store, NEVER), segment_of(store, NEVER)
    assert (first.code, second.code) == ("sleeping", "sleeping-2")
    with transaction.atomic():
        assert make_segment(store, name="Спящие", document=first.document, by=None, at=AT).code == "segment"


def test_the_trend_fills_the_days_on_which_nothing_happened() -> None:
    store = make_store()
    segment = segment_of(store, NEVER)
    make_customer(store)
    look(segment, at=AT - 40 * DAY)
    make_customer(store)
    look(segment, at=AT - 2 * DAY)
    sizes = [size for _day, size in trends([segment], store, at=AT)[segment.pk]]
    assert sizes == [1] * 27 + [2] * 3


@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_as_many_statements_for_one_as_for_many(
    count: int, django_assert_max_num_queries: object
) -> None:
    store = make_store()
    segment = segment_of(
        store, NEVER, {"kind": "points", "at_most": 0}, {"kind": "language", "languages": ["en"]}
    )
    for _ in range(count):
        make_customer(store)
    look(segment, at=AT - DAY)
    Customer.objects.filter(store=store).update(language="ru")
    # segment, store, limits, who moved, their record, the segment, old days, the day; and what the transaction takes
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        assert look(segment).left == count
