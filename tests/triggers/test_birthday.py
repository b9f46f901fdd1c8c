"""Birthdays: once a year, in the customer's morning, and none made up on demand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from coupons.models import Coupon
from loyalty.models import OfferVersion
from shop.models import Person
from tests.triggers.occasions import HOUR, Shop, birth, birthday_shop, morning
from tests.triggers.smtp_server import Mailbox
from triggers.models import Message, Trigger
from triggers.occasions import OCCASIONS
from triggers.occasions.birthday import births_kept_on
from triggers.send import send_due
from triggers.tick import find_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = birthday_shop()
    OfferVersion.objects.filter(offer=shop.stage.offer).update(in_force_at=datetime(2020, 1, 1, tzinfo=UTC))
    return shop


def live(first: date, days: int) -> None:
    """A tick at each late morning."""
    for number in range(days):
        day = first + timedelta(days=number)
        at = morning(day.year, day.month, day.day)
        find_due(at=at)
        send_due(at=at)


def days_said() -> list[date]:
    said = Message.objects.filter(status="sent").order_by("decided_at").values_list("decided_at", flat=True)
    return [moment.date() for moment in said if moment]


def test_birthday_mail_brings_a_coupon_of_their_own(shop: Shop, mailbox: Mailbox) -> None:
    birth(shop.customer(), date(1990, 5, 31))
    live(date(2026, 5, 29), 6)
    assert days_said() == [date(2026, 5, 31)]
    assert Coupon.objects.get().code in mailbox.only().get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_one_birthday_a_year_for_three_years(shop: Shop, mailbox: Mailbox) -> None:
    birth(shop.customer(), date(1990, 5, 31))
    for year in (2026, 2027, 2028):
        live(date(year, 5, 30), 4)
    assert days_said() == [date(2026, 5, 31), date(2027, 5, 31), date(2028, 5, 31)]
    assert set(Message.objects.values_list("occasion_key", flat=True)) == {
        "birthday:2026",
        "birthday:2027",
        "birthday:2028",
    }


def test_29_february_mailpoet_6625_is_kept_on_28_in_common_years(shop: Shop, mailbox: Mailbox) -> None:
    birth(shop.customer(), date(1992, 2, 29))
    for year in (2026, 2027, 2028, 2029):
        live(date(year, 2, 26), 6)
    assert days_said() == [date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28)]


@pytest.mark.parametrize(
    ("day", "births"),
    [
        (date(2027, 2, 28), ("0228", "0229")),
        (date(2028, 2, 28), ("0228",)),
        (date(2028, 2, 29), ("0229",)),
        (date(2100, 2, 28), ("0228", "0229")),
        (date(2027, 3, 1), ("0301",)),
    ],
)
def test_births_kept_on(day: date, births: tuple[str, ...]) -> None:
    assert births_kept_on(day) == births


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Pacific/Kiritimati", datetime(2026, 5, 30, 20, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 5, 31, 21, tzinfo=UTC)),
        ("", datetime(2026, 5, 31, 9, tzinfo=UTC)),  # the store's: London, where summer time holds
        ("Mars/Olympus", datetime(2026, 5, 31, 9, tzinfo=UTC)),
    ],
)
def test_it_is_said_at_ten_by_the_customers_clock(
    zone: str, begins: datetime, shop: Shop, mailbox: Mailbox
) -> None:
    customer = shop.customer()
    customer.time_zone = zone
    customer.save()
    birth(customer, date(1990, 5, 31))
    find_due(at=begins - HOUR)
    send_due(at=begins - timedelta(seconds=1))
    assert mailbox.mails == []
    send_due(at=begins)
    mailbox.only()


def test_birth_date_given_for_the_first_time_counts_at_once(shop: Shop, mailbox: Mailbox) -> None:
    birth(shop.customer(), date(1990, 5, 31))
    live(date(2026, 5, 31), 1)
    mailbox.only()


@pytest.mark.parametrize(("days", "said"), [(29, 0), (31, 1)])
def test_changed_birth_date_counts_after_30_days(days: int, said: int, shop: Shop, mailbox: Mailbox) -> None:
    birth(shop.customer(), date(1990, 5, 31), changed_at=morning(2026, 5, 31) - timedelta(days=days))
    live(date(2026, 5, 29), 5)
    assert len(mailbox.mails) == said


def test_birth_date_changed_between_finding_and_saying_is_no_birthday(shop: Shop, mailbox: Mailbox) -> None:
    customer = shop.customer()
    birth(customer, date(1990, 5, 31))
    find_due(at=morning(2026, 5, 30))
    birth(customer, date(1990, 7, 1), changed_at=morning(2026, 5, 30))
    send_due(at=morning(2026, 5, 31))
    assert (mailbox.mails, shop.stage.statuses()) == ([], [("suppressed", "birthday_changed")])


@pytest.mark.parametrize(("second", "said"), [(date(1990, 3, 26), 1), (date(1990, 3, 27), 2)])
def test_birthdays_are_300_days_apart(second: date, said: int, shop: Shop, mailbox: Mailbox) -> None:
    """31 May 2026 and 27 March 2027 are 300 days apart."""
    customer = shop.customer()
    birth(customer, date(1990, 5, 31))
    live(date(2026, 5, 31), 1)
    birth(customer, second, changed_at=morning(2026, 6, 1))
    live(date(2027, 3, 24), 6)
    assert len(mailbox.mails) == said


def test_two_birthday_triggers_keep_it_once(shop: Shop, mailbox: Mailbox) -> None:
    birth(shop.customer(), date(1990, 5, 31))
    second = Trigger.objects.create(
        store=shop.store, code="again", name="Again", occasion="birthday", status=Trigger.Status.RUNNING
    )
    second.steps.create(subject="Again", body="Again")
    live(date(2026, 5, 30), 3)
    mailbox.only()


def test_birthday_may_be_two_days_late_and_no_more(shop: Shop, mailbox: Mailbox) -> None:
    birth(shop.customer(), date(1990, 5, 31))
    find_due(at=morning(2026, 5, 31))
    send_due(at=datetime(2026, 6, 2, 9, 0, tzinfo=UTC))
    assert (mailbox.mails, shop.stage.statuses()) == ([], [("expired", "too_late")])


def test_tick_after_a_day_and_a_half_still_says_it(shop: Shop, mailbox: Mailbox) -> None:
    birth(shop.customer(), date(1990, 5, 31))
    at = datetime(2026, 6, 1, 19, 0, tzinfo=UTC)
    find_due(at=at)
    send_due(at=at)
    mailbox.only()


def test_erased_customer_has_no_birthday(shop: Shop) -> None:
    customer = shop.customer()
    birth(customer, date(1990, 5, 31))
    Person.objects.all().delete()
    assert find_due(at=morning(2026, 5, 31)) == 0


def test_days_before_says_it_earlier(mailbox: Mailbox) -> None:
    shop = birthday_shop(days_before=7)
    birth(shop.customer(), date(1990, 5, 31))
    live(date(2026, 5, 20), 10)
    assert days_said() == [date(2026, 5, 24)]


def test_ten_ticks_find_it_once(shop: Shop) -> None:
    birth(shop.customer(), date(1990, 5, 31))
    found = [find_due(at=morning(2026, 5, 31) + number * HOUR) for number in range(10)]
    assert found == [1, *[0] * 9]


def test_settings_that_make_no_sense_are_refused() -> None:
    OCCASIONS["birthday"].check({})
    for days in (-1, 31, "7", True, None, 1.5):
        with pytest.raises(ValidationError):
            OCCASIONS["birthday"].check({"days_before": days})
