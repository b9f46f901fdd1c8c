"""Rechecks that are kept: every store once a night, samples every hour, and what a person asks for."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from loyalty.check_books import SILENCE, check_due, last_check, sample_due
from loyalty.check_on_request import KIND, last_request, run_check, start_check
from loyalty.models import Account, LedgerCheck
from loyalty.verify import STEPS
from loyalty.verify_sample import sample_findings
from shop.jobs import run_next_job
from shop.models import Store
from tests.checkout.reverse import give, member, points_store
from tests.factories import DAY, make_store, make_user

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 6, 1, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store() -> Store:
    store = points_store()
    give(member(store), 300)
    return store


def damage() -> None:
    Account.objects.filter(kind="customer").update(balance=299)


def test_every_store_is_checked_once_a_night(store: Store) -> None:
    make_store()
    assert [check_due(at=NIGHT + n * MINUTE) for n in range(3)] == [1, 1, 0]
    assert LedgerCheck.objects.filter(finished_at__isnull=False, found=0).count() == 2
    assert check_due(at=NIGHT + DAY - MINUTE) == 0
    assert check_due(at=NIGHT + DAY) == 1


def test_a_check_says_how_much_it_read(store: Store) -> None:
    check_due(at=NIGHT)
    check = last_check(store)
    assert check is not None
    assert (check.transfers, check.accounts, check.seals) == (1, Account.objects.count(), 0)


def test_findings_are_kept(store: Store) -> None:
    damage()
    check_due(at=NIGHT)
    check = last_check(store)
    assert check is not None
    assert check.found == 2
    assert check.findings[0]["code"] == "balance_is_not_its_transfers"
    assert (check.findings[0]["expected"], check.findings[0]["found"]) == (300, 299)


def test_of_many_findings_the_number_is_kept_and_the_first_of_each_kind() -> None:
    store = points_store()
    for n in range(25):
        give(member(store), 10 + n)
    damage()
    check_due(at=NIGHT)
    check = last_check(store)
    assert check is not None
    assert (check.found, len(check.findings)) == (50, 40)


def test_a_check_that_somebody_left_lying_is_taken_up_an_hour_later(store: Store) -> None:
    LedgerCheck.objects.create(store=store, kind="whole", key="night:2026-06-01", started_at=NIGHT)
    assert check_due(at=NIGHT + SILENCE - MINUTE) == 0
    assert check_due(at=NIGHT + SILENCE) == 1
    assert last_check(store) is not None
    assert LedgerCheck.objects.count() == 1


def test_a_sample_is_taken_every_hour(store: Store) -> None:
    assert [sample_due(at=NIGHT), sample_due(at=NIGHT + 59 * MINUTE), sample_due(at=NIGHT + 60 * MINUTE)] == [
        1,
        0,
        1,
    ]


def test_a_sample_finds_a_wrong_balance(store: Store) -> None:
    assert sample_findings(store) == []
    damage()
    assert [finding.code.value for finding in sample_findings(store)] == [
        "balance_is_not_its_transfers",
        "balance_is_not_its_lots",
    ]


def test_a_sample_finds_wrong_holds(store: Store) -> None:
    Account.objects.filter(kind="customer").update(held=1)
    assert [finding.code.value for finding in sample_findings(store)] == ["held_is_not_its_lots"]


def test_a_store_without_accounts_has_a_sound_sample() -> None:
    assert sample_findings(make_store()) == []


def test_old_sound_samples_go_and_those_that_found_something_stay(store: Store) -> None:
    sample_due(at=NIGHT)
    damage()
    sample_due(at=NIGHT + 60 * MINUTE)
    sample_due(at=NIGHT + 3 * DAY)
    assert sorted(LedgerCheck.objects.values_list("found", "started_at")) == [
        (2, NIGHT + 60 * MINUTE),
        (2, NIGHT + 3 * DAY),
    ]
    sample_due(at=NIGHT + 100 * DAY)
    assert LedgerCheck.objects.count() == 1


def test_a_person_asks_once_while_a_check_waits(store: Store) -> None:
    anna = make_user()
    job = start_check(store, by=anna)
    assert start_check(store, by=None) == job == last_request(store)
    run_next_job({KIND: run_check}, at=NIGHT)
    job.refresh_from_db()
    assert (job.status, job.done_count, job.total_count) == ("done", STEPS, STEPS)
    check = last_check(store)
    assert check is not None
    assert (job.result, check.created_by) == ({"found": 0, "check": check.pk}, anna)
    assert start_check(store, by=anna) != job


def test_the_command_writes_json_for_programs(store: Store) -> None:
    call_command("verify_ledger", "--store", store.code, "--json", stdout=(sound := StringIO()))
    assert json.loads(sound.getvalue()) == {
        "ok": True,
        "stores": [{"store": store.code, "ok": True, "findings": []}],
    }
    damage()
    with pytest.raises(SystemExit) as left:
        call_command("verify_ledger", "--json", stdout=(damaged := StringIO()))
    assert left.value.code == 1
    found = json.loads(damaged.getvalue())
    assert (found["ok"], found["stores"][0]["findings"][0]["expected"]) == (False, 300)


def test_the_commands_check_is_kept_too(store: Store) -> None:
    damage()
    with pytest.raises(CommandError, match="2 findings"):
        call_command("verify_ledger", stdout=StringIO())
    check = last_check(store)
    assert check is not None
    assert check.found == 2
