"""Segments in the panel: built as a sentence, counted while one types, looked at, taken out, put away."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from loyalty.models import LifeCycleLimits, Segment
from loyalty.segments.document import parse_segment
from loyalty.segments.match import RULES
from loyalty.segments.recompute import recompute_due
from loyalty.segments.say import SAID
from panel.segments.language import RULES as BUILT
from shop.models import Activity, Customer
from tests.factories import make_customer, make_order
from tests.factories.offers_that_run import run_offer
from tests.factories.segment_rows import look, make_listed_row, segment_of
from tests.panel.conftest import LogIn
from tests.panel.world import World
from triggers.models import Trigger

SPENT = {"all-0-kind": "spend", "all-0-amount_min": "5.00", "name": "Big spenders"}


@pytest.fixture
def ours_alone(ours: World) -> World:
    Segment.objects.filter(store=ours.store).delete()
    return ours


@pytest.fixture
def owner(ours_alone: World, log_in: LogIn) -> Client:
    return log_in(ours_alone.store, "owner")


@pytest.fixture
def anna(ours_alone: World) -> Customer:
    """Has ordered for 10.00 beside a customer who has not."""
    make_customer(ours_alone.store)
    return ours_alone.customer


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def find_members() -> None:
    while recompute_due(at=timezone.now()):
        pass


def test_each_rule_has_its_sql_its_words_and_its_place_in_the_builder() -> None:
    kinds = {str(rule.__struct_config__.tag) for rule in RULES} | {"holds_card"}
    assert kinds == set(SAID) == set(BUILT)


def test_it_is_counted_while_one_types(ours_alone: World, owner: Client, anna: Customer) -> None:
    page = text(owner.post("/panel/new-segment/preview/", SPENT))
    assert "Customers who have paid at least £5.00 in all." in page
    assert '<span class="r-value">1</span>' in page
    assert f"of {Customer.objects.filter(store=ours_alone.store).count()} customers now" in page
    assert not Segment.objects.exists()


def test_a_rule_is_added_and_taken_away(owner: Client) -> None:
    page = text(owner.post("/panel/new-segment/", SPENT | {"add": "none:in_tier"}))
    assert 'name="none-0-kind" value="in_tier"' in page
    page = text(owner.post("/panel/new-segment/", SPENT | {"none-0-kind": "in_tier", "drop": "none:0"}))
    assert "none-0-kind" not in page
    assert 'name="all-0-kind" value="spend"' in page


def test_saved_it_is_found_and_shown(ours_alone: World, owner: Client, anna: Customer) -> None:
    answer = owner.post("/panel/new-segment/", SPENT)
    assert answer.headers["Location"] == "/panel/segments/big-spenders/"
    assert "being looked for" in text(owner.get("/panel/segments/big-spenders/"))
    find_members()
    page = text(owner.get("/panel/segments/big-spenders/"))
    assert anna.ref in page
    assert f"of {Customer.objects.filter(store=ours_alone.store).count()} customers now" in page
    listed = text(owner.get("/panel/segments/"))
    assert "Big spenders" in listed
    assert "Customers who have paid at least £5.00 in all." in listed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Nobody"}, "Add at least one rule"),
        ({"name": "", "all-0-kind": "brought_by_friend"}, "This field is required"),
        ({"name": "A", "all-0-kind": "spend"}, "Fill in at least one of the fields"),
        (
            {"name": "A", "all-0-kind": "points", "all-0-at_least": "9", "all-0-at_most": "8"},
            "below what stands",
        ),
    ],
)
def test_what_makes_no_sense_is_said_where_it_is(owner: Client, typed: dict[str, str], said: str) -> None:
    answer = owner.post("/panel/new-segment/", typed)
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Segment.objects.exists()


def test_a_changed_rule_is_kept_beside_the_old_one(ours_alone: World, owner: Client) -> None:
    owner.post("/panel/new-segment/", SPENT)
    owner.post("/panel/segments/big-spenders/change/", SPENT | {"all-0-amount_min": "7.00"})
    segment = Segment.objects.get(store=ours_alone.store)
    assert segment.document["all"] == [{"kind": "spend", "amount_min": 700}]
    changed = Activity.objects.get(store=ours_alone.store, kind="segment.changed")
    assert changed.data["before"]["all"] == [{"kind": "spend", "amount_min": 500}]
    assert changed.data["by"] is not None


def test_a_stored_rule_is_shown_as_it_is(ours_alone: World, owner: Client) -> None:
    rule = {"kind": "rfm", "recency_max": 2, "frequency_min": 3}
    segment_of(ours_alone.store, rule, {"kind": "last_order", "days_max": 9})
    page = owner.get("/panel/segments/sleeping/change/")
    shown = [part.form.initial for part in page.context["draft"].rows["all"]]
    assert (shown[0]["recency_min"], shown[0]["recency_max"], shown[0]["monetary_max"]) == (1, 2, 5)
    assert shown[1] == {"kind": "last_order", "days_max": 9}
    assert "whose last order was at most 9 days ago" in text(page)


def test_ready_made_ones_are_one_click_away(ours_alone: World, owner: Client) -> None:
    assert "Begin with the ready-made ones" in text(owner.get("/panel/segments/"))
    for _ in range(2):
        owner.post("/panel/ready-segments/")
    segments = Segment.objects.filter(store=ours_alone.store)
    assert {"lost", "champions", "at-risk", "subscribers"} <= set(segments.values_list("code", flat=True))
    assert segments.count() == 8
    for segment in segments:
        parse_segment(segment.document)
        look(segment)
    assert "ready-made" not in text(owner.get("/panel/segments/"))


def test_one_that_a_running_offer_names_is_not_put_away(ours_alone: World, owner: Client) -> None:
    segment = segment_of(ours_alone.store, {"kind": "orders", "at_most": 0})
    offer = run_offer(ours_alone.store, conditions=[{"kind": "in_segment", "segments": [segment.code]}])
    assert offer.name in text(owner.get("/panel/segments/sleeping/"))
    page = text(owner.post("/panel/segments/sleeping/archive/", follow=True))
    assert "It is used by: " + offer.name in page
    segment.refresh_from_db()
    assert segment.archived_at is None
    offer.status = "archived"
    offer.save()
    owner.post("/panel/segments/sleeping/archive/")
    segment.refresh_from_db()
    assert segment.archived_at is not None
    assert segment.members.count() == segment.size == 0


def test_nor_one_that_a_running_trigger_names(ours_alone: World, owner: Client) -> None:
    segment = segment_of(ours_alone.store, {"kind": "orders", "at_most": 0})
    trigger = ours_alone.trigger
    Trigger.objects.filter(pk=trigger.pk).update(segments=[segment.code], status="running")
    page = text(owner.post("/panel/segments/sleeping/archive/", follow=True))
    assert "It is used by: " + trigger.name in page


def test_a_trigger_chooses_among_the_segments(ours_alone: World, owner: Client) -> None:
    segment_of(ours_alone.store, {"kind": "orders", "at_most": 0})
    address = f"/panel/triggers/trigger/{ours_alone.trigger.pk}/change/"
    page = text(owner.get(address))
    assert 'name="segments" value="sleeping"' in page.replace('type="checkbox" ', "")


def test_offers_choose_among_the_segments(ours_alone: World, owner: Client) -> None:
    asked = {"conditions-0-kind": "in_segment", "refresh": "1"}
    assert "none yet: make one under Segments" in text(owner.post("/panel/new-offer/", asked))
    segment_of(ours_alone.store, {"kind": "orders", "at_most": 0})
    page = text(owner.post("/panel/new-offer/", asked))
    assert 'value="sleeping"' in page
    typed = {
        "name": "Wake up",
        "conditions-0-kind": "in_segment",
        "conditions-0-segments": ["sleeping"],
        "benefits-0-kind": "percent_off",
        "benefits-0-rate_bp": "15",
        "benefits-0-of_original": "",
        "benefits-0-target-kind": "whole_order",
        "audience-kind": "everyone",
        "recurring-kind": "",
    }
    assert "for the segment Sleeping" in text(owner.post("/panel/new-offer/preview/", typed))


def test_the_file_is_for_owners_and_is_written_down(ours_alone: World, owner: Client, log_in: LogIn) -> None:
    segment = segment_of(ours_alone.store, {"kind": "orders", "at_least": 1})
    look(segment, at=timezone.now())
    marketer = log_in(ours_alone.store, "marketer")
    assert marketer.get("/panel/segments/sleeping/customers.csv").status_code == 403
    answer = owner.get("/panel/segments/sleeping/customers.csv")
    rows = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert rows[1].startswith(f"{ours_alone.customer.ref},Anna Petrova,anna-")
    told = Activity.objects.get(store=ours_alone.store, kind="segment.exported")
    assert told.data["count"] == 1


def test_a_marketer_sees_names_masked_and_an_analyst_nobody(ours_alone: World, log_in: LogIn) -> None:
    look(segment_of(ours_alone.store, {"kind": "orders", "at_least": 1}), at=timezone.now())
    page = text(log_in(ours_alone.store, "marketer").get("/panel/segments/sleeping/"))
    assert ours_alone.customer.ref in page
    assert "Petrova" not in page
    page = text(log_in(ours_alone.store, "analyst").get("/panel/segments/sleeping/"))
    assert f">{ours_alone.customer.ref}<" not in page


def test_a_list_is_uploaded_by_numbers_and_addresses(
    ours_alone: World, owner: Client, anna: Customer
) -> None:
    segment = segment_of(ours_alone.store, {"kind": "listed"})
    make_listed_row(segment, make_customer(ours_alone.store))
    file = SimpleUploadedFile("list.csv", f"ANNA-{ours_alone.store.pk}@example.com;x\nnobody\n".encode())
    page = text(owner.post("/panel/segments/sleeping/list/", {"list": file}, follow=True))
    assert "The list names 1 customer now. 1 line is nobody&#x27;s: nobody." in page
    find_members()
    assert list(segment.members.values_list("customer", flat=True)) == [anna.pk]
    for bad in (b"\xff\xfe\x00a", b""):
        upload = SimpleUploadedFile("list.csv", bad)
        assert "Choose a CSV file" in text(
            owner.post("/panel/segments/sleeping/list/", {"list": upload}, follow=True)
        )


def test_days_of_the_life_cycle_are_set_in_order(ours_alone: World, owner: Client) -> None:
    days = {"active_days": "30", "passive_days": "20", "lost_days": "365"}
    assert "The three grow" in text(owner.post("/panel/segment-life-cycle/", days))
    assert owner.post("/panel/segment-life-cycle/", days | {"passive_days": "90"}).status_code == 302
    assert LifeCycleLimits.objects.get(store=ours_alone.store).passive_days == 90


def test_store_keeps_no_more_than_a_hundred(
    ours_alone: World, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loyalty.segments.keep.SEGMENTS_MAX", 1)
    owner.post("/panel/new-segment/", SPENT)
    answer = owner.post("/panel/new-segment/", SPENT | {"name": "Others"})
    assert "A store has at most" in text(answer)


def test_orders_of_the_shop_are_counted(ours_alone: World, owner: Client) -> None:
    make_order(ours_alone.store, customer=ours_alone.customer)
    page = text(owner.post("/panel/new-segment/preview/", {"all-0-kind": "orders", "all-0-at_least": "2"}))
    assert '<span class="r-value">1</span>' in page
