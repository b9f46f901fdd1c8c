"""What visitors and customers do."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop.models import Activity, Customer, Visitor
from tests.api.conftest import Api, places_of

VISITOR = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_visits_are_counted_and_other_events_are_not(api: Api) -> None:
    events = [
        {"kind": "visit", "visitor": VISITOR},
        {"kind": "product.viewed", "visitor": VISITOR, "subject": "product:85123A"},
        {"kind": "visit", "visitor": VISITOR},
    ]
    assert api.post("/events", {"events": events}).json() == {"recorded": 3, "points": 0}
    assert Visitor.objects.get().visits == 2
    api.post("/events", {"events": events[:1]})
    assert Visitor.objects.get().visits == 3
    assert Activity.objects.filter(kind="product.viewed", subject="product:85123A").count() == 1


def test_late_event_moves_first_seen_earlier_and_last_seen_not_at_all(api: Api) -> None:
    api.post("/events", {"events": [{"kind": "visit", "visitor": VISITOR}]})
    before = Visitor.objects.get()
    earlier = before.first_seen_at - timedelta(days=3)
    api.post("/events", {"events": [{"kind": "visit", "visitor": VISITOR, "at": earlier.isoformat()}]})
    after = Visitor.objects.get()
    assert (after.first_seen_at, after.last_seen_at) == (earlier, before.last_seen_at)


def test_visitor_joins_the_customer_and_stays_with_it(api: Api) -> None:
    api.post("/events", {"events": [{"kind": "visit", "visitor": VISITOR, "customer": "17850"}]})
    api.post("/events", {"events": [{"kind": "visit", "visitor": VISITOR, "customer": "13047"}]})
    api.post("/events", {"events": [{"kind": "visit", "visitor": VISITOR}]})
    visitor = Visitor.objects.get()
    assert visitor.customer == Customer.objects.get(ref="17850")
    known_as = [fact.customer and fact.customer.ref for fact in Activity.objects.order_by("id")]
    assert known_as == ["17850", "13047", "17850"]


def test_hundred_at_once_and_no_more(api: Api) -> None:
    event = {"kind": "visit", "visitor": VISITOR}
    assert api.post("/events", {"events": [event] * 100}).json() == {"recorded": 100, "points": 0}
    assert places_of(api.post("/events", {"events": [event] * 101})) == [("too_long", "events")]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"kind": "order.placed"}, ("not_a_choice", "events.0.kind")),
        ({"visitor": None}, ("nobody", "events.0")),
        ({"visitor": "me"}, ("wrong_form", "events.0.visitor")),
        ({"at": "2020-01-01T00:00:00Z"}, ("too_early", "events.0.at")),
        ({"at": "2999-01-01T00:00:00Z"}, ("in_future", "events.0.at")),
        ({"data": {"nested": {}}}, ("wrong_type", "events.0.data")),
        ({"data": {str(n): n for n in range(11)}}, ("too_long", "events.0.data")),
        ({"data": {"text": "x" * 201}}, ("too_long", "events.0.data")),
    ],
)
def test_unfit_event_is_named(api: Api, change: dict[str, Any], fault: tuple[str, str]) -> None:
    answer = api.post("/events", {"events": [{"kind": "visit", "visitor": VISITOR, **change}]})
    assert answer.status_code == 400
    code, attr = places_of(answer)[0]
    assert (code, (attr or "")[: len(fault[1])]) == fault
    assert not Visitor.objects.filter(first_seen_at__lt=timezone.now() - timedelta(days=40)).exists()
