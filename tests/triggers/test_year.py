"""A year in a minute: a sandbox's clock moved on week by week, told by its storefront's own calls and `tick`."""

from datetime import datetime, timedelta
from time import monotonic

import pytest
from django.core.management import call_command
from django.utils import timezone

from shop.clock import store_moment
from shop.models import Store
from shop.move_clock import move_clock_by
from tests.triggers.occasions import DAY, HOUR, add_trigger, birth, birthday_shop, give_points
from tests.triggers.smtp_server import Mailbox
from triggers.models import Message, Purpose

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_year_in_a_minute(mailbox: Mailbox) -> None:
    """Half a day at a time: one birthday, one warning of points, one cart that is left in spring; no more."""
    begun = monotonic()
    shop = birthday_shop(is_sandbox=True)
    shop.stage.offer.versions.update(in_force_at=timezone.now() - DAY)
    points = add_trigger(shop.stage, "points_expiring", params={"days": 14}, purpose=Purpose.SERVICE)
    points.steps.update(subject="Points", body="{points} until {until}")
    add_trigger(shop.stage, "cart_abandoned", params={}, delays=(HOUR, 3 * DAY)).steps.update(subject="Cart")
    customer = shop.customer()
    now = timezone.now()
    birth(customer, (now + 200 * DAY).date().replace(year=1992))
    give_points(customer, 500, ends_at=now + 150 * DAY, active_at=now)

    for half_days in range(366 * 2):
        if half_days == 200:
            shop.cart(customer, at=clock(shop.store))
        if half_days % 14 == 0 or 196 <= half_days < 210 or 270 <= half_days < 300 or 395 <= half_days < 410:
            call_command("tick", job="occasions", verbosity=0)
            call_command("tick", job="send", verbosity=0)
        move_clock_by(shop.store, timedelta(hours=12), now=timezone.now())

    said = [str(mail["Subject"]) for mail in mailbox.mails]
    assert sorted(said) == ["Cart", "Cart", "Points", "Step 1"]
    assert not Message.objects.filter(decided_at=None).exists()
    assert monotonic() - begun < 60


def clock(store: Store) -> datetime:
    store.refresh_from_db()
    return store_moment(store, timezone.now())
