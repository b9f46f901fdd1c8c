"""What a person may ask of the shop: a file of what is known of them, and that nothing of it is left."""

import subprocess
from typing import Any
from uuid import UUID

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from checkout.models import Merge
from deploy.postgres import binary
from loyalty.models import Account, Transfer
from loyalty.verify import verify_ledger
from shop.fingerprint import fingerprint_hash
from shop.models import Activity, Customer, Order, Store, User
from tests.api.conftest import LINE, Api, code_of
from tests.factories import AT
from tests.factories.books_rows import make_adjustment
from tests.factories.friend_rows import make_review_case, make_review_decision
from tests.factories.status_rows import make_tier, make_tier_grant
from triggers.models import Suppression
from triggers.suppress import suppress

MARK = "qzx7plant"
COOKIE = UUID("7d9e3c1a-5b2f-4c86-9a1d-0e6f8b3c2a71")
PERSON = {
    "name": f"Anna {MARK}-name",
    "email": f"{MARK}-mail@shop.test",
    "phone": "+44 20 7946 0173",
    "birth_on": "1961-07-29",
    "country": f"{MARK}-land",
    "language": "tlh",
    "time_zone": "Pacific/Fakaofo",
}
PLANTED = (MARK, "7946 0173", "1961-07-29", "Pacific/Fakaofo", str(COOKIE), COOKIE.hex)


def plant(api: Api) -> None:
    """In every place that takes something personal, under two numbers of one person."""
    for ref in ("anna", "old"):
        assert api.put(f"/customers/{ref}", PERSON | {"joined_at": "2024-01-01T00:00:00Z"}).status_code == 201
    visit = {"kind": "visit", "visitor": str(COOKIE), "customer": "anna"}
    assert api.post("/events", {"events": [visit]}, Idempotency_Key="visit-1").status_code < 300
    order = {"ref": "o-1", "lines": [LINE], "customer": "old", "visitor": str(COOKIE)}
    order |= {"address_key": f"{MARK} Lane 1", "card_key": f"{MARK} 4711", "paid_at": "2026-01-01T00:00:00Z"}
    assert api.post("/orders", order | {"placed_at": "2026-01-01T00:00:00Z"}).status_code == 201
    merged = api.post("/customers/anna/merge", {"ref": "m-1", "customer": "old"})
    assert merged.status_code == 200


def plant_words(store: Store) -> None:
    """What colleagues write."""
    anna, bought = Customer.objects.get(ref="anna"), Order.objects.get()
    boss = User.objects.create_user("boss@shop.test", "a long enough password")
    make_adjustment(anna, boss, reason=f"{MARK} called twice")
    make_tier_grant(anna, make_tier(store), reason=f"{MARK} of the house")
    make_review_decision(make_review_case(bought), reason=f"{MARK} is a sister")


def dump() -> str:
    """The whole database as text."""
    given = connection.settings_dict
    found = subprocess.run(
        [binary("pg_dump"), "-h", given["HOST"], "-U", given["USER"], "--inserts", given["NAME"]],
        capture_output=True,
        check=True,
        text=True,
        env={"PGPORT": str(given["PORT"] or 5432), "PGPASSWORD": given["PASSWORD"] or ""},
    )
    return found.stdout


def cached() -> str:
    """All that Valkey holds, names and values."""
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    return " ".join(f"{name!r} {valkey.dump(name)!r}" for name in valkey.scan_iter("*"))


def sums(store: Store) -> list[Any]:
    return [
        Order.objects.filter(store=store).aggregate(Sum("payable"), Sum("discount"), Sum("points_spent")),
        Transfer.objects.filter(store=store).aggregate(Sum("amount")),
        list(Account.objects.filter(store=store).order_by("id").values_list("balance", "owed", "held")),
    ]


@pytest.mark.django_db(transaction=True)
def test_nothing_planted_is_left_after_an_erasure_and_no_sum_has_changed(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.objects.get(pk=api.store.pk)
    plant(api)
    plant_words(store)
    suppress(store, PERSON["email"], reason="unsubscribed", at=AT)
    hashes = [fingerprint_hash(f"{MARK} Lane 1"), fingerprint_hash(f"{MARK} 4711")]
    hexes = [one.hex() for one in hashes if one is not None]
    before, whole = sums(store), dump()
    assert all(mark in whole for mark in (*PLANTED[:5], *hexes))
    caplog.clear()
    done = api.post("/customers/old/erasure", {"erase": True}, Idempotency_Key="erase-anna")
    assert (done.status_code, done.json()["ref"]) == (200, "anna")
    assert api.post("/customers/anna/erasure", {"erase": True}).json() == done.json()
    after = dump()
    assert [
        mark for mark in (*PLANTED, *hexes) if mark in after or mark in cached() or mark in caplog.text
    ] == []
    assert (sums(store), verify_ledger(store)) == (before, [])
    assert Suppression.objects.count() == 1
    assert not Customer.objects.filter(erased_at=None).exists()
    _stays_erased(api)


def _stays_erased(api: Api) -> None:
    for ref in ("anna", "old"):
        again = api.put(f"/customers/{ref}", PERSON)
        assert (again.status_code, code_of(again)) == (409, "customer_erased")
    undone = api.post("/customers/anna/merge/undo", {"customer": "old"})
    assert (undone.status_code, code_of(undone)) == (409, "merge_of_erased")
    assert Merge.objects.get().undone_at is None


def test_an_export_tells_all_that_is_known_and_is_written_down(api: Api) -> None:
    plant(api)
    told = api.post("/customers/old/export", {}).json()
    assert told["ref"] == "anna"
    assert {row["ref"] for row in told["known"]["customer"]} == {"anna", "old"}
    assert told["known"]["shop.person"][0]["email"] == PERSON["email"]
    assert told["known"]["shop.order"][0]["ref"] == "o-1"
    assert told["known"]["shop.orderline"][0]["sku"] == LINE["sku"]
    assert Activity.objects.filter(kind="customer.exported").count() == 1


def test_an_erasure_has_to_be_meant(api: Api) -> None:
    plant(api)
    assert api.post("/customers/anna/erasure", {"erase": False}).status_code == 400
    assert api.post("/customers/nobody/erasure", {"erase": True}).status_code == 404
    assert Customer.objects.filter(erased_at=None).count() == 2
