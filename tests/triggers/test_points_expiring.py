"""Points that end: one warning for each customer and end date, with the amount of the moment it is said."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from loyalty.models import Lot
from tests.triggers.occasions import DAY, HOUR, give_points, points_shop
from tests.triggers.smtp_server import Mailbox
from triggers.models import Message, Trigger
from triggers.occasions import OCCASIONS
from triggers.send import send_due
from triggers.tick import find_due

pytestmark = pytest.mark.django_db

# London's 31 May is over at 23:00 in UTC. Two weeks before it, on 17 May, ten o'clock is nine in UTC.
END = datetime(2026, 5, 31, 23, 0, tzinfo=UTC)
WARNED_AT = datetime(2026, 5, 17, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def tick(at: datetime) -> None:
    find_due(at=at)
    send_due(at=at)


def text_of(mailbox: Mailbox) -> str:
    return str(mailbox.only().get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_warning_names_amount_and_last_day(mailbox: Mailbox) -> None:
    shop = points_shop()
    give_points(shop.customer(), 1420, ends_at=END)
    tick(WARNED_AT - SECOND)
    assert mailbox.mails == []
    tick(WARNED_AT)
    assert "1,420 points are good until 31 May 2026." in text_of(mailbox)
    assert mailbox.only()["Subject"] == "1,420 points end soon"
    assert Message.objects.get().occasion_key == "points:2026-05-31"


def test_lots_that_end_on_one_day_are_one_warning(mailbox: Mailbox) -> None:
    shop = points_shop()
    customer = shop.customer()
    give_points(customer, 100, ends_at=END)
    give_points(customer, 20, ends_at=END - HOUR)
    for number in range(10):
        tick(WARNED_AT + number * HOUR)
    assert "120 points" in text_of(mailbox)


def test_lots_that_end_on_two_days_are_two_warnings(mailbox: Mailbox) -> None:
    shop = points_shop()
    customer = shop.customer()
    give_points(customer, 100, ends_at=END)
    give_points(customer, 20, ends_at=END + DAY)
    tick(WARNED_AT)
    tick(WARNED_AT + DAY)
    tick(WARNED_AT + 2 * DAY)
    assert [mail["Subject"] for mail in mailbox.mails] == ["100 points end soon", "20 points end soon"]


def test_amount_is_what_is_left_when_it_is_said(mailbox: Mailbox) -> None:
    shop = points_shop()
    give_points(shop.customer(), 100, ends_at=END)
    find_due(at=WARNED_AT)
    Lot.objects.update(left=1)
    send_due(at=WARNED_AT)
    assert "1 point are good" in text_of(mailbox)


def test_a_warning_follows_an_end_that_a_purchase_has_moved(mailbox: Mailbox) -> None:
    shop = points_shop()
    give_points(shop.customer(), 100, ends_at=END)
    find_due(at=WARNED_AT)
    Lot.objects.update(ends_at=END + 10 * DAY)
    send_due(at=WARNED_AT)
    assert (mailbox.mails, shop.stage.statuses()) == ([], [("suppressed", "nothing_left")])
    tick(WARNED_AT + 10 * DAY)
    assert "100 points are good until 10 June 2026." in text_of(mailbox)


def test_nothing_left_says_nothing(mailbox: Mailbox) -> None:
    shop = points_shop()
    give_points(shop.customer(), 100, ends_at=END)
    find_due(at=WARNED_AT)
    Lot.objects.update(left=0)
    send_due(at=WARNED_AT)
    assert (mailbox.mails, shop.stage.statuses()) == ([], [("suppressed", "nothing_left")])


def test_pending_points_are_not_spoken_of() -> None:
    shop = points_shop()
    give_points(shop.customer(), 100, ends_at=END, active_at=WARNED_AT + SECOND)
    assert find_due(at=WARNED_AT) == 0
    assert find_due(at=WARNED_AT + SECOND) == 1


def test_service_needs_no_consent_and_knows_no_night(mailbox: Mailbox) -> None:
    shop = points_shop(mails_max=0)
    give_points(shop.customer(consents=False), 100, ends_at=END)
    tick(datetime(2026, 5, 30, 2, 0, tzinfo=UTC))
    assert "List-Unsubscribe" not in mailbox.only()


def test_points_that_came_to_light_late_are_warned_of_at_once(mailbox: Mailbox) -> None:
    shop = points_shop()
    give_points(shop.customer(), 100, ends_at=END, active_at=END - HOUR)
    tick(END - HOUR)
    assert "100 points" in text_of(mailbox)


def test_points_that_have_ended_are_not_warned_of(mailbox: Mailbox) -> None:
    shop = points_shop()
    give_points(shop.customer(), 100, ends_at=END)
    find_due(at=END - SECOND)
    send_due(at=END)
    assert (mailbox.mails, shop.stage.statuses()) == ([], [("expired", "too_late")])
    assert find_due(at=END) == 0


def test_second_trigger_of_the_kind_is_its_own_occasion_and_other_stores_points_are_not_ours() -> None:
    shop = points_shop()
    other = points_shop(code="soaps")
    Trigger.objects.filter(pk=other.trigger.pk).update(status=Trigger.Status.PAUSED)
    give_points(other.customer(), 100, ends_at=END)
    give_points(shop.customer(), 100, ends_at=END)
    assert find_due(at=WARNED_AT) == 1
    assert Message.objects.get().store == shop.store


def test_settings_that_make_no_sense_are_refused() -> None:
    OCCASIONS["points_expiring"].check({})
    for days in (0, 91, "7", True, None, 1.5):
        with pytest.raises(ValidationError):
            OCCASIONS["points_expiring"].check({"days": days})
