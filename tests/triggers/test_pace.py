"""Not at night, not too often; and what clock changes do to both."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from shop.models import Store
from tests.triggers.occasions import CART_STEPS, DAY, HOUR, Shop, cart_shop
from tests.triggers.smtp_server import Mailbox
from tests.triggers.stage import NOW, set_stage
from triggers.models import Message, Trigger
from triggers.pace import Pace, pace_of, quiet_ends_at
from triggers.send import send_due
from triggers.tick import find_due

LONDON = ZoneInfo("Europe/London")
USUAL = Pace(time(21), time(9), 2, 7)
EVENING = datetime(2026, 5, 10, 20, 30, tzinfo=UTC)  # 21:30 in London


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


# --- The night


@pytest.mark.parametrize(
    ("at", "over_at"),
    [
        ("2026-05-10T20:59:59", None),
        ("2026-05-10T21:00", "2026-05-11T09:00"),
        ("2026-05-11T08:59:59", "2026-05-11T09:00"),
        ("2026-05-11T09:00", None),
        ("2026-03-28T23:00", "2026-03-29T09:00"),  # the night that lacks an hour
        ("2026-10-24T23:00", "2026-10-25T09:00"),  # the night that has one twice
    ],
)
def test_night_is_from_nine_to_nine_by_the_wall_clock(at: str, over_at: str | None) -> None:
    assert quiet_ends_at(USUAL, LONDON, at=local(at)) == (over_at and local(over_at))


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_once() -> None:
    pace = Pace(time(21), time(1, 30), None, 7)
    second = local("2026-10-25T01:10", fold=1)
    assert quiet_ends_at(pace, LONDON, at=second) == local("2026-10-25T01:30", fold=1)


def test_quiet_hours_that_end_in_the_hour_that_is_skipped_end_all_the_same() -> None:
    pace = Pace(time(21), time(1, 30), None, 7)
    over_at = quiet_ends_at(pace, LONDON, at=local("2026-03-29T00:59"))
    assert over_at is not None
    assert quiet_ends_at(pace, LONDON, at=over_at) is None


def test_quiet_hours_within_one_day() -> None:
    nap = Pace(time(13), time(15), None, 7)
    assert quiet_ends_at(nap, LONDON, at=local("2026-05-10T14:00")) == local("2026-05-10T15:00")
    assert quiet_ends_at(nap, LONDON, at=local("2026-05-10T15:00")) is None


def test_equal_times_are_no_quiet_hours() -> None:
    never = Pace(time(9), time(9), None, 7)
    assert all(quiet_ends_at(never, LONDON, at=NOW + hour * HOUR) is None for hour in range(24))


def test_store_without_settings_has_the_usual_ones_and_a_win_back_none() -> None:
    bare = Store(time_zone="UTC")
    assert pace_of(bare, is_usual=True) == USUAL
    assert pace_of(bare, is_usual=False).mails_max is None
    asked = Store(quiet_from=time(20), quiet_until=time(8), mails_max=1, mails_max_days=30)
    for is_usual in (True, False):
        assert pace_of(asked, is_usual=is_usual) == Pace(time(20), time(8), 1, 30)


@pytest.fixture
def shop(db: None) -> Shop:
    return cart_shop(delays=(HOUR,))


@pytest.mark.django_db
def test_what_the_night_holds_back_goes_in_the_morning_once(shop: Shop, mailbox: Mailbox) -> None:
    shop.cart(shop.customer(), at=EVENING - HOUR)
    find_due(at=EVENING)
    for hours in range(12):
        send_due(at=EVENING + hours * HOUR)
    message = Message.objects.get()
    assert (mailbox.mails, message.status, message.attempts) == ([], "due", 0)
    assert message.due_at == local("2026-05-11T09:00")
    send_due(at=local("2026-05-11T09:00"))
    send_due(at=local("2026-05-11T09:01"))
    mailbox.only()


@pytest.mark.django_db
def test_night_is_the_customers_not_the_stores(shop: Shop, mailbox: Mailbox) -> None:
    customer = shop.customer()
    customer.time_zone = "America/New_York"
    customer.save()
    shop.cart(customer, at=EVENING - HOUR)
    find_due(at=EVENING)
    send_due(at=EVENING)
    mailbox.only()


@pytest.mark.django_db
def test_what_would_wait_past_its_end_has_expired_at_once(shop: Shop, mailbox: Mailbox) -> None:
    shop.cart(shop.customer(), at=EVENING - HOUR)
    find_due(at=EVENING)
    Message.objects.update(expires_at=EVENING + 11 * HOUR)
    send_due(at=EVENING)
    assert (mailbox.mails, shop.stage.statuses()) == ([], [("expired", "too_late")])


@pytest.mark.django_db
def test_win_back_goes_at_any_hour_until_the_store_sets_its_own(mailbox: Mailbox) -> None:
    stage = set_stage()
    stage.customer("1")
    find_due(at=NOW)
    send_due(at=NOW + 12 * HOUR)
    mailbox.only()
    Store.objects.update(quiet_from=time(21), quiet_until=time(9))
    stage.customer("2")
    find_due(at=NOW)
    send_due(at=NOW + 12 * HOUR)
    mailbox.only()


@pytest.mark.django_db
def test_after_a_night_only_the_latest_step_is_said(mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR, 2 * HOUR))
    shop.cart(shop.customer(), at=EVENING - HOUR)
    for hours in range(14):
        find_due(at=EVENING + hours * HOUR)
        send_due(at=EVENING + hours * HOUR)
    assert [mail["Subject"] for mail in mailbox.mails] == ["Step 2"]
    assert shop.stage.statuses() == [("suppressed", "overtaken"), ("sent", "")]


# --- Not too often (caps ignored by campaigns, mautic 6729)


def said_of_three_steps(mailbox: Mailbox, *, mails_max: int | None) -> list[str]:
    shop = cart_shop(mails_max=mails_max)
    shop.cart(shop.customer())
    for delay in CART_STEPS:
        find_due(at=NOW + delay)
        send_due(at=NOW + delay)
    return [reason for _status, reason in shop.stage.statuses()]


@pytest.mark.django_db
def test_caps_hold_for_every_campaign_mautic_6729(mailbox: Mailbox) -> None:
    assert said_of_three_steps(mailbox, mails_max=None) == ["", "", "too_often"]
    assert len(mailbox.mails) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("most", "said"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_store_sets_its_own_cap(most: int, said: int, mailbox: Mailbox) -> None:
    said_of_three_steps(mailbox, mails_max=most)
    assert len(mailbox.mails) == said


@pytest.mark.django_db
def test_cap_counts_mails_of_other_triggers_and_forgets_after_seven_days(mailbox: Mailbox) -> None:
    shop = cart_shop(delays=(HOUR,), mails_max=1)
    customer = shop.customer()
    shop.cart(customer)
    find_due(at=NOW + HOUR)
    send_due(at=NOW + HOUR)
    other = cart_twin(shop)
    for days, said in ((6, 1), (7.1, 2)):
        at = NOW + days * DAY
        Message.objects.create(
            store=shop.store,
            trigger=other,
            step=other.steps.get(),
            customer=customer,
            channel="email",
            purpose="marketing",
            occasion_key=f"silent:{days}",
            occurred_at=at,
            due_at=at,
            expires_at=at + DAY,
        )
        send_due(at=at)
        assert len(mailbox.mails) == said


def cart_twin(shop: Shop) -> Trigger:
    """Another trigger of the store that is running."""
    trigger = shop.stage.trigger
    trigger.status, trigger.campaign = Trigger.Status.RUNNING, None
    trigger.save()
    trigger.steps.update(subject="Hello", body="Hello")
    return trigger


@pytest.mark.django_db
def test_who_will_never_be_written_to_does_not_wait_for_the_morning(shop: Shop, mailbox: Mailbox) -> None:
    shop.cart(shop.customer(consents=False), at=EVENING - HOUR)
    find_due(at=EVENING)
    send_due(at=EVENING)
    assert shop.stage.statuses() == [("suppressed", "no_consent")]
