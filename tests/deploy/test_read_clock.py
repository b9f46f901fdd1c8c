"""Periodic work goes by the database's clock, however wrong a worker's own one is."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from config.read_clock import read_clock
from config.tasks import run_job
from loyalty.models import Lot
from shop.models import Customer
from tests.checkout.reverse import balance, give, member, points_store

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def anna() -> Customer:
    return member(points_store())


def points_that_end(customer: Customer, at: datetime) -> None:
    """Spendable for a year before it."""
    give(customer, 100)
    Lot.objects.update(active_at=at - timedelta(days=365), ends_at=at)


def test_a_worker_three_hours_ahead_ends_nothing_early(anna: Customer) -> None:
    points_that_end(anna, timezone.now() + HOUR)
    with time_machine.travel(timezone.now() + 3 * HOUR):
        assert run_job("expire") == 0
        call_command("tick", job="expire")
    assert balance(anna) == 100


def test_a_worker_three_hours_behind_ends_what_is_over(anna: Customer) -> None:
    points_that_end(anna, timezone.now() - HOUR)
    with time_machine.travel(timezone.now() - 3 * HOUR):
        assert run_job("expire") == 1
    assert balance(anna) == 0


def test_the_clock_is_that_of_the_database() -> None:
    really = timezone.now()
    with time_machine.travel(really + 3 * HOUR):
        assert abs(read_clock() - really) < timedelta(minutes=1)
