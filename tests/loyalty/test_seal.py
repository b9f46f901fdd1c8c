"""Days under seal: each once, in a chain that shows what somebody changed, removed, added or passed over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from config.jobs import job_named
from loyalty.findings import FindingCode
from loyalty.hash_days import hashed_days
from loyalty.models import Account, DaySeal, Transfer
from loyalty.seal import EARLIEST, seal_due
from loyalty.verify import verify_ledger
from shop.models import Store
from tests.factories import make_account, make_customer, make_programme_account, make_store, make_transfer

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def books(store: Store) -> tuple[Account, Account]:
    """From where and to whom: a programme's account and a customer's."""
    return make_programme_account(store), make_account(make_customer(store))


def record(books: tuple[Account, Account], at: datetime, **given: Any) -> Transfer:
    return make_transfer(*books, effective_at=at, recorded_at=at, **given)


def seals(store: Store) -> list[tuple[date, int, int]]:
    rows = DaySeal.objects.filter(store=store).order_by("day")
    return [(seal.day, seal.transfers, seal.points) for seal in rows]


def codes(store: Store) -> list[tuple[str, str, int, int]]:
    of_seals = ("seal_is_broken", "sealed_day_grew_or_shrank", "sealed_rows_changed", "day_without_its_seal")
    return [
        (each.code.value, each.subject, each.expected, each.found)
        for each in verify_ledger(store)
        if each.code in of_seals
    ]


def three_days(books: tuple[Account, Account]) -> list[Transfer]:
    rows = [record(books, MONDAY + n * DAY + 5 * HOUR) for n in range(3)]
    assert seal_due(at=MONDAY + 3 * DAY + 6 * HOUR) == 3
    return rows


def change(statement: str, row: Transfer) -> None:
    """As somebody with the keys to the database could: the trigger is taken away first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE loyalty_transfer DISABLE TRIGGER loyalty_transfer_append_only")
        cursor.execute(statement, [row.pk])


def unlock_seals() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE loyalty_dayseal DISABLE TRIGGER loyalty_dayseal_append_only")


def test_a_day_is_sealed_six_hours_after_its_end_by_greenwich(
    store: Store, books: tuple[Account, Account]
) -> None:
    record(books, MONDAY)
    record(books, MONDAY + DAY - timedelta(microseconds=1), amount=5)
    record(books, MONDAY + DAY)
    assert seal_due(at=MONDAY + DAY + 6 * HOUR - timedelta(microseconds=1)) == 0
    assert seal_due(at=MONDAY + DAY + 6 * HOUR) == 1
    assert seals(store) == [(MONDAY.date(), 2, 15)]


def test_a_sealed_day_is_not_sealed_again(store: Store, books: tuple[Account, Account]) -> None:
    three_days(books)
    assert seal_due(at=MONDAY + 3 * DAY + 6 * HOUR) == 0
    assert len(seals(store)) == 3


def test_each_seal_builds_on_the_one_before(store: Store, books: tuple[Account, Account]) -> None:
    three_days(books)
    first, second, third = DaySeal.objects.order_by("day")
    assert bytes(first.previous_hash) == bytes(32)
    assert bytes(second.previous_hash) == bytes(first.hash)
    assert bytes(third.previous_hash) == bytes(second.hash)


def test_a_year_of_silence_has_no_seals(store: Store, books: tuple[Account, Account]) -> None:
    record(books, MONDAY)
    record(books, MONDAY + 365 * DAY)
    at = MONDAY + 400 * DAY
    # A month at a time, and the silence between is passed over.
    assert [seal_due(at=at), seal_due(at=at), seal_due(at=at)] == [1, 1, 0]
    assert [day for day, _, _ in seals(store)] == [MONDAY.date(), (MONDAY + 365 * DAY).date()]
    assert codes(store) == []


def test_stores_have_chains_of_their_own(store: Store, books: tuple[Account, Account]) -> None:
    other = make_store()
    record(books, MONDAY)
    record((make_programme_account(other), make_account(make_customer(other))), MONDAY)
    at = MONDAY + 2 * DAY
    assert [seal_due(at=at), seal_due(at=at), seal_due(at=at)] == [1, 1, 0]
    mine, theirs = DaySeal.objects.get(store=store), DaySeal.objects.get(store=other)
    assert bytes(mine.hash) != bytes(theirs.hash)


def test_sealed_books_that_nobody_touched_are_sound(store: Store, books: tuple[Account, Account]) -> None:
    three_days(books)
    record(books, MONDAY + 3 * DAY)  # not sealed yet
    assert codes(store) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE loyalty_transfer SET amount = amount + 1 WHERE id = %s",
        "UPDATE loyalty_transfer SET effective_at = effective_at - interval '1 microsecond' WHERE id = %s",
        "UPDATE loyalty_transfer SET key = key || 'x' WHERE id = %s",
        "UPDATE loyalty_transfer SET kind = 'adjustment' WHERE id = %s",
        "UPDATE loyalty_transfer SET input_hash = sha256('x') WHERE id = %s",
    ],
)
def test_a_changed_old_row_is_found(store: Store, books: tuple[Account, Account], statement: str) -> None:
    rows = three_days(books)
    change(statement, rows[1])
    assert codes(store) == [("sealed_rows_changed", "day:2026-06-02", 1, 1)]


def test_a_removed_old_row_is_found(store: Store, books: tuple[Account, Account]) -> None:
    rows = three_days(books)
    change("DELETE FROM loyalty_transfer WHERE id = %s", rows[0])
    assert codes(store) == [("sealed_day_grew_or_shrank", "day:2026-06-01", 1, 0)]


def test_a_row_added_to_a_sealed_day_is_found(store: Store, books: tuple[Account, Account]) -> None:
    three_days(books)
    record(books, MONDAY + DAY + HOUR)
    assert codes(store) == [("sealed_day_grew_or_shrank", "day:2026-06-02", 1, 2)]


def test_a_row_added_to_a_silent_day_before_the_last_seal_is_found(
    store: Store, books: tuple[Account, Account]
) -> None:
    three_days(books)
    record(books, MONDAY - DAY)
    assert codes(store) == [("day_without_its_seal", "day:2026-05-31", 0, 1)]


def test_a_row_moved_to_another_day_is_found_on_both(store: Store, books: tuple[Account, Account]) -> None:
    rows = three_days(books)
    change("UPDATE loyalty_transfer SET recorded_at = recorded_at + interval '1 day' WHERE id = %s", rows[0])
    assert codes(store) == [
        ("sealed_day_grew_or_shrank", "day:2026-06-02", 1, 2),
        ("sealed_day_grew_or_shrank", "day:2026-06-01", 1, 0),
    ]


def test_a_seal_made_to_fit_breaks_the_chain(store: Store, books: tuple[Account, Account]) -> None:
    """Whoever changes a row and writes its seal anew has to write all later ones anew."""
    rows = three_days(books)
    change("UPDATE loyalty_transfer SET amount = 11 WHERE id = %s", rows[0])
    (fitting, *_) = hashed_days(store.pk, since=EARLIEST, until=MONDAY + DAY)
    unlock_seals()
    DaySeal.objects.filter(day=MONDAY.date()).update(rows_hash=fitting.rows_hash, points=11)
    assert codes(store) == [("seal_is_broken", "day:2026-06-01", 1, 1)]


def test_a_removed_seal_is_found(store: Store, books: tuple[Account, Account]) -> None:
    three_days(books)
    unlock_seals()
    DaySeal.objects.filter(day=(MONDAY + DAY).date()).delete()
    assert codes(store) == [
        ("seal_is_broken", "day:2026-06-03", 1, 1),
        ("day_without_its_seal", "day:2026-06-02", 0, 1),
    ]


def test_keys_that_look_like_rows_do_not_hide_a_change(store: Store, books: tuple[Account, Account]) -> None:
    first = record(books, MONDAY, key="a\nb|1")
    record(books, MONDAY, key="c")
    seal_due(at=MONDAY + 2 * DAY)
    change("UPDATE loyalty_transfer SET key = 'a' WHERE id = %s", first)
    assert [code for code, *_ in codes(store)] == [FindingCode.SEALED_ROWS_CHANGED.value]


def test_sealing_is_periodic_work() -> None:
    assert job_named("seal").run(at=MONDAY) == 0


def test_the_number_of_queries_does_not_grow_with_the_day(
    store: Store, books: tuple[Account, Account], django_assert_num_queries: object
) -> None:
    for _ in range(30):
        record(books, MONDAY)
    with django_assert_num_queries(9):  # type: ignore[operator]
        seal_due(at=MONDAY + 2 * DAY)
