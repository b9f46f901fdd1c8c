"""Customers, their consents and points."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop.models import Activity, Consent, Customer, Outbox, Person, Store
from tests.api.conftest import LINE, Api, code_of, places_of
from tests.factories import make_earning_rule

ANNA = {"name": "Anna Petrova", "email": "anna@example.com", "language": "en", "birth_on": "1990-02-28"}
YES = {
    "purpose": "marketing",
    "channel": "email",
    "is_given": True,
    "wording": "Yes, send me offers by e-mail.",
    "source": "checkout",
}


def test_customer_is_created_and_read_back(api: Api) -> None:
    answer = api.put("/customers/17850", ANNA)
    assert answer.status_code == 201
    assert {**answer.json(), "segments": []} == api.get("/customers/17850").json()
    assert answer.json() == {
        "ref": "17850",
        "phone": "",
        "time_zone": "",
        "country": "",
        "joined_at": None,
        "first_order_at": None,
        "last_order_at": None,
        "is_generated": False,
        "is_erased": False,
        **ANNA,
    }


def test_field_that_is_left_out_stays_and_null_empties(api: Api) -> None:
    api.put("/customers/17850", ANNA)
    answer = api.put("/customers/17850", {"email": None, "country": "France"})
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["email"]) == ("Anna Petrova", "")
    assert answer.json()["country"] == "France"


def test_same_again_changes_and_records_nothing(api: Api) -> None:
    api.put("/customers/17850", ANNA)
    assert Activity.objects.count() == 1
    assert api.put("/customers/17850", ANNA).status_code == 200
    assert Activity.objects.count() == 1


def test_activity_holds_names_of_fields_and_no_personal_data(api: Api) -> None:
    api.put("/customers/17850", ANNA)
    fact = Activity.objects.get()
    assert (fact.kind, fact.subject) == ("customer.added", "customer:17850")
    assert fact.data == {"fields": ["birth_on", "email", "language", "name"]}


def test_joining_is_told_to_whoever_books_points(api: Api) -> None:
    answer = api.put("/customers/17850", {"joined_at": "2026-05-31T10:15:00+02:00"})
    assert answer.json()["joined_at"] == "2026-05-31T08:15:00Z"
    customer = Customer.objects.get()
    waiting = Outbox.objects.get(consumer="loyalty.earn")
    assert (waiting.consumer, waiting.kind, waiting.subject_id) == (
        "loyalty.earn",
        "customer.joined",
        customer.pk,
    )


def test_of_several_dates_of_joining_the_earliest_counts_in_any_order(api: Api) -> None:
    for day in ("2026-03-02", "2026-03-01", "2026-03-03"):
        api.put("/customers/17850", {"joined_at": f"{day}T00:00:00Z"})
    assert api.get("/customers/17850").json()["joined_at"] == "2026-03-01T00:00:00Z"
    assert Outbox.objects.filter(consumer="loyalty.earn").count() == 2


def test_changed_birthday_is_dated(api: Api) -> None:
    api.put("/customers/17850", ANNA)
    assert Person.objects.get().birth_changed_at is None
    api.put("/customers/17850", {"birth_on": "1991-03-01"})
    assert Person.objects.get().birth_changed_at is not None


def test_erased_customer_does_not_come_back(api: Api) -> None:
    api.put("/customers/17850", {})
    Customer.objects.update(erased_at=timezone.now())
    answer = api.put("/customers/17850", ANNA)
    assert (answer.status_code, code_of(answer)) == (409, "customer_erased")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"email": "anna"}, ("wrong_form", "email")),
        ({"email": "a@b.c\nBcc: x@y.z"}, ("control_character", None)),
        ({"phone": "call me"}, ("wrong_form", "phone")),
        ({"name": "x" * 161}, ("too_long", "name")),
        ({"time_zone": "Moon/Base"}, ("unknown_time_zone", "time_zone")),
        ({"language": "English"}, ("wrong_form", "language")),
        ({"birth_on": "2026-02-30"}, ("invalid", "birth_on")),
        ({"birth_on": "1820-01-01"}, ("out_of_range", "birth_on")),
        ({"birth_on": "9999-01-01"}, ("out_of_range", "birth_on")),
        ({"joined_at": "2026-05-31T10:15:00"}, ("invalid", "joined_at")),
        ({"joined_at": "0001-01-01T00:00:00+14:00"}, ("too_early", "joined_at")),
        ({"joined_at": "9999-12-31T23:59:59Z"}, ("in_future", "joined_at")),
        ({"ref": "2"}, ("unknown_field", "ref")),
    ],
)
def test_unfit_field_is_named(api: Api, body: dict[str, Any], fault: tuple[str, str | None]) -> None:
    answer = api.put("/customers/17850", body)
    assert answer.status_code == 400
    code, attr = fault
    assert places_of(answer)[0][1] == attr
    assert code == "invalid" or places_of(answer)[0][0] == code


def test_consent_is_stored_once_and_kept_for_ever(api: Api) -> None:
    api.put("/customers/17850", {})
    said = {**YES, "at": "2026-05-31T10:15:00Z"}
    assert api.post("/customers/17850/consents", said).status_code == 201
    assert api.post("/customers/17850/consents", said).status_code == 200
    assert Consent.objects.count() == 1
    assert Activity.objects.filter(kind="consent.given").count() == 1


def test_withdrawal_is_another_answer(api: Api) -> None:
    api.put("/customers/17850", {})
    api.post("/customers/17850/consents", YES)
    assert api.post("/customers/17850/consents", {**YES, "is_given": False}).status_code == 201
    assert [one.is_given for one in Consent.objects.order_by("at")] == [True, False]
    assert Activity.objects.filter(kind="consent.withdrawn").exists()


def test_other_answer_at_the_same_moment_is_409(api: Api) -> None:
    api.put("/customers/17850", {})
    said = {**YES, "at": "2026-05-31T10:15:00Z"}
    api.post("/customers/17850/consents", said)
    answer = api.post("/customers/17850/consents", {**said, "is_given": False})
    assert (answer.status_code, code_of(answer)) == (409, "consent_differs")


def test_consent_of_nobody_is_404(api: Api) -> None:
    assert code_of(api.post("/customers/17850/consents", YES)) == "not_found"


def test_consent_needs_a_known_purpose_and_its_wording(api: Api) -> None:
    answer = api.post("/customers/17850/consents", {**YES, "purpose": "everything", "wording": ""})
    assert places_of(answer) == [("not_a_choice", "purpose"), ("too_short", "wording")]


def test_points_are_pending_while_goods_may_come_back(api: Api) -> None:
    make_earning_rule(api.store)
    api.put("/customers/17850", {"joined_at": "2026-05-31T10:15:00Z"})
    assert api.get("/customers/17850/points").json() == {
        "pending": 0,
        "active": 0,
        "held": 0,
        "expiring": 0,
        "expiring_at": None,
        "owed": 0,
        "debts": [],
    }
    order = api.post("/orders", {"ref": "1", "customer": "17850", "lines": [LINE]})
    assert order.json()["points"] == 15
    points = api.get("/customers/17850/points").json()
    assert (points["pending"], points["active"]) == (15, 0)


def test_points_that_were_gone_when_goods_came_back_are_owed_until_others_come_in(api: Api) -> None:
    make_earning_rule(api.store)
    Store.objects.update(points_value=1, points_share_bp=5000, return_window_days=0)
    api.put("/customers/17850", {"joined_at": "2026-05-31T10:15:00Z"})
    earned = (timezone.now() - timedelta(days=1)).isoformat()
    bought = {"customer": "17850", "lines": [LINE]}
    api.post("/orders", {**bought, "ref": "1", "placed_at": earned, "fulfilled_at": earned})
    # 15 earned and spent on an order of 0.30 that earns nothing; then 15 are to be taken back.
    pen = {"sku": "PEN", "quantity": 1, "unit_price": 30}
    api.post("/orders", {**bought, "ref": "2", "lines": [pen], "points_to_spend": 15})
    api.post("/orders/1/refunds", {"ref": "R-1", "lines": [{"line": 1, "quantity": 6}]})
    points = api.get("/customers/17850/points").json()
    assert (points["active"], points["pending"], points["owed"]) == (0, 0, 15)
    assert [(debt["order"], debt["points"]) for debt in points["debts"]] == [("1", 15)]
    api.post("/orders", {**bought, "ref": "3", "lines": [{**LINE, "quantity": 4}]})
    points = api.get("/customers/17850/points").json()
    assert (points["pending"], points["owed"]) == (0, 5)
    assert [(debt["order"], debt["points"]) for debt in points["debts"]] == [("1", 5)]


def test_points_are_active_once_the_return_window_has_ended(api: Api) -> None:
    make_earning_rule(api.store)
    api.put("/customers/17850", {"joined_at": "2026-05-31T10:15:00Z"})
    delivered = (timezone.now() - timedelta(days=15)).isoformat()
    body = {
        "ref": "1",
        "customer": "17850",
        "lines": [LINE],
        "placed_at": delivered,
        "fulfilled_at": delivered,
    }
    assert api.post("/orders", body).json()["status"] == "fulfilled"
    points = api.get("/customers/17850/points").json()
    assert (points["pending"], points["active"], points["expiring"]) == (0, 15, 15)
    assert points["expiring_at"] > timezone.now().isoformat()
