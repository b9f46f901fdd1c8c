"""The forecast's page: asked for, watched, read."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from config.jobs import WORKS
from loyalty.models import Offer
from loyalty.publish import write_version
from reports.forecast.run_forecast import KIND, read_forecast
from shop.jobs import run_next_job
from shop.models import Job
from shop.show_money import show_money
from tests.factories import make_offer, make_order, make_order_line
from tests.panel.conftest import LogIn
from tests.panel.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(ours: World) -> Offer:
    """10 % off everything from £10.00; last week one order reached that and another lacked a penny."""
    for price in (2_000, 999):
        order = make_order(ours.store, placed_at=timezone.now() - timedelta(days=7))
        make_order_line(order, sku="MUG", quantity=1, unit_price=price, total=price)
    made = make_offer(ours.store, code="autumn", status=Offer.Status.DRAFT)
    document = {
        "v": 1,
        "lane": "sale",
        "conditions": [{"kind": "subtotal_at_least", "amount": 1_000}],
        "benefits": [{"kind": "percent_off", "rate_bp": 1_000}],
    }
    with transaction.atomic():
        write_version(made, document, by=None, at=timezone.now())
    return made


PAGE = reverse("panel:offer_forecast", args=["autumn"])


def test_is_asked_for_and_then_read(ours: World, offer: Offer, log_in: LogIn) -> None:
    client = log_in(ours.store, "marketer")
    assert "Not worked out yet" in client.get(PAGE).content.decode()
    assert client.post(PAGE).status_code == 302
    assert "Past orders are being priced anew" in client.get(PAGE).content.decode()
    assert run_next_job(WORKS, at=timezone.now()) == 1
    page = client.get(PAGE).content.decode()
    found = read_forecast(Job.objects.get(kind=KIND))
    assert found is not None
    assert found.cost >= 200  # of the £20.00 order; the store has others
    cost = show_money(found.cost, "GBP", language="en", is_rounded=True)
    assert f"would have got it; it would have cost {cost}." in page
    assert "The nearest one was £0.01 short." in page
    assert "no cost is known" in page


def test_one_at_a_time_is_enough(ours: World, offer: Offer, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    client.post(PAGE)
    client.post(PAGE)
    assert Job.objects.filter(kind=KIND).count() == 1


def test_other_stores_offers_are_not_there(theirs: World, offer: Offer, log_in: LogIn) -> None:
    assert log_in(theirs.store, "owner").get(PAGE).status_code == 404


def test_an_analyst_reads_it_and_may_not_start_it(ours: World, offer: Offer, log_in: LogIn) -> None:
    client = log_in(ours.store, "analyst")
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE).status_code == 403
    assert not Job.objects.filter(kind=KIND).exists()


def test_the_start_page_sounds_the_alarm(ours: World, offer: Offer, log_in: LogIn) -> None:
    order = make_order(ours.store, placed_at=timezone.now() - timedelta(days=1))
    make_order_line(order, quantity=1, unit_price=1_000, discount=100, total=900)
    start = reverse("admin:index")
    client = log_in(ours.store, "owner")
    assert "Too much is sold at a discount" not in client.get(start).content.decode()
    ours.store.discount_share_max_bp = 100
    ours.store.save(update_fields=["discount_share_max_bp"])
    assert "Too much is sold at a discount" in client.get(start).content.decode()
