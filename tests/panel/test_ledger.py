"""Books, corrections by hand, points given to others, what points are owed: in the panel."""

import csv
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.check_books import check_due
from loyalty.check_on_request import KIND, run_check
from loyalty.findings import FindingCode
from loyalty.models import Account, Adjustment, PointsMove
from loyalty.transfer_accounts import customer_account
from panel.ledger.say_finding import SAID
from shop.jobs import run_next_job
from shop.models import Approval, Customer, Job, Store
from tests.checkout.reverse import give, member, points_store
from tests.factories import AT, make_approval, make_day_seal, make_ledger_check, make_points_limits, make_user
from tests.factories.status_rows import make_tier
from tests.panel.conftest import LogIn


@pytest.fixture
def store(db: None) -> Store:
    return points_store(name="Candle House")


@pytest.fixture
def anna(store: Store) -> Customer:
    anna = member(store)
    give(anna, 300)
    return anna


def text(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def balance(customer: Customer) -> int:
    return Account.objects.get(customer=customer).balance


# --- books


def test_books_that_nobody_checked_say_what_to_do(store: Store, log_in: LogIn) -> None:
    page = text(log_in(store, "owner"), "panel:books")
    assert "Not checked yet" in page
    assert "No day has been sealed yet" in page


def test_sound_books_say_so(store: Store, anna: Customer, log_in: LogIn) -> None:
    check_due(at=AT)
    make_day_seal(store)
    page = text(log_in(store, "owner"), "panel:books")
    assert "all adds up" in page
    assert "something is off" not in page


def test_findings_stand_in_plain_words_beside_what_to_do(store: Store, anna: Customer, log_in: LogIn) -> None:
    Account.objects.filter(customer=anna).update(balance=299)
    check_due(at=AT)
    page = text(log_in(store, "owner"), "panel:books")
    assert "A balance is not the sum of its movements" in page
    assert "correction by hand" in page
    assert reverse("panel:customer", args=[anna.pk]) in page


def test_every_finding_has_words_and_says_what_it_is_about(store: Store, log_in: LogIn) -> None:
    assert set(SAID) == set(FindingCode)
    gold = make_tier(store, name="Gold with a ribbon")
    tier = {"code": "tier_is_not_its_facts", "subject": "customer:12", "expected": gold.pk, "found": 0}
    money = {"code": "discount_is_not_its_rows", "subject": "order:7", "expected": 1250, "found": 1249}
    make_ledger_check(store, found=2, findings=[tier, money])
    page = text(log_in(store, "owner"), "panel:books")
    assert "A customer stands in another tier than the orders say" in page
    assert "customer 12" in page
    assert "Gold with a ribbon" in page
    assert "12.50" in page


def test_an_unknown_finding_of_an_older_version_is_shown_too(store: Store, log_in: LogIn) -> None:
    finding = {"code": "of_yore", "subject": "thing:1", "expected": 1, "found": 2}
    make_ledger_check(store, found=1, findings=[finding])
    assert "Something does not add up" in text(log_in(store, "owner"), "panel:books")


def test_the_start_page_warns_until_the_books_are_right_again(
    store: Store, anna: Customer, log_in: LogIn
) -> None:
    owner = log_in(store, "owner")
    make_ledger_check(store, kind="sample", found=1)
    assert "The books do not add up." in text(owner, "admin:index")
    make_ledger_check(store, kind="sample")
    assert "The books do not add up." not in text(owner, "admin:index")


def test_check_now_starts_a_job_that_the_page_shows(store: Store, anna: Customer, log_in: LogIn) -> None:
    owner = log_in(store, "owner")
    assert owner.post(reverse("panel:books_check")).status_code == 302
    assert "Waiting for a worker" in text(owner, "panel:books")
    run_next_job({KIND: run_check}, at=AT)
    assert Job.objects.get(kind=KIND).status == "done"
    assert "all adds up" in text(owner, "panel:books")


def test_check_now_is_pressed_not_followed(store: Store, log_in: LogIn) -> None:
    assert log_in(store, "owner").get(reverse("panel:books_check")).status_code in (403, 405)


# --- corrections by hand


def correction(**given: object) -> dict[str, object]:
    return {"way": "give", "points": 50, "reason": "a late parcel", "token": "t1", "last_day": ""} | given


def test_support_gives_points_within_the_limit(store: Store, anna: Customer, log_in: LogIn) -> None:
    make_points_limits(store, support_day_max=60)
    support = log_in(store, "support")
    path = reverse("panel:correct_points", args=[anna.pk])
    assert "You may correct 60 more points today" in text(support, "panel:correct_points", anna.pk)
    assert support.post(path, correction()).status_code == 302
    assert balance(anna) == 350
    support.post(path, correction())  # sent twice
    assert balance(anna) == 350
    support.post(path, correction(token="t2"))
    assert balance(anna) == 350
    assert Approval.objects.get().status == "asked"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "why"},
        {"points": 0},
        {"way": "steal"},
        {"way": "take", "points": 301},
        {"last_day": "2020-01-01"},
        {"last_day": "2199-01-01"},
    ],
)
def test_a_correction_that_can_not_be_made_says_why(
    store: Store, anna: Customer, log_in: LogIn, wrong: dict[str, object]
) -> None:
    answer = log_in(store, "owner").post(reverse("panel:correct_points", args=[anna.pk]), correction(**wrong))
    assert answer.status_code == 400
    assert not Adjustment.objects.exists()


def test_an_admin_decides_what_support_asked_for(store: Store, anna: Customer, log_in: LogIn) -> None:
    make_points_limits(store, support_day_max=0)
    support, admin = log_in(store, "support"), log_in(store, "admin")
    support.post(reverse("panel:correct_points", args=[anna.pk]), correction())
    approval = Approval.objects.get()
    assert "a late parcel" in text(support, "panel:corrections")
    decide = reverse("panel:correction_decide", args=[approval.pk])
    assert support.post(decide, {"answer": "yes"}).status_code == 403
    assert admin.post(decide, {"answer": "yes"}).status_code == 302
    assert balance(anna) == 350
    assert "Nothing waits" in text(admin, "panel:corrections")


def test_an_admin_does_not_decide_for_himself(store: Store, anna: Customer, log_in: LogIn) -> None:
    make_points_limits(store, admin_day_max=0)
    admin = log_in(store, "admin")
    admin.post(reverse("panel:correct_points", args=[anna.pk]), correction())
    assert "somebody else decides" in text(admin, "panel:corrections")
    admin.post(reverse("panel:correction_decide", args=[Approval.objects.get().pk]), {"answer": "yes"})
    assert (balance(anna), Approval.objects.get().status) == (300, "asked")


def test_another_stores_correction_is_none(store: Store, anna: Customer, log_in: LogIn) -> None:
    theirs = make_approval(points_store(), make_user(), subject="adjustment:1")
    admin = log_in(store, "admin")
    assert admin.post(reverse("panel:correction_decide", args=[theirs.pk])).status_code == 404


# --- from customer to customer


def test_points_are_given_to_another_customer_where_the_store_allows_it(
    store: Store, anna: Customer, log_in: LogIn
) -> None:
    bob = member(store)
    support = log_in(store, "support")
    path = reverse("panel:move_points", args=[anna.pk])
    assert "Customers keep their points" in text(support, "panel:move_points", anna.pk)
    limits = make_points_limits(store, may_move=True)
    # The store's clock is now, and what was given lives from then on.
    assert support.post(path, {"to": "nobody", "points": 5, "token": "t"}).status_code == 400
    assert support.post(path, {"to": anna.ref, "points": 5, "token": "t"}).status_code == 400
    answer = support.post(path, {"to": bob.ref, "points": limits.move_max + 1, "token": "t"})
    assert answer.status_code == 400
    wish = {"to": bob.ref, "points": 120, "token": "t"}
    looked_at = support.post(path, wish)
    assert f"120 points go from customer {anna.ref} to customer {bob.ref}." in looked_at.content.decode()
    assert balance(anna) == 300, "nothing moves before the second look"
    assert not PointsMove.objects.exists()
    assert support.post(path, {**wish, "confirm": "1"}).status_code == 302
    assert (balance(anna), balance(bob)) == (180, 120)
    assert PointsMove.objects.get().created_by is not None
    page = text(support, "panel:customer", bob.pk)
    assert "Given by another customer" in page
    assert "Given to another customer" in text(support, "panel:customer", anna.pk)


# --- what points are owed


def test_what_is_owed_stands_on_a_page_in_a_csv_and_as_json(
    store: Store, anna: Customer, log_in: LogIn
) -> None:
    analyst = log_in(store, "analyst")
    assert "Points outstanding" in text(analyst, "panel:liability")
    rows = list(csv.reader(StringIO(text(analyst, "panel:liability_csv"))))
    assert ["outstanding", "300"] in rows
    plain = analyst.get(reverse("panel:liability_json")).json()
    assert (plain["outstanding"], plain["flows"]["adjusted"]) == (300, 300)
    before = analyst.get(reverse("panel:liability_json"), {"on": "2020-01-01"}).json()
    assert before["outstanding"] == 0


@pytest.mark.parametrize("on", ["soon", "1066-10-14", "2999-01-01", ""])
def test_a_day_that_is_none_means_now(store: Store, anna: Customer, log_in: LogIn, on: str) -> None:
    answer = log_in(store, "owner").get(reverse("panel:liability_json"), {"on": on})
    assert answer.json()["outstanding"] == 300


def test_nobody_holds_points_yet(store: Store, log_in: LogIn) -> None:
    customer_account(member(store))
    assert "Nobody holds points" in text(log_in(store, "owner"), "panel:liability")
