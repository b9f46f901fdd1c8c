"""Gift balances in the panel: found by the last letters, issued by hand within limits, shown once, taken back."""

import csv
from typing import Any

import pytest
from pytest_django import Settings

from coupons.issue_balance import code_of
from coupons.models import GiftBalance, GiftLimit, GiftWithdrawal
from loyalty.models import Transfer
from shop.models import Activity
from tests.factories import make_order, make_order_line
from tests.factories.gift_rows import make_gift_balance, make_gift_limit
from tests.panel.conftest import LogIn
from tests.panel.world import World
from triggers.models import Trigger

ISSUE = "/panel/gift-balances/new/"


def form(**given: str) -> dict[str, str]:
    return {"amount": "25.00", "days": "30", "customer": "", "reason": "late parcel", "token": "t1"} | given


def newest() -> GiftBalance:
    return GiftBalance.objects.select_related("account").order_by("-id")[0]


@pytest.fixture
def owner(ours: World, log_in: LogIn) -> Any:
    return log_in(ours.store, "owner")


def test_an_owner_issues_one_and_sees_its_code_once(ours: World, owner: Any) -> None:
    shown = owner.post(ISSUE, form(customer=ours.customer.ref)).content.decode()
    issued = newest()
    assert code_of(issued) in shown
    assert (issued.face_value, issued.customer, issued.by, issued.reason) == (
        2500,
        ours.customer,
        ours.owner,
        "late parcel",
    )
    assert issued.account.balance == 2500
    page = owner.get(f"/panel/gift-balances/{issued.pk}/").content.decode()
    assert code_of(issued) not in page
    assert f"…{issued.ending}" in page
    kinds = Activity.objects.filter(subject=f"gift_balance:{issued.pk}").values_list("kind", flat=True)
    assert sorted(kinds) == ["gift_balance.issued", "gift_balance.shown"]


def test_the_form_sent_twice_issues_once_and_shows_no_code_again(ours: World, owner: Any) -> None:
    before = GiftBalance.objects.count()
    owner.post(ISSUE, form())
    again = owner.post(ISSUE, form())
    assert (again.status_code, GiftBalance.objects.count()) == (400, before + 1)
    assert code_of(newest()) not in again.content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": ""}, "required"),
        ({"amount": "0"}, "above nothing"),
        ({"amount": "-5"}, "Type an amount"),
        ({"amount": "25.001"}, "Type an amount"),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "4000"}, "less than or equal to 3653"),
        ({"reason": "x"}, "at least 5"),
        ({"customer": "nobody"}, "no customer with this number"),
    ],
)
def test_what_can_not_be_issued_says_why(ours: World, owner: Any, given: dict[str, str], said: str) -> None:
    before = GiftBalance.objects.count()
    answer = owner.post(ISSUE, form(**given))
    assert (answer.status_code, GiftBalance.objects.count()) == (400, before)
    assert said in answer.content.decode()


def test_a_role_issues_up_to_its_limit_and_not_a_penny_more(ours: World, log_in: LogIn) -> None:
    GiftLimit.objects.all().delete()
    support = log_in(ours.store, "support")
    assert "Your role may not issue" in support.get(ISSUE).content.decode()
    assert support.post(ISSUE, form()).status_code == 400
    make_gift_limit(ours.store, role="support", amount_max=2500)
    refused = support.post(ISSUE, form(amount="25.01"))
    assert (refused.status_code, "more than your role" in refused.content.decode()) == (400, True)
    assert support.post(ISSUE, form()).status_code == 200


def test_it_is_found_by_its_last_letters_in_any_form(ours: World, theirs: World, owner: Any) -> None:
    make_gift_balance(ours.store, ending="AB23")
    make_gift_balance(theirs.store, ending="CD45")
    for typed in ("AB23", "ab23", "2XYZ-AB23"):
        page = owner.get("/panel/gift-balances/", {"q": typed}).content.decode()
        assert ("…AB23" in page, "…WXYZ" in page) == (True, False)
    assert "None like this" in owner.get("/panel/gift-balances/", {"q": "CD45"}).content.decode()


@pytest.mark.parametrize(
    ("state", "is_there"), [("empty", True), ("usable", False), ("expired", False), ("revoked", False)]
)
def test_the_list_is_sorted_out_by_state(ours: World, owner: Any, state: str, is_there: bool) -> None:
    page = owner.get("/panel/gift-balances/", {"state": state}).content.decode()
    assert ("…WXYZ" in page) == is_there


def test_one_is_taken_back_with_a_reason(ours: World, owner: Any) -> None:
    owner.post(ISSUE, form())
    address = f"/panel/gift-balances/{newest().pk}/take-back/"
    assert "£25.00 will be withdrawn" in owner.get(address).content.decode()
    assert owner.post(address, {"reason": "abuse"}).status_code == 302
    done = GiftWithdrawal.objects.get()
    assert (done.amount, done.reason, done.by) == (2500, "abuse", ours.owner)
    assert Transfer.objects.filter(kind="withdrawal").count() == 1
    assert "taken back" in owner.get(f"/panel/gift-balances/{newest().pk}/").content.decode()
    assert owner.get(address).status_code == 404


def test_a_refund_is_no_reason_that_a_person_may_give(ours: World, owner: Any) -> None:
    owner.post(ISSUE, form())
    answer = owner.post(f"/panel/gift-balances/{newest().pk}/take-back/", {"reason": "refund"})
    assert (answer.status_code, GiftWithdrawal.objects.count()) == (400, 0)


def test_of_one_that_a_guest_bought_the_page_says_who_hands_the_code_over(ours: World, owner: Any) -> None:
    line = make_order_line(make_order(ours.store))
    bought = make_gift_balance(ours.store, line=line, unit=1)
    assert "A guest bought it" in owner.get(f"/panel/gift-balances/{bought.pk}/").content.decode()
    given = make_gift_balance(ours.store, customer=ours.customer)
    assert "A guest bought it" not in owner.get(f"/panel/gift-balances/{given.pk}/").content.decode()


def test_another_stores_are_not_there(ours: World, theirs: World, owner: Any) -> None:
    foreign = theirs.rows["coupons.giftbalance"].pk
    for page in ("", "take-back/"):
        assert owner.get(f"/panel/gift-balances/{foreign}/{page}").status_code == 404


EXPORT = "/panel/gift-balances/codes/"


def test_codes_are_taken_out_with_a_reason_and_a_trace(ours: World, theirs: World, owner: Any) -> None:
    owner.post(ISSUE, form(customer=ours.customer.ref))
    issued = newest()
    said = owner.get(EXPORT).content.decode()
    assert code_of(issued) not in said, "the first step says how many, and no code"
    answer = owner.post(EXPORT, {"reason": "move to another shop", "is_meant": "on"})
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
    mine = next(row for row in rows if row[0] == code_of(issued))
    assert mine[1:3] == ["2500", "2500"]
    assert len(rows) == 1 + Activity.objects.get(kind="gift_codes.exported").data["count"]
    assert Activity.objects.get(kind="gift_codes.exported").data["by"] == ours.owner.pk
    assert [row[0] for row in rows[1:]] == [code_of(issued)], "no other store's, none that is spent or over"
    assert answer["Cache-Control"] == "no-store"


def test_a_code_whose_key_is_gone_does_not_cut_the_file_off(
    ours: World, owner: Any, settings: Settings
) -> None:
    for token in ("a", "b"):
        settings.GIFT_CODE_KEYS = [token]
        owner.post(ISSUE, form(token=token))
    answer = owner.post(EXPORT, {"reason": "move to another shop", "is_meant": "on"})
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
    assert [row[0][0] == "…" for row in rows[1:]] == [True, False]


@pytest.mark.parametrize("given", [{"reason": "move to another shop"}, {"is_meant": "on", "reason": "no"}])
def test_without_a_reason_or_the_tick_nothing_leaves(owner: Any, given: dict[str, str]) -> None:
    answer = owner.post(EXPORT, given)
    assert answer.status_code == 400
    assert not Activity.objects.filter(kind="gift_codes.exported").exists()


def test_a_holders_number_is_no_formula(ours: World, owner: Any) -> None:
    ours.customer.ref = "=1+1"
    ours.customer.save(update_fields=["ref"])
    owner.post(ISSUE, form(customer="=1+1"))
    answer = owner.post(EXPORT, {"reason": "move to another shop", "is_meant": "on"})
    assert "'=1+1" in b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("role", ["marketer", "support", "analyst"])
def test_only_owners_and_admins_take_codes_out(ours: World, log_in: LogIn, role: str) -> None:
    assert log_in(ours.store, role).get(EXPORT).status_code == 403


def test_the_mails_are_started_once(ours: World, owner: Any) -> None:
    for _ in range(2):
        owner.post("/panel/gift-balances/mails/")
    found = Trigger.objects.filter(store=ours.store, occasion__startswith="gift_balance")
    assert sorted(found.values_list("occasion", "purpose")) == [
        ("gift_balance_expiring", "service"),
        ("gift_balance_issued", "service"),
    ]
